#pragma once

#include <string>

#include "proxy/reports/document.h"
#include "proxy/reports/pdf_finish.h"

namespace breakwater::reports {

/// A tagged PDF on A4 with outline, links and page numbers, by cairo and pango; the same bytes for the same document
/// and fonts.
Result<std::string, PdfError> to_pdf(const Document& document);

}  // namespace breakwater::reports

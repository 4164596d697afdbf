#pragma once

#include <span>
#include <string>

#include "categories/result.h"

namespace breakwater::reports {

/// What cairo or QPDF answered: its code, and its words.
struct PdfError {
  int code = 0;
  std::string message;
};

/// Adds what cairo 1.16 leaves out of a tagged PDF, and a screen reader needs: that it is tagged, its language, the
/// text that stands for each figure (in their order), and that a table's head cells belong to their columns. Smaller,
/// too.
Result<std::string, PdfError> finish_pdf(const std::string& pdf, std::span<const std::string> figures);

}  // namespace breakwater::reports

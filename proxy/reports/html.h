#pragma once

#include <string>

#include "proxy/reports/document.h"

namespace breakwater::reports {

/// One file that needs nothing else: no script, nothing fetched (its own content security policy says so), readable by
/// a screen reader, on a phone and on paper.
std::string to_html(const Document& document);

}  // namespace breakwater::reports

#pragma once

#include "proxy/reports/document.h"
#include "proxy/reports/report.h"

namespace breakwater::reports {

/// The report in words. Its first page is for somebody who has never seen the product: what happened, what needs
/// attention now, what the words mean. What the audience may not see is left out here, whatever `report` holds.
Document compose(const Report& report);

}  // namespace breakwater::reports

#pragma once

#include "proxy/cli/check.h"
#include "proxy/doctor/doctor.h"

namespace breakwater::cli {

/// Says what is wrong with an installation, and how to mend it. 0: nothing; 1: something to look at; 2: something is
/// broken.
int doctor(const doctor::Installation& installation, Output output);

}  // namespace breakwater::cli

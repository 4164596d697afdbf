#pragma once

#include <filesystem>
#include <string>

#include "proxy/cli/check.h"
#include "proxy/cli/names.h"

namespace breakwater::cli {

struct SubjectOptions {
  std::filesystem::path state;
  std::filesystem::path policy;  ///< how long things are kept, and the centre's clocks
  std::filesystem::path log;     ///< the access log; "": access.log in the state directory
  std::string person;            ///< an account, or whoever the register says a device belongs to
  std::string device;            ///< its name in the register, or its MAC
  std::string address;
  std::filesystem::path out;  ///< folder for subject.html and subject.json
  NamesOptions names;         ///< by, reason, and the key that opens what is sealed
};

/// Writes all that the gateway holds of somebody, with what it is for and how long it is kept. That it was asked for is
/// recorded first. Other people's names are left out of it. Returns the exit code.
int subject_export(const SubjectOptions& options);

/// Deletes what is held of somebody and is no evidence, with a receipt in the chain, and says what stays and why. A
/// gateway that runs is asked to set its access log aside first, and to forget what it knows by heart. Lines of the
/// access log stay while an episode of theirs is held. Returns the exit code.
int subject_erase(const SubjectOptions& options);

}  // namespace breakwater::cli

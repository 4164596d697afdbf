#pragma once

#include <filesystem>
#include <random>
#include <vector>

#include "proxy/selftest/target.h"
#include "rules/engine.h"
#include "rules/self_test.h"

namespace breakwater::selftest {

/// What a self-test is made from.
struct Basis {
  std::shared_ptr<const rules::Snapshot> snapshot;
  std::vector<rules::SelfTest> named;             ///< of the policy
  std::vector<std::filesystem::path> list_files;  ///< by the catalogue's list; "" or too few: not known
};

/// All that is to be asked for, as each group: a canary for every category of the floor and of concern, an entry of
/// each list in force for those, public test pages, what the policy names, and the essential hosts. What is in the
/// floor, and what is of warning or danger, has to be blocked unless the policy watches it instead or names it
/// otherwise; a mere notice is the policy's own choice. `group`: for this one alone; "": for all.
std::vector<Target> plan(const Basis& basis, const std::string& group, std::mt19937_64& random);

}  // namespace breakwater::selftest

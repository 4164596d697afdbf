#pragma once

#include <vector>

#include "rules/policy.h"
#include "rules/policy_names.h"
#include "rules/self_test.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {

inline constexpr std::size_t kMaxSelfTests = 200;

/// Reads all [[selftest]]; what is wrong goes to the sink. Whether a category exists is for the catalogue to say.
std::vector<SelfTest> parse_self_tests(std::vector<TomlTable> tables, const std::vector<Group>& groups,
                                       CategoryNames& categories, DiagnosticSink& sink);

}  // namespace breakwater::rules

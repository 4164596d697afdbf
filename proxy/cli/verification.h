#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "proxy/safeguarding/verify.h"

/// What the commands that verify a chain share.
namespace breakwater::cli {

/// The sound heads in what --head gives: a head itself, or a file or mail with some; none of "". nullopt: there is no
/// sound head in it, and that is told.
std::optional<std::vector<safeguarding::Head>> heads_in(const std::string& given);

nlohmann::ordered_json verification_json(const safeguarding::Verification& found);
void print_verification(const safeguarding::Verification& found);

}  // namespace breakwater::cli

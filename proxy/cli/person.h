#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "proxy/cli/check.h"

namespace breakwater::cli {

/// What the files of a state directory are asked for.
struct BookOptions {
  std::filesystem::path state;
  std::string person;  ///< see pseudonyms_of(); "": everybody
  Output output = Output::text;
};

/// What stands for a person (rules::person_key) in the files of a state directory; "" for everybody where no gateway
/// ran.
std::function<std::string(std::string_view person_key)> person_tag(const std::filesystem::path& state);

/// The pseudonyms of whom somebody may mean: "user:NAME", "device:NAME-OR-MAC", "address:A", each of them where it says
/// not which, or a pseudonym itself.
std::set<std::string> pseudonyms_of(const std::string& person, const std::filesystem::path& state);

/// Nobody was asked for, or this one was.
bool is_asked_for(const std::set<std::string>& asked, const std::string& pseudonym);

}  // namespace breakwater::cli

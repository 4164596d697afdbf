#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Texts that go to libpq and come from it. Internal to this folder.
namespace breakwater::safeguarding::postgres {

/// The options that a connection string sets, by their names; none where it is no connection string.
std::vector<std::pair<std::string, std::string>> parse_database(const std::string& database);

/// The first line, printable and short, without "connection to server at ... failed" before the reason.
std::string clean_message(std::string_view message);

}  // namespace breakwater::safeguarding::postgres

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace breakwater::portal {

/// The fields of a form or a query, decoded. Values are any bytes but NUL.
using Form = std::map<std::string, std::string, std::less<>>;

/// application/x-www-form-urlencoded (WHATWG URL 5.1), as browsers write it: at most 32 fields, each name once.
/// nullopt: anything else. Never throws.
std::optional<Form> parse_form(std::string_view text);

/// The value, or "" where there is none.
std::string_view value_of(const Form& form, std::string_view name);

/// As a value in a query: all but unreserved characters (RFC 3986 2.3) escaped.
std::string escape_value(std::string_view text);

}  // namespace breakwater::portal

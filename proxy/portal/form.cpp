#include "proxy/portal/form.h"

#include <boost/url/encode.hpp>
#include <boost/url/parse_query.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/src.hpp>

namespace breakwater::portal {
namespace {

namespace urls = boost::urls;

constexpr std::size_t kMaxFields = 32;

std::string decode(urls::pct_string_view text) {
  urls::encoding_opts options;
  options.space_as_plus = true;
  return text.decode(options);
}

}  // namespace

std::optional<Form> parse_form(std::string_view text) {
  Form form;
  if (text.empty()) return form;
  // Boost 1.81 takes the length of what it has parsed from a NUL behind it.
  const std::string terminated(text);
  const auto fields = urls::parse_query(terminated);
  if (!fields || fields->size() > kMaxFields) return std::nullopt;
  for (const auto& field : *fields) {
    auto value = decode(field.value);
    if (value.find('\0') != std::string::npos) return std::nullopt;
    if (!form.emplace(decode(field.key), std::move(value)).second) return std::nullopt;
  }
  return form;
}

std::string_view value_of(const Form& form, std::string_view name) {
  const auto found = form.find(name);
  return found == form.end() ? std::string_view() : std::string_view(found->second);
}

std::string escape_value(std::string_view text) {
  return urls::encode(text, urls::unreserved_chars);
}

}  // namespace breakwater::portal

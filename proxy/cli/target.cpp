#include "proxy/cli/target.h"

namespace breakwater::cli {

std::optional<Target> parse_target(std::string_view text, std::string& buffer) {
  if (text.find("://") == std::string_view::npos) {
    const bool has_path = text.find('/') != std::string_view::npos;
    const bool bare_v6 = categories::IpAddress::parse(text) && text.find(':') != std::string_view::npos;
    buffer = has_path ? "http://" : "https://";
    buffer += bare_v6 ? "[" + std::string(text) + "]" : std::string(text);
    text = buffer;
  }
  const auto url = categories::parse_url(text, categories::HostSource::person);
  if (!url) return std::nullopt;
  Target target{url->scheme == categories::Scheme::http ? rules::Stage::http_request : rules::Stage::connect, *url};
  if (target.stage == rules::Stage::connect) target.url.path = {};
  return target;
}

}  // namespace breakwater::cli

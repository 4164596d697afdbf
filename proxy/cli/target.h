#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "categories/url.h"
#include "rules/facts.h"

namespace breakwater::cli {

/// A target as the gateway would meet it: a URL with http as a request, all else as CONNECT, of which only the host can
/// be seen. A host with a path but no scheme is taken as http: the path was written to be judged.
struct Target {
  rules::Stage stage = rules::Stage::connect;
  categories::Url url;  ///< views the text that was parsed
  rules::Facts facts() const { return {stage, url.host, url.port, url.path}; }
};

/// `buffer` holds the text where that had to be completed; it and `text` must outlive the target.
std::optional<Target> parse_target(std::string_view text, std::string& buffer);

}  // namespace breakwater::cli

#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <toml++/toml.h>

#include "proxy/snapshot/settings.h"

/// What the table of settings is made of. Each reader keeps its bounds, and says what is wrong with a value.
namespace breakwater::snapshot {

/// Reads one value into the settings; the answer is what is wrong with it, or "".
using Read = std::function<std::string(const toml::node&, Settings&)>;

struct Setting {
  std::string_view name;
  std::string_view fallback;  ///< as it is written in TOML
  std::string_view bounds;
  std::string_view meaning;
  Read read;
};

/// All of them, in the order of the document.
const std::vector<Setting>& settings_list();

std::string quote(std::string_view text);
std::string expected(std::string_view what);
Read duration(milliseconds Settings::*member, milliseconds least, milliseconds most);
Read number(std::uint64_t Settings::*member, std::uint64_t least, std::uint64_t most);
/// Sizes are text with a unit, or a number of bytes.
Read size(std::uint64_t Settings::*member, std::uint64_t least, std::uint64_t most);
Read path(std::filesystem::path Settings::*member);
Read flag(bool Settings::*member);
/// "" or ADDR:PORT.
Read endpoint(std::string Settings::*member);
/// A list of strings; `take` says what is wrong with one of them.
Read strings(std::string_view what, std::function<std::string(const std::string&, Settings&)> take,
             std::function<void(Settings&)> clear);
Read endpoints(std::vector<std::string> Settings::*member);
/// A list of ADDR/PREFIX; `of` says which.
Read networks(std::function<std::vector<categories::Network>&(Settings&)> of);
Read addresses(std::vector<categories::IpAddress> Settings::*member);

/// A choice between two words.
template <class Enum>
Read choice(Enum rules::Gate::*member, std::string_view first_word, Enum first, std::string_view second_word,
            Enum second) {
  return [=](const toml::node& node, Settings& out) -> std::string {
    const auto* text = node.as_string();
    if (text && text->get() == first_word) {
      out.gate.*member = first;
    } else if (text && text->get() == second_word) {
      out.gate.*member = second;
    } else {
      return expected(quote(first_word) + " or " + quote(second_word));
    }
    return {};
  };
}

/// One of some words.
template <class Enum>
Read word(Enum Settings::*member, std::vector<std::pair<std::string_view, Enum>> words) {
  return [=](const toml::node& node, Settings& out) -> std::string {
    const auto* text = node.as_string();
    std::string known;
    for (const auto& [name, value] : words) {
      if (text && text->get() == name) {
        out.*member = value;
        return {};
      }
      known += (known.empty() ? "" : ", ") + quote(name);
    }
    return expected("one of " + known);
  };
}

}  // namespace breakwater::snapshot

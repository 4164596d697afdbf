#include "proxy/snapshot/setting_readers.h"

#include "proxy/net/listener.h"
#include "rules/duration.h"

namespace breakwater::snapshot {

std::string quote(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

std::string expected(std::string_view what) {
  return "expected " + std::string(what);
}

Read duration(milliseconds Settings::*member, milliseconds least, milliseconds most) {
  return [=](const toml::node& node, Settings& out) -> std::string {
    const auto* text = node.as_string();
    if (!text) return expected("a duration in quotes, as \"60s\"");
    const auto value = rules::parse_duration(text->get());
    if (!value) return quote(text->get()) + " " + std::string(rules::duration_phrase(value.error()));
    if (*value < least || *value > most) return quote(text->get()) + " is out of bounds";
    out.*member = *value;
    return {};
  };
}

Read number(std::uint64_t Settings::*member, std::uint64_t least, std::uint64_t most) {
  return [=](const toml::node& node, Settings& out) -> std::string {
    const auto* value = node.as_integer();
    if (!value) return expected("a whole number");
    if (value->get() < 0) return "out of bounds";
    const auto given = static_cast<std::uint64_t>(value->get());
    if (given < least || given > most)
      return std::to_string(given) + " is out of bounds (" + std::to_string(least) + " to " + std::to_string(most) +
             ")";
    out.*member = given;
    return {};
  };
}

Read size(std::uint64_t Settings::*member, std::uint64_t least, std::uint64_t most) {
  return [=](const toml::node& node, Settings& out) -> std::string {
    if (node.is_integer()) return number(member, least, most)(node, out);
    const auto* text = node.as_string();
    if (!text) return expected("a size, as \"64KiB\" or a number of bytes");
    const auto value = rules::parse_size(text->get());
    if (!value) return quote(text->get()) + " " + std::string(rules::size_phrase(value.error()));
    if (*value < least || *value > most) return quote(text->get()) + " is out of bounds";
    out.*member = *value;
    return {};
  };
}

Read path(std::filesystem::path Settings::*member) {
  return [=](const toml::node& node, Settings& out) -> std::string {
    const auto* text = node.as_string();
    if (!text) return expected("a path in quotes");
    out.*member = text->get();
    return {};
  };
}

Read flag(bool Settings::*member) {
  return [=](const toml::node& node, Settings& out) -> std::string {
    const auto* value = node.as_boolean();
    if (!value) return expected("true or false");
    out.*member = value->get();
    return {};
  };
}

Read endpoint(std::string Settings::*member) {
  return [=](const toml::node& node, Settings& out) -> std::string {
    const auto* text = node.as_string();
    if (!text) return expected("ADDR:PORT in quotes");
    if (!text->get().empty() && !net::parse_endpoint(text->get())) return quote(text->get()) + " is not ADDR:PORT";
    out.*member = text->get();
    return {};
  };
}

Read strings(std::string_view what, std::function<std::string(const std::string&, Settings&)> take,
             std::function<void(Settings&)> clear) {
  return [=](const toml::node& node, Settings& out) -> std::string {
    const auto* array = node.as_array();
    if (!array) return expected("a list of " + std::string(what));
    clear(out);
    for (const auto& element : *array) {
      const auto* text = element.as_string();
      if (!text) return expected("a list of " + std::string(what));
      if (auto wrong = take(text->get(), out); !wrong.empty()) return wrong;
    }
    return {};
  };
}

Read endpoints(std::vector<std::string> Settings::*member) {
  return strings(
      "ADDR:PORT",
      [member](const std::string& text, Settings& out) -> std::string {
        if (!net::parse_endpoint(text)) return quote(text) + " is not ADDR:PORT";
        (out.*member).push_back(text);
        return {};
      },
      [member](Settings& out) { (out.*member).clear(); });
}

Read networks(std::function<std::vector<categories::Network>&(Settings&)> of) {
  return strings(
      "networks",
      [of](const std::string& text, Settings& out) -> std::string {
        const auto network = categories::Network::parse(text);
        if (!network) return quote(text) + " is no network, as 10.0.0.0/8";
        of(out).push_back(*network);
        return {};
      },
      [of](Settings& out) { of(out).clear(); });
}

Read addresses(std::vector<categories::IpAddress> Settings::*member) {
  return strings(
      "addresses",
      [member](const std::string& text, Settings& out) -> std::string {
        const auto address = categories::IpAddress::parse(text);
        if (!address) return quote(text) + " is no address";
        (out.*member).push_back(*address);
        return {};
      },
      [member](Settings& out) { (out.*member).clear(); });
}

}  // namespace breakwater::snapshot

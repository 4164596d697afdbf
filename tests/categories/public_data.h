#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace breakwater::test {

/// JSON escapes of surrogates that have no partner become U+FFFD: some of the public test vectors hold them, our parser
/// of JSON refuses them.
inline std::string repair_surrogates(std::string text) {
  // Setting bit 0x20 lower-cases letters and leaves digits alone.
  const auto is = [&text](std::size_t at, std::string_view thirds) {
    return at + 6 <= text.size() && text[at] == '\\' && text[at + 1] == 'u' && (text[at + 2] | 0x20) == 'd' &&
           thirds.find(static_cast<char>(text[at + 3] | 0x20)) != std::string_view::npos;
  };
  constexpr std::string_view kHigh = "89ab";
  constexpr std::string_view kLow = "cdef";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') continue;
    if (is(i, kHigh) && is(i + 6, kLow)) {
      i += 11;
    } else if (is(i, kHigh) || is(i, kLow)) {
      text.replace(i, 6, "\\ufffd");
      i += 5;
    } else {
      ++i;  // an escape of another kind
    }
  }
  return text;
}

/// The public test vectors `url/NAME`, or null where the shared data is absent.
inline nlohmann::json read_public_vectors(std::string_view name) {
  const char* shared = std::getenv("BREAKWATER_SHARED");
  const std::filesystem::path root = shared ? shared : BREAKWATER_SOURCE_DIR "/../shared";
  std::ifstream file(root / "data" / "url" / name, std::ios::binary);
  if (!file) return nullptr;
  return nlohmann::json::parse(repair_surrogates({std::istreambuf_iterator<char>(file), {}}));
}

}  // namespace breakwater::test

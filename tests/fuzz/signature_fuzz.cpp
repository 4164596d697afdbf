// Input: a line with a public key, then a minisign signature; the whole is also a file of SHA-256 sums.

#include <algorithm>
#include <array>
#include <string>

#include "proxy/feeds/checks.h"
#include "tests/fuzz/fuzz.h"

namespace breakwater::feeds {
namespace {

using fuzz::require;

constexpr std::string_view kFile = "a.example\nb.example\n";  // what the seeds have signed
constexpr std::string_view kName = "list.txt";
constexpr std::array<std::string_view, 6> kRefusals{
    "the public key is malformed",       "no minisign signature",
    "signed with another key",           "a signature of an unknown kind",
    "the signature is not of this file", "the trusted comment was changed"};

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string with_returns(std::string_view text) {
  std::string changed;
  for (const auto c : text)
    (c == '\n' ? changed += '\r' : changed) += c;
  return changed;
}

std::string lower(std::string_view text) {
  std::string changed{text};
  for (auto& c : changed)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return changed;
}

void check_sums(std::string_view text) {
  const auto found = find_sha256(text, kName);
  if (found) {
    require(found->size() == 64 && found->find_first_not_of("0123456789abcdef") == std::string::npos, "no digest");
    require(lower(text).find(*found) != std::string::npos, "a digest that does not stand there");
    require(find_sha256(*found, kName) == found, "a digest alone is that digest");
  }
  if (text.find('\r') == std::string_view::npos)
    require(find_sha256(with_returns(text), kName) == found, "line ends count");
  // One more sum of the file: either it is the only one, or two differ.
  const std::string other(64, 'c');
  const auto more = find_sha256(std::string{text}.append("\n").append(other).append("  ").append(kName), kName);
  require(!more || *more == other, "a digest that another contradicts");
}

void check_signature(std::string_view text) {
  const auto end = std::min(text.find('\n'), text.size());
  const auto key = text.substr(0, end);
  const auto signature = text.substr(std::min(end + 1, text.size()));
  const auto check = [&](std::string_view file, std::string_view by) {
    return check_minisign(bytes_of(file), by, key);
  };
  const auto refusal = check(kFile, signature);
  if (refusal) {
    require(std::ranges::count(kRefusals, *refusal) == 1, "a refusal of other words");
    return;
  }
  require(check("a.example\n", signature) == "the signature is not of this file", "one signature of two files");
  require(!check(kFile, std::string{signature}.append("\nmore")), "what follows counts");
  if (signature.find('\r') == std::string_view::npos)
    require(!check(kFile, with_returns(signature)), "line ends count");
  const auto first = signature.find('\n') + 1;
  auto changed = std::string{signature};
  changed.insert(changed.find('\n', changed.find('\n', first) + 1), 1, 'x');
  require(check(kFile, changed) == "the trusted comment was changed", "a comment that anybody may write");
  require(check(kFile, signature.substr(first)).has_value(), "a signature without its first line");
}

void run(std::span<const std::uint8_t> input) {
  const auto text = fuzz::as_text(input);
  check_sums(text);
  check_signature(text);
}

const fuzz::Registration registered{"signature", &run};

}  // namespace
}  // namespace breakwater::feeds

// Input: a byte that chooses the format ('0' is the first of ListFormat), a byte for the size of the pieces, then a
// list.

#include <algorithm>
#include <string>
#include <vector>

#include "categories/list_reader.h"
#include "categories/public_suffix.h"
#include "tests/fuzz/fuzz.h"

namespace breakwater::fuzz {
namespace {

using namespace categories;

/// Checks what every entry has to be, and keeps it for a comparison.
class Checker : public EntrySink {
 public:
  explicit Checker(std::uint32_t lines) : lines_(lines) {}

  void domain(const Host& host, std::uint32_t line) override {
    const auto again = normalise_host(host.text(), HostSource::person);
    require(again.has_value() && *again == host, "a listed host is in its normal form");
    require(host.is_literal() || PublicSuffixes::system().kind(host.text()) != SuffixKind::icann,
            "no public suffix is listed");
    take('d', host.text(), line);
  }
  void pattern(EntryKind kind, std::string_view text, std::uint32_t line) override {
    require(kind != EntryKind::domain && !text.empty() && text.size() <= 3 * kMaxLine + 64, "a pattern has a text");
    if (kind == EntryKind::url) {
      const auto slash = text.find('/');
      require(slash != std::string_view::npos && slash + 1 < text.size(), "a URL has a path");
      require(std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; }), "a URL is ASCII");
    }
    if (kind == EntryKind::expression)
      require(text.find('\0') == std::string_view::npos, "an expression ends where its C string does");
    take(static_cast<char>('0' + static_cast<int>(kind)), text, line);
  }
  void network(const Network& network, std::uint32_t line) override {
    require(Network::parse(network.to_string()) == network, "a listed network is in its normal form");
    require(network.prefix < 128, "an address is no network");
    require(network.prefix >= 104 || (network.prefix >= 19 && !network.contains(IpAddress::from_v4(0))),
            "no network is too wide");
    take('n', network.to_string(), line);
  }
  void except(const Host& host, std::uint32_t line) override { take('e', host.text(), line); }
  void until(std::chrono::sys_days day, std::uint32_t line) override {
    require(line == last_, "a day stands after its entry");
    take('u', std::to_string(day.time_since_epoch().count()), line);
  }
  void include(std::string_view file, std::uint32_t line, std::uint32_t column) override {
    require(column >= 1 && column <= kMaxLine && !file.empty(), "an include names a file");
    take('i', file, line);
  }
  void skip(std::string_view what, std::uint32_t line, std::uint32_t column) override {
    require(column >= 1 && column <= kMaxLine, "a column is inside the line");
    require(!what.empty() && what.size() < 80, "a phrase says what is skipped");
    take('s', what, line);
  }
  void reject(std::uint32_t line, std::uint32_t column, std::string message) override {
    require(column >= 1 && column <= kMaxLine, "a column is inside the line");
    require(std::all_of(message.begin(), message.end(), [](char c) { return c >= 0x20 && c < 0x7f; }),
            "a message is printable");
    take('!', message, line);
  }
  std::string said;

 private:
  void take(char what, std::string_view text, std::uint32_t line) {
    require(line >= last_ && line >= 1 && line <= lines_, "lines come in their order");
    last_ = line;
    said += what + std::to_string(line) + ' ' + std::string{text} + '\n';
  }
  std::uint32_t lines_;
  std::uint32_t last_ = 0;
};

std::string read(ListFormat format, std::string_view text, std::size_t piece) {
  Checker checker{static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n') + 1)};
  ListReader reader{format, checker};
  while (!text.empty()) {
    reader.feed(text.substr(0, piece));
    text.remove_prefix(std::min(piece, text.size()));
  }
  reader.finish();
  require(reader.format() != ListFormat::automatic || !reader.refusal().empty(), "the format is told");
  require(reader.refusal().empty() || checker.said.empty(), "a refused file gives no entry");
  return checker.said.append(reader.refusal());
}

void run(std::span<const std::uint8_t> input) {
  if (input.size() < 2) return;
  constexpr auto kFormats = static_cast<std::uint8_t>(ListFormat::v2fly) + 1;
  const auto format = static_cast<ListFormat>(static_cast<std::uint8_t>(input[0] - '0') % kFormats);
  const auto text = as_text(input.subspan(2));
  require(read(format, text, text.size()) == read(format, text, std::size_t{1} + input[1]),
          "a list reads the same in whatever pieces it comes");
}

const Registration registered{"list", &run};

}  // namespace
}  // namespace breakwater::fuzz

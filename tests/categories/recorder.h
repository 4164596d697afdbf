#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "categories/list_reader.h"

namespace breakwater::categories::test {

/// Writes down what comes: "3 domain a.com", "4:1 "com" would cover ...".
class Recorder : public EntrySink {
 public:
  void domain(const Host& host, std::uint32_t line) override {
    said.push_back(std::to_string(line) + " domain " + std::string{host.text()});
  }
  void pattern(EntryKind kind, std::string_view text, std::uint32_t line) override {
    constexpr std::string_view kKinds[] = {"", " url ", " expression ", " keyword "};
    said.push_back(std::to_string(line).append(kKinds[static_cast<std::size_t>(kind)]).append(text));
  }
  void network(const Network& network, std::uint32_t line) override {
    said.push_back(std::to_string(line) + " network " + network.to_string());
  }
  void except(const Host& host, std::uint32_t line) override {
    said.push_back(std::to_string(line) + " except " + std::string{host.text()});
  }
  void until(std::chrono::sys_days day, std::uint32_t line) override {
    const std::chrono::year_month_day date{day};
    said.push_back(std::to_string(line) + " until " + std::to_string(static_cast<int>(date.year())) + '-' +
                   std::to_string(static_cast<unsigned>(date.month())) + '-' +
                   std::to_string(static_cast<unsigned>(date.day())));
  }
  void include(std::string_view file, std::uint32_t line, std::uint32_t column) override {
    said.push_back(std::to_string(line) + ':' + std::to_string(column) + " include " + std::string{file});
  }
  void skip(std::string_view what, std::uint32_t line, std::uint32_t column) override {
    said.push_back(std::to_string(line) + ':' + std::to_string(column) + " skip " + std::string{what});
  }
  void reject(std::uint32_t line, std::uint32_t column, std::string message) override {
    said.push_back(std::to_string(line) + ':' + std::to_string(column) + ' ' + message);
  }
  std::vector<std::string> said;
};

inline std::vector<std::string> read(ListFormat format, std::string_view text, std::string_view file_name = {}) {
  Recorder recorder;
  ListReader reader{format, recorder, file_name};
  reader.feed(text);
  reader.finish();
  if (!reader.refusal().empty()) recorder.said.push_back("refused: " + std::string{reader.refusal()});
  return recorder.said;
}

/// One line of a list and what is said of it, without the line's number: "domain a.com", ":3 "b" stands after ...", ""
/// for nothing; what is more than one thing is joined with " | ".
struct LineCase {
  ListFormat format;
  std::string_view line;
  std::string_view expected;
};

/// What a list of one line gives, written as LineCase::expected.
inline std::string read_line(ListFormat format, std::string_view line, std::string_view file_name = {}) {
  std::string all;
  for (const auto& said : read(format, line, file_name)) {
    all += all.empty() ? "" : " | ";
    all += said.starts_with("1 ") ? said.substr(2) : said.starts_with("1:") ? said.substr(1) : said;
  }
  return all;
}

}  // namespace breakwater::categories::test

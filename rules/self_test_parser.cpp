#include "rules/self_test_parser.h"

#include <array>

namespace breakwater::rules {
namespace {

Action read_expected(TomlTable& table, DiagnosticSink& sink) {
  constexpr std::array<std::string_view, 2> kWords{"block", "allow"};
  const auto word = table.text("expect", Need::required);
  if (!word || word->value == kWords[0]) return Action::block;
  if (word->value != kWords[1])
    sink.error(word->place, "expect: " + in_quotes(word->value) + R"( is neither "block" nor "allow")" +
                                sink.did_you_mean(word->place, word->value, kWords));
  return Action::allow;
}

void read_host(const Text& text, SelfTest& test, DiagnosticSink& sink) {
  const auto host = categories::normalise_host(text.value, categories::HostSource::person);
  if (host)
    test.host = host->text();
  else
    sink.error(text.place, in_quotes(text.value) + " is no host: " + std::string(to_string(host.error())));
}

}  // namespace

std::vector<SelfTest> parse_self_tests(std::vector<TomlTable> tables, const std::vector<Group>& groups,
                                       CategoryNames& categories, DiagnosticSink& sink) {
  keep_first(kMaxSelfTests, "self-tests", tables, sink);
  std::vector<SelfTest> tests;
  tests.reserve(tables.size());
  for (auto& table : tables) {
    SelfTest test;
    const auto host = table.text("host");
    const auto category = table.text("category");
    test.place = table.place(host ? "host" : "category");
    if (host.has_value() == category.has_value())
      sink.error(table.place(), "[[selftest]] has either a host or a category");
    else if (host)
      read_host(*host, test, sink);
    else if (categories.check(*category))
      test.category = category->value;
    test.expect = read_expected(table, sink);
    for (const auto& text : table.texts("groups", Need::filled))
      if (const auto group = find_named(text, "group", groups, sink)) test.groups.push_back(*group);
    table.check_unknown();
    tests.push_back(std::move(test));
  }
  return tests;
}

}  // namespace breakwater::rules

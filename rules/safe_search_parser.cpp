#include "rules/safe_search_parser.h"

#include <array>

namespace breakwater::rules {
namespace {

constexpr std::array kLevels{YouTube::off, YouTube::moderate, YouTube::strict};

std::optional<Located<YouTube>> read_youtube(TomlTable& table, DiagnosticSink& sink) {
  const auto text = table.text("youtube");
  if (!text) return std::nullopt;
  std::array<std::string_view, kLevels.size()> names;
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    names[i] = to_string(kLevels[i]);
    if (text->value == names[i]) return Located<YouTube>{kLevels[i], text->place};
  }
  sink.error(text->place, "youtube: " + in_quotes(text->value) + R"( is none of "off", "moderate" and "strict")" +
                              sink.did_you_mean(text->place, text->value, names));
  return std::nullopt;
}

SafeSearch::Search search_of(bool flag) {
  return flag ? SafeSearch::Search::on : SafeSearch::Search::off;
}

}  // namespace

SafeSearchDraft parse_safe_search(TomlTable& table, DiagnosticSink& sink) {
  SafeSearchDraft draft;
  if (const auto search = table.flag("search")) draft.common.search = search_of(search->value);
  if (const auto youtube = read_youtube(table, sink)) draft.common.youtube = youtube->value;
  if (const auto locked = table.flag("locked"); locked && !locked->value) draft.lock = SafeSearchDraft::Lock::open;
  table.check_unknown();
  return draft;
}

SafeSearch parse_group_safe_search(TomlTable& group, const SafeSearchDraft& policy, DiagnosticSink& sink) {
  constexpr std::string_view kHow = "; a group may be stricter, or [safe_search] needs locked = false";
  const bool locked = policy.lock == SafeSearchDraft::Lock::locked;
  auto wanted = policy.common;
  if (const auto search = group.flag("safe_search")) {
    wanted.search = search_of(search->value);
    if (locked && wanted.search < policy.common.search)
      sink.error(search->place, "safe_search: the policy locks safe search" + std::string(kHow));
  }
  if (const auto youtube = read_youtube(group, sink)) {
    wanted.youtube = youtube->value;
    if (locked && wanted.youtube < policy.common.youtube)
      sink.error(youtube->place, "youtube: " + in_quotes(to_string(wanted.youtube)) + " is less than the " +
                                     in_quotes(to_string(policy.common.youtube)) + " that the policy locks" +
                                     std::string(kHow));
  }
  return wanted;
}

}  // namespace breakwater::rules

#include "categories/pattern_compiler.h"

#include <algorithm>
#include <tuple>

#include "categories/keyword.h"
#include "categories/pattern_database.h"

namespace breakwater::categories {
namespace {

constexpr std::size_t kMaxHost = 253;
/// More of them are more than any list needs, and would take minutes to compile.
constexpr std::size_t kMaxExpressions = 20'000;

constexpr std::array kDatabaseSections{Section::feed_literals, Section::feed_expressions, Section::local_literals,
                                       Section::local_expressions};
static_assert(kDatabaseSections.size() == PatternSet::kGroups);

std::size_t group_of(EntryKind kind, ListRole role) {
  return (role == ListRole::feed ? 0u : 2u) + (kind == EntryKind::url ? 0u : 1u);
}

/// One pattern and all the places where it stands.
struct Pattern {
  EntryKind kind = EntryKind::url;
  std::string text;
  std::vector<Target> targets;
};

}  // namespace

bool PatternCompiler::Entry::operator<(const Entry& other) const {
  return std::tie(group, kind, text, target) < std::tie(other.group, other.kind, other.text, other.target);
}

void PatternCompiler::add(EntryKind kind, std::string_view text, Target target, ListRole role) {
  entries_.push_back({group_of(kind, role), kind, std::string{text}, target});
}

bool PatternCompiler::write(ImageWriter& image, std::vector<ListInfo>& lists, std::vector<Refusal>& refusals,
                            std::string& error) {
  std::sort(entries_.begin(), entries_.end());
  std::array<std::vector<Pattern>, PatternSet::kGroups> groups;
  for (auto& [group, kind, text, target] : entries_) {
    auto& patterns = groups[group];
    if (patterns.empty() || patterns.back().kind != kind || patterns.back().text != text)
      patterns.push_back({kind, std::move(text), {}});
    patterns.back().targets.push_back(target);
  }
  entries_ = {};
  if (groups[1].size() + groups[3].size() > kMaxExpressions) {
    error = "there are more than " + std::to_string(kMaxExpressions) + " expressions and key words";
    return false;
  }

  std::vector<Pattern> written;
  std::vector<Pattern> re2;
  std::array<std::uint32_t, PatternSet::kGroups> sizes{};
  for (std::size_t group = 0; group < groups.size(); ++group) {
    auto& patterns = groups[group];
    if (patterns.empty()) continue;
    std::vector<PatternText> texts;
    texts.reserve(patterns.size());
    for (const auto& pattern : patterns)
      texts.push_back({pattern.kind, pattern.text});
    auto database = cache_.empty() ? compile_patterns(texts) : compile_patterns(texts, cache_, used_.emplace_back());
    if (!database.error.empty()) {
      error = std::move(database.error);
      return false;
    }
    image.add(kDatabaseSections[group], std::span{std::as_const(database.bytes)});
    for (const auto& [pattern, why] : database.refused)
      for (const auto target : patterns[pattern].targets)
        refusals.push_back({target, why});
    sizes[group] = static_cast<std::uint32_t>(database.in_database.size());
    for (const auto pattern : database.in_database)
      written.push_back(std::move(patterns[pattern]));
    for (const auto pattern : database.for_re2)
      re2.push_back(std::move(patterns[pattern]));
  }

  SectionWriter re2_text;
  std::vector<std::string_view> re2_views;
  for (const auto& pattern : re2) {
    re2_text.text(pattern.text);
    re2_views.push_back(pattern.text);
  }
  if (!re2_views.empty() && !make_re2_set(re2_views)) {
    error = "the expressions that only RE2 takes need more memory than it may have";
    return false;
  }
  image.add(Section::re2, re2_text.bytes());

  std::vector<PatternRecord> records;
  std::vector<Target> targets;
  for (auto* patterns : {&written, &re2})
    for (auto& pattern : *patterns) {
      limit_targets(pattern.targets, lists);
      const auto host_length = std::min(pattern.text.find('/'), kMaxHost);
      records.push_back(
          {static_cast<std::uint32_t>(targets.size()), static_cast<std::uint32_t>(pattern.targets.size()),
           static_cast<std::uint32_t>(pattern.text.size()), static_cast<std::uint16_t>(host_length), pattern.kind,
           pattern.kind == EntryKind::keyword ? keyword_pattern(pattern.text).bounds : KeywordPattern::Bounds::none});
      targets.insert(targets.end(), pattern.targets.begin(), pattern.targets.end());
    }
  image.add(Section::patterns, std::span{std::as_const(records)});
  image.add(Section::pattern_targets, std::span{std::as_const(targets)});
  image.add(Section::pattern_groups, std::span<const std::uint32_t>{sizes});
  return true;
}

}  // namespace breakwater::categories

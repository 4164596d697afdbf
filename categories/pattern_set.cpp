#include "categories/pattern_set.h"

#include <algorithm>
#include <limits>
#include <new>

namespace breakwater::categories {
namespace {

constexpr std::int64_t kRe2Memory = 64 << 20;
constexpr std::array kGroupSections{Section::feed_literals, Section::feed_expressions, Section::local_literals,
                                    Section::local_expressions};
constexpr std::size_t kReservedHits = 64;
constexpr std::size_t kReservedText = 254;  // the longest host and a slash

bool re2_match(const re2::RE2::Set& set, std::string_view text, std::vector<int>& matched,
               re2::RE2::Set::ErrorInfo& error) {
  return set.Match({text.data(), text.size()}, &matched, &error);
}

/// nullptr for an empty section.
Result<HyperscanDatabase, CatalogueError> load_database(std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return HyperscanDatabase{};
  hs_database_t* database = nullptr;
  switch (hs_deserialize_database(reinterpret_cast<const char*>(bytes.data()), bytes.size(), &database)) {
    case HS_SUCCESS:
      return HyperscanDatabase{database};
    case HS_DB_VERSION_ERROR:
    case HS_DB_PLATFORM_ERROR:
      return CatalogueError::version;
    default:
      return CatalogueError::corrupt;
  }
}

}  // namespace

Engines& engines() {
  static Engines engines{&hs_scan, &re2_match};
  return engines;
}

re2::RE2::Options re2_options() {
  re2::RE2::Options options;
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_case_sensitive(false);
  options.set_dot_nl(true);
  options.set_log_errors(false);
  options.set_max_mem(kRe2Memory);
  return options;
}

std::unique_ptr<re2::RE2::Set> make_re2_set(std::span<const std::string_view> expressions) {
  auto set = std::make_unique<re2::RE2::Set>(re2_options(), re2::RE2::UNANCHORED);
  for (const auto expression : expressions)
    if (set->Add({expression.data(), expression.size()}, nullptr) < 0) return nullptr;
  if (!set->Compile()) return nullptr;
  return set;
}

Result<PatternSet, CatalogueError> PatternSet::load(const Image& image, std::size_t lists) {
  PatternSet set;
  const auto records = image.array<PatternRecord>(Section::patterns);
  const auto targets = image.array<Target>(Section::pattern_targets);
  if (!records || !targets) return CatalogueError::corrupt;
  set.records_ = *records;
  set.targets_ = *targets;
  for (const auto& record : set.records_)
    if (record.first_target > targets->size() || record.targets > targets->size() - record.first_target ||
        record.kind > EntryKind::keyword)
      return CatalogueError::corrupt;
  set.keywords_ = static_cast<std::size_t>(std::ranges::count(set.records_, EntryKind::keyword, &PatternRecord::kind));
  if (!std::all_of(targets->begin(), targets->end(), [lists](Target target) { return list_of(target) < lists; }))
    return CatalogueError::corrupt;

  const auto sizes = image.array<std::uint32_t>(Section::pattern_groups);
  if (!sizes || (sizes->size() != kGroups && !sizes->empty())) return CatalogueError::corrupt;
  std::size_t first = 0;
  for (std::size_t i = 0; i < kGroups; ++i) {
    const auto size = sizes->empty() ? 0 : (*sizes)[i];
    auto& group = set.groups_[i];
    auto loaded = load_database(image.section(kGroupSections[i]));
    if (!loaded) return loaded.error();
    group.database = std::move(*loaded);
    group.first = static_cast<std::uint32_t>(first);
    first += size;
    if (first > records->size() || (group.database != nullptr) != (size > 0)) return CatalogueError::corrupt;
    if (!group.database) continue;
    auto* scratch = set.prototype_.release();
    const auto status = hs_alloc_scratch(group.database.get(), &scratch);
    set.prototype_.reset(scratch);
    if (status != HS_SUCCESS) return CatalogueError::corrupt;
  }

  std::vector<std::string_view> expressions;
  SectionReader reader{image.section(Section::re2)};
  while (!reader.at_end()) {
    const auto text = reader.text();
    if (!text) return CatalogueError::corrupt;
    expressions.push_back(*text);
  }
  if (first + expressions.size() != records->size()) return CatalogueError::corrupt;
  set.first_re2_ = static_cast<std::uint32_t>(first);
  if (!expressions.empty() && !(set.re2_ = make_re2_set(expressions))) return CatalogueError::corrupt;
  return set;
}

PatternSet::Scratch PatternSet::make_scratch() const {
  Scratch scratch;
  hs_scratch_t* clone = nullptr;
  // Without scratch every scan fails, and the request is blocked.
  if (prototype_ && hs_clone_scratch(prototype_.get(), &clone) == HS_SUCCESS) scratch.hyperscan.reset(clone);
  scratch.hits.reserve(kReservedHits);
  scratch.re2_hits.reserve(kReservedHits);
  scratch.text.reserve(kReservedText);
  return scratch;
}

struct PatternSet::Subject {
  const PatternSet& set;
  std::string_view text;
  std::size_t host;  ///< length of the host in `text`
  std::size_t path;  ///< length of host and path, without the query
  enum class Wanted : std::uint8_t { all, all_but_keywords, keywords } wanted;
  Scratch& scratch;
  std::uint32_t first = 0;  ///< number of the first pattern of the database that is asked

  /// A URL begins where its own host ends with that of the text, and there at a label's start. A keyword stands in
  /// the host or the path.
  bool is_genuine(const PatternRecord& record, std::size_t from, std::size_t end) const {
    const bool keyword = record.kind == EntryKind::keyword;
    if (wanted != Wanted::all && keyword != (wanted == Wanted::keywords)) return false;
    if (record.kind == EntryKind::expression) return true;
    if (keyword)
      return from <= end && end <= path &&
             (record.bounds == KeywordPattern::Bounds::none || is_whole_word(text.substr(0, path), from, end));
    if (record.length > end) return false;
    const auto begin = end - record.length;
    return begin + record.host_length == host && (begin == 0 || text[begin - 1] == '.');
  }
};

/// Called through C: nothing may be thrown. A non-zero answer ends the scan, which then counts as failed.
int PatternSet::on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned, void* context) {
  auto& subject = *static_cast<Subject*>(context);
  id += subject.first;
  if (id >= subject.set.records_.size() || to > subject.text.size()) return 1;
  if (!subject.is_genuine(subject.set.records_[id], static_cast<std::size_t>(from), static_cast<std::size_t>(to)))
    return 0;
  try {
    subject.scratch.hits.push_back(id);
  } catch (const std::bad_alloc&) {
    return 1;
  }
  return 0;
}

bool PatternSet::scan_group(const Group& group, Subject& subject) const {
  subject.first = group.first;
  return engines().scan(group.database.get(), subject.text.data(), static_cast<unsigned>(subject.text.size()), 0,
                        subject.scratch.hyperscan.get(), &PatternSet::on_match, &subject) == HS_SUCCESS;
}

bool PatternSet::scan_re2(std::string_view text, Scratch& scratch) const {
  // "No match" and "out of memory" are told apart by the error alone.
  re2::RE2::Set::ErrorInfo error{re2::RE2::Set::kNoError};
  if (!engines().match(*re2_, text, scratch.re2_hits, error)) return error.kind == re2::RE2::Set::kNoError;
  for (const auto hit : scratch.re2_hits)
    scratch.hits.push_back(first_re2_ + static_cast<std::uint32_t>(hit));
  return true;
}

bool PatternSet::scan(std::string_view host, std::string_view match_text, Scratch& scratch) const {
  scratch.hits.clear();
  if (records_.empty()) return true;
  const bool host_only = match_text.empty();
  if (host_only) match_text = scratch.text.assign(host).append(1, '/');
  if (match_text.size() > std::numeric_limits<unsigned>::max()) return false;

  const auto path = std::min(match_text.find('?'), match_text.size());
  const auto text =
      keywords_ > 0 ? keyword_text(match_text.substr(0, path), scratch.keyword_text) : std::optional{match_text};
  if (!text) return false;
  using Wanted = Subject::Wanted;
  const bool same_text = text->data() == match_text.data();
  Subject subject{*this, match_text, host.size(), path, same_text ? Wanted::all : Wanted::all_but_keywords, scratch};
  bool ok = true;
  for (std::size_t i = 0; i < kGroups; ++i) {
    const bool holds_urls = i % 2 == 0;
    if (!groups_[i].database || (holds_urls && host_only)) continue;
    ok = scan_group(groups_[i], subject) && ok;
    if (holds_urls || same_text) continue;
    Subject folded{*this, *text, 0, text->size(), Wanted::keywords, scratch};
    ok = scan_group(groups_[i], folded) && ok;
  }
  if (re2_) ok = scan_re2(match_text, scratch) && ok;
  std::sort(scratch.hits.begin(), scratch.hits.end());
  scratch.hits.erase(std::unique(scratch.hits.begin(), scratch.hits.end()), scratch.hits.end());
  return ok;
}

}  // namespace breakwater::categories

// Measured with the 24,232 URLs of the UT1 lists on one core: as literals (hs_compile_lit_multi) 0.73 s to compile and
// 0.25 us for a text of 100 bytes, as escaped expressions 0.72 s and 0.25 us. They are apart from the expressions for
// another reason: no URL can match where only the host is known, so that HTTPS does not pay for them.

#include "categories/pattern_database.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>

#include <re2/re2.h>

#include "categories/expression_cost.h"
#include "categories/image.h"
#include "categories/keyword.h"
#include "categories/pattern_set.h"
#include "categories/sha256.h"

namespace breakwater::categories {
namespace {

/// Match texts with no letter or digit in common: what matches both matches everything.
constexpr std::string_view kProbes[] = {"qjzxkv.wfy/", "bdghm3.ptlc/"};
constexpr auto kMatchesAll = "it would match every host";

/// A thousand times `.{1,100}` compile in about 2 s, a thousand times `.{1,900}` in 30 s and 360 MB.
constexpr std::uint64_t kMaxRepeats = 250;
constexpr std::uint64_t kMaxRepeatsInAll = 100'000;

enum class PatternSection : std::uint8_t { database, notes };

using CompileError = std::unique_ptr<hs_compile_error_t, HyperscanFree<hs_free_compile_error>>;
using MallocText = std::unique_ptr<char, HyperscanFree<std::free>>;
using ExpressionInfo = std::unique_ptr<hs_expr_info_t, HyperscanFree<std::free>>;

/// A keyword may stand in several places of which only the last is a whole word, so that each match counts; of those
/// the beginning is needed.
unsigned flags(EntryKind kind) {
  switch (kind) {
    case EntryKind::expression:
      return HS_FLAG_CASELESS | HS_FLAG_DOTALL | HS_FLAG_SINGLEMATCH;
    case EntryKind::keyword:
      return HS_FLAG_SOM_LEFTMOST;
    default:
      return 0;
  }
}

/// The ids that match `text`, sorted; nullopt where the engine fails.
std::optional<std::vector<unsigned>> scan_probe(const hs_database_t* database, std::string_view text) {
  hs_scratch_t* allocated = nullptr;
  if (hs_alloc_scratch(database, &allocated) != HS_SUCCESS) return std::nullopt;
  const HyperscanScratch scratch{allocated};
  std::vector<unsigned> ids;
  const auto collect = [](unsigned id, unsigned long long, unsigned long long, unsigned, void* context) {
    static_cast<std::vector<unsigned>*>(context)->push_back(id);
    return 0;
  };
  if (hs_scan(database, text.data(), static_cast<unsigned>(text.size()), 0, scratch.get(), collect, &ids) != HS_SUCCESS)
    return std::nullopt;
  std::sort(ids.begin(), ids.end());
  return ids;
}

class DatabaseCompiler {
 public:
  explicit DatabaseCompiler(std::span<const PatternText> patterns) : patterns_(patterns) {}

  PatternDatabase compile() {
    for (std::size_t i = 0; i < patterns_.size(); ++i)
      if (patterns_[i].kind != EntryKind::expression || is_plausible(i)) result_.in_database.push_back(i);
    auto compiled = compile(result_.in_database);
    if (!compiled.error.empty() && !holds_urls()) compiled = compile_without_the_refused();
    if (compiled.error.empty() && compiled.database && !holds_urls()) compiled = without_what_matches_all(compiled);
    result_.error = compiled.error;
    if (compiled.database) serialise(compiled.database.get());
    return std::move(result_);
  }

 private:
  struct Compiled {
    HyperscanDatabase database;
    std::string error;
  };

  bool holds_urls() const { return !patterns_.empty() && patterns_.front().kind == EntryKind::url; }

  void refuse(std::size_t pattern, std::string why) { result_.refused.push_back({pattern, std::move(why)}); }

  Compiled compile(std::span<const std::size_t> which) const {
    if (which.empty()) return {};
    std::vector<std::string> texts;
    std::vector<const char*> pointers;
    std::vector<std::size_t> lengths;
    std::vector<unsigned> all_flags;
    std::vector<unsigned> ids;
    texts.reserve(which.size());  // pointers into it are kept
    for (const auto index : which) {
      const auto& [kind, text] = patterns_[index];
      texts.push_back(kind == EntryKind::keyword ? keyword_pattern(text).expression : std::string{text});
      pointers.push_back(texts.back().c_str());
      lengths.push_back(texts.back().size());
      all_flags.push_back(flags(kind));
      ids.push_back(static_cast<unsigned>(ids.size()));
    }
    const auto count = static_cast<unsigned>(which.size());
    hs_database_t* database = nullptr;
    hs_compile_error_t* error = nullptr;
    if (holds_urls())
      hs_compile_lit_multi(pointers.data(), all_flags.data(), ids.data(), lengths.data(), count, HS_MODE_BLOCK, nullptr,
                           &database, &error);
    else
      hs_compile_multi(pointers.data(), all_flags.data(), ids.data(), count, HS_MODE_BLOCK, nullptr, &database, &error);
    const CompileError owner{error};
    return {HyperscanDatabase{database}, error ? error->message : ""};
  }

  /// Takes out what can be told without compiling.
  bool is_plausible(std::size_t pattern) {
    const std::string text{patterns_[pattern].text};
    const auto repeats = unrolled_repeats(text);
    if (repeats > kMaxRepeats || repeats_ + repeats > kMaxRepeatsInAll) {
      refuse(pattern,
             repeats > kMaxRepeats ? "its counted repeats are too many" : "there are too many counted repeats");
      return false;
    }
    repeats_ += repeats;
    hs_expr_info_t* info = nullptr;
    hs_compile_error_t* error = nullptr;
    hs_expression_info(text.c_str(), flags(EntryKind::expression), &info, &error);
    const ExpressionInfo info_owner{info};
    const CompileError error_owner{error};
    if (!info) {
      to_re2(pattern, error ? error->message : "out of memory");
      return false;
    }
    if (info->min_width == 0) refuse(pattern, kMatchesAll);
    return info->min_width > 0;
  }

  /// Keeps for RE2 an expression that Hyperscan does not take.
  void to_re2(std::size_t pattern, const std::string& hyperscan_error) {
    const auto text = patterns_[pattern].text;
    const re2::RE2 expression{{text.data(), text.size()}, re2_options()};
    if (!expression.ok()) {
      refuse(pattern, "not a usable expression: " + hyperscan_error + " (Hyperscan); " + expression.error() + " (RE2)");
      return;
    }
    const auto matches = [&expression](std::string_view probe) {
      return re2::RE2::PartialMatch({probe.data(), probe.size()}, expression);
    };
    if (matches("") || std::all_of(std::begin(kProbes), std::end(kProbes), matches))
      refuse(pattern, kMatchesAll);
    else
      result_.for_re2.push_back(pattern);
  }

  template <class Keep>
  void keep_if(Keep&& keep) {
    auto& which = result_.in_database;
    which.erase(std::remove_if(which.begin(), which.end(), [&](std::size_t pattern) { return !keep(pattern); }),
                which.end());
  }

  /// Well-formed, but too large for example: only a compilation of its own shows which one.
  Compiled compile_without_the_refused() {
    keep_if([this](std::size_t pattern) {
      const auto alone = compile(std::span{&pattern, 1});
      if (!alone.error.empty()) to_re2(pattern, alone.error);
      return alone.error.empty();
    });
    return compile(result_.in_database);
  }

  Compiled without_what_matches_all(Compiled& compiled) {
    const auto first = scan_probe(compiled.database.get(), kProbes[0]);
    const auto second = scan_probe(compiled.database.get(), kProbes[1]);
    if (!first || !second) return {{}, "Hyperscan failed"};
    std::vector<unsigned> all;
    std::set_intersection(first->begin(), first->end(), second->begin(), second->end(), std::back_inserter(all));
    if (all.empty()) return std::move(compiled);
    unsigned id = 0;
    keep_if([&](std::size_t pattern) {
      const bool matches_all = std::binary_search(all.begin(), all.end(), id++);
      if (matches_all) refuse(pattern, kMatchesAll);
      return !matches_all;
    });
    return compile(result_.in_database);
  }

  void serialise(const hs_database_t* database) {
    char* bytes = nullptr;
    std::size_t size = 0;
    if (hs_serialize_database(database, &bytes, &size) != HS_SUCCESS) {
      result_.error = "Hyperscan cannot write its database";
      return;
    }
    const MallocText owner{bytes};
    result_.bytes.assign(bytes, bytes + size);
  }

  std::span<const PatternText> patterns_;
  std::uint64_t repeats_ = 0;
  PatternDatabase result_;
};

/// A file's name that changes with all that its content depends on.
std::string cache_name(std::span<const PatternText> patterns) {
  constexpr std::string_view kScreening = "screening 3";  // to be changed with what is refused, or kept for RE2
  hs_platform_info_t platform{};
  hs_populate_platform(&platform);
  SectionWriter text;
  text.text(kScreening);
  text.text(hs_version());
  text.number(platform.tune);
  text.number(platform.cpu_features);
  for (const auto& pattern : patterns) {
    text.number(static_cast<std::uint8_t>(pattern.kind));
    text.number(flags(pattern.kind));
    text.text(pattern.text);
  }
  Sha256 sum;
  sum.update({reinterpret_cast<const char*>(text.bytes().data()), text.bytes().size()});
  return sum.hex();
}

std::vector<std::uint8_t> pack(const PatternDatabase& database) {
  SectionWriter notes;
  const auto indices = [&notes](const std::vector<std::size_t>& all) {
    notes.number(std::uint64_t{all.size()});
    for (const auto index : all)
      notes.number(std::uint64_t{index});
  };
  indices(database.in_database);
  indices(database.for_re2);
  notes.number(std::uint64_t{database.refused.size()});
  for (const auto& [pattern, why] : database.refused) {
    notes.number(std::uint64_t{pattern});
    notes.text(why);
  }
  ImageWriter image{ImageKind::patterns, 0};
  image.add(PatternSection::database, std::span{database.bytes});
  image.add(PatternSection::notes, notes.bytes());
  return std::move(image).finish();
}

/// nullopt where there is no file, or none that can be used for so many patterns.
std::optional<PatternDatabase> unpack(const std::filesystem::path& file, std::size_t patterns) {
  const auto image = Image::open(ImageKind::patterns, file);
  if (!image) return std::nullopt;
  PatternDatabase database;
  const auto bytes = image->section(PatternSection::database);
  database.bytes.assign(bytes.begin(), bytes.end());
  SectionReader notes{image->section(PatternSection::notes)};
  const auto index = [&]() -> std::optional<std::size_t> {
    const auto number = notes.number<std::uint64_t>();
    if (!number || *number >= patterns) return std::nullopt;
    return static_cast<std::size_t>(*number);
  };
  const auto each = [&notes](auto&& read) {
    const auto number = notes.number<std::uint64_t>();
    for (std::uint64_t i = 0; number && i < *number; ++i)
      if (!read()) return false;
    return number.has_value();
  };
  const auto indices = [&](std::vector<std::size_t>& all) {
    return each([&] {
      const auto one = index();
      if (one) all.push_back(*one);
      return one.has_value();
    });
  };
  const bool sound = indices(database.in_database) && indices(database.for_re2) && each([&] {
                       const auto pattern = index();
                       const auto why = notes.text();
                       if (pattern && why) database.refused.push_back({*pattern, std::string{*why}});
                       return pattern && why;
                     });
  if (!sound || !notes.at_end()) return std::nullopt;
  return database;
}

}  // namespace

PatternDatabase compile_patterns(std::span<const PatternText> patterns) {
  return DatabaseCompiler{patterns}.compile();
}

PatternDatabase compile_patterns(std::span<const PatternText> patterns, const std::filesystem::path& cache,
                                 std::string& name) {
  name = cache_name(patterns);
  if (auto known = unpack(cache / name, patterns.size())) return std::move(*known);
  auto database = compile_patterns(patterns);
  std::string ignored;  // what cannot be kept is compiled again next time
  if (database.error.empty()) write_image(cache / name, pack(database), Durability::cached, ignored);
  return database;
}

}  // namespace breakwater::categories

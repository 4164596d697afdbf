#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <hs.h>
#include <re2/set.h>

#include "categories/catalogue.h"
#include "categories/image.h"
#include "categories/keyword.h"
#include "categories/target.h"

namespace breakwater::categories {

template <auto Free>
struct HyperscanFree {
  template <class T>
  void operator()(T* owned) const {
    Free(owned);
  }
};
using HyperscanDatabase = std::unique_ptr<hs_database_t, HyperscanFree<hs_free_database>>;
using HyperscanScratch = std::unique_ptr<hs_scratch_t, HyperscanFree<hs_free_scratch>>;

/// The engines' entry points, so that a test can make them fail. Not to be changed while anything is matched.
struct Engines {
  decltype(&hs_scan) scan = &hs_scan;
  bool (*match)(const re2::RE2::Set& set, std::string_view text, std::vector<int>& matched,
                re2::RE2::Set::ErrorInfo& error) = nullptr;  ///< as RE2::Set::Match
};
Engines& engines();

/// One pattern as it stands in an image.
struct PatternRecord {
  std::uint32_t first_target = 0;
  std::uint32_t targets = 0;
  std::uint32_t length = 0;       ///< of a URL's text
  std::uint16_t host_length = 0;  ///< of a URL's host
  EntryKind kind = EntryKind::url;
  KeywordPattern::Bounds bounds = KeywordPattern::Bounds::none;  ///< of a keyword
};

/// All the expressions that only RE2 takes, in one set; nullptr where it refuses one or needs more memory than is
/// right.
std::unique_ptr<re2::RE2::Set> make_re2_set(std::span<const std::string_view> expressions);
re2::RE2::Options re2_options();

/// What is matched against "host/path?query": URLs in Hyperscan databases that are not asked where only the host is
/// known; expressions and keywords in others, which are asked once more where keywords need another text; in RE2 the
/// expressions that Hyperscan refuses.
class PatternSet {
 public:
  /// Databases: URLs and expressions of feeds, then the same of lists kept by hand. Patterns are numbered in this
  /// order.
  static constexpr std::size_t kGroups = 4;
  /// Working memory of one thread.
  struct Scratch {
    HyperscanScratch hyperscan;
    std::vector<std::uint32_t> hits;
    std::vector<int> re2_hits;
    std::string text;          ///< "host/", where no path is known
    std::string keyword_text;  ///< where it differs from the match text
  };

  static Result<PatternSet, CatalogueError> load(const Image& image, std::size_t lists);

  Scratch make_scratch() const;

  /// Leaves in `scratch.hits` the ids of the patterns that match, sorted, each once. False: an engine failed, and what
  /// is in `scratch.hits` is not all. `match_text` is empty or begins with the host.
  bool scan(std::string_view host, std::string_view match_text, Scratch& scratch) const;

  EntryKind kind(std::uint32_t pattern) const { return records_[pattern].kind; }
  std::span<const Target> targets(std::uint32_t pattern) const {
    return targets_.subspan(records_[pattern].first_target, records_[pattern].targets);
  }

 private:
  struct Subject;
  static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void* subject);
  struct Group {
    HyperscanDatabase database;
    std::uint32_t first = 0;  ///< number of its first pattern
  };
  bool scan_group(const Group& group, Subject& subject) const;
  bool scan_re2(std::string_view text, Scratch& scratch) const;

  std::span<const PatternRecord> records_;
  std::span<const Target> targets_;
  std::array<Group, kGroups> groups_;
  HyperscanScratch prototype_;
  std::unique_ptr<re2::RE2::Set> re2_;
  std::uint32_t first_re2_ = 0;
  std::size_t keywords_ = 0;
};

}  // namespace breakwater::categories

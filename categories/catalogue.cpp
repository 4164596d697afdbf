#include "categories/catalogue.h"

#include <algorithm>
#include <array>
#include <utility>

#include "categories/catalogue_tables.h"
#include "categories/host_index.h"
#include "categories/image.h"
#include "categories/pattern_set.h"

namespace breakwater::categories {
namespace {

/// Beyond so many matches only one that brings a new category is kept: the sets are always complete.
constexpr std::size_t kMaxMatches = 256;

struct ListMeaning {
  CategoryId category = 0;
  ListRole role = ListRole::feed;
};

/// What a target stands for; nullopt: for no list that there is, which a sound image does not hold.
std::optional<Match> meaning(Target target, EntryKind kind, const std::vector<ListMeaning>& meanings) {
  if (list_of(target) >= meanings.size()) return std::nullopt;
  const auto [category, role] = meanings[list_of(target)];
  const auto line = role == ListRole::locked ? 0 : line_of(target);
  return Match{static_cast<ListId>(list_of(target)), line, category, role, kind};
}

/// Gathers what matches one request.
class Gathering {
 public:
  Gathering(const std::vector<ListMeaning>& meanings, Classification& out) : meanings_(meanings), out_(out) {}

  void add(Target target, EntryKind kind) {
    const auto match = meaning(target, kind, meanings_);
    if (!match) {
      out_.status = ClassifyStatus::engine_error;
    } else if (is_except(target)) {
      excepted_lists_.push_back(match->list);
    } else {
      add(*match);
    }
  }

  void finish(const CategorySet& locked) {
    bool excepted = false;
    for (const auto& word : words_) {
      if (is_excepted(word.list)) continue;
      if (word.role == ListRole::exception)
        excepted = true;
      else if (!out_.allow)
        out_.allow = word;
    }
    if (excepted || !excepted_lists_.empty()) strike_out(locked, excepted);
    const auto found = std::ranges::find(out_.matches, ListRole::recategorise, &Match::role);
    if (found != out_.matches.end()) out_.recategorised = *found;
  }

 private:
  void add(const Match& match) {
    switch (match.role) {
      case ListRole::exception:
      case ListRole::allow:
        words_.push_back(match);
        break;
      case ListRole::feed:
      case ListRole::locked:
        count(match, out_.categories);
        break;
      case ListRole::recategorise:
      case ListRole::local:
        count(match, out_.local);
        break;
    }
  }

  void count(const Match& match, CategorySet& known) {
    if (out_.matches.size() < kMaxMatches || !known[match.category]) out_.matches.push_back(match);
    mark(match);
  }

  void mark(const Match& match) {
    out_.categories.set(match.category);
    if (match.role == ListRole::local || match.role == ListRole::recategorise) out_.local.set(match.category);
  }

  /// An exception takes away what feeds say, or what one list says, save what is locked.
  void strike_out(const CategorySet& locked, bool excepted) {
    auto& matches = out_.matches;
    const auto struck = [&](const Match& match) {
      if (match.role == ListRole::locked || locked[match.category]) return false;
      return (excepted && match.role == ListRole::feed) || is_excepted(match.list);
    };
    matches.erase(std::remove_if(matches.begin(), matches.end(), struck), matches.end());
    out_.categories.reset();
    out_.local.reset();
    for (const auto& match : matches)
      mark(match);
  }

  bool is_excepted(ListId list) const { return std::ranges::count(excepted_lists_, list) > 0; }

  const std::vector<ListMeaning>& meanings_;
  Classification& out_;
  boost::container::small_vector<Match, 4> words_;  ///< of exceptions and allow lists
  boost::container::small_vector<ListId, 4> excepted_lists_;
};

}  // namespace

std::string_view to_string(CatalogueError error) {
  switch (error) {
    case CatalogueError::io:
      return "the catalogue cannot be read";
    case CatalogueError::foreign:
      return "the file is no catalogue";
    case CatalogueError::version:
      return "the catalogue was made by another version of Breakwater or Hyperscan, or for another processor";
    case CatalogueError::truncated:
      return "the catalogue is cut short";
    case CatalogueError::corrupt:
      return "the catalogue is damaged";
  }
  return "unknown";
}

std::string_view to_string(ListRole role) {
  constexpr std::array<std::string_view, kListRoles> kNames{"feed",      "local",        "allow",
                                                            "exception", "recategorise", "locked"};
  return kNames[static_cast<std::size_t>(role)];
}

void Classification::clear() {
  status = ClassifyStatus::ok;
  matches.clear();
  categories.reset();
  local.reset();
  allow.reset();
  recategorised.reset();
}

CategorySet locked_categories(const CategoryTable& table) {
  CategorySet locked;
  for (const std::string_view name : {"terrorism", "child-abuse"})
    if (const auto id = table.find(name)) locked |= table.family(*id);
  return locked;
}

class Catalogue::Scratch {
 public:
  PatternSet::Scratch patterns;
};

void Catalogue::ScratchDeleter::operator()(Scratch* scratch) const {
  delete scratch;
}

struct Catalogue::Impl {
  Image image;
  CategoryTable table;
  std::vector<ListInfo> lists;
  std::vector<ListMeaning> meanings;  ///< of `lists`, dense for the data path
  HostIndex hosts;
  PatternSet patterns;
  CategorySet locked;

  static Result<std::shared_ptr<const Catalogue>, CatalogueError> load(Result<Image, CatalogueError> checked);

  /// Calls `found(Target, EntryKind)` for each entry that matches. False: an engine failed, and that was not all.
  template <class Found>
  bool find(const Host& host, std::string_view match_text, PatternSet::Scratch& scratch, Found&& found) const;
};

Result<std::shared_ptr<const Catalogue>, CatalogueError> Catalogue::Impl::load(Result<Image, CatalogueError> checked) {
  if (!checked) return checked.error();
  auto& image = *checked;
  CategoryTable table;
  std::vector<ListInfo> lists;
  if (!load_categories(image, table)) return CatalogueError::version;
  if (!load_lists(image, table.size(), lists)) return CatalogueError::corrupt;
  const auto hosts = HostIndex::load(image);
  if (!hosts) return CatalogueError::corrupt;
  auto patterns = PatternSet::load(image, lists.size());
  if (!patterns) return patterns.error();
  std::vector<ListMeaning> meanings;
  meanings.reserve(lists.size());
  for (const auto& list : lists)
    meanings.push_back({list.category, list.role});
  const auto locked = locked_categories(table);
  std::unique_ptr<Impl> impl{new Impl{std::move(image), std::move(table), std::move(lists), std::move(meanings), *hosts,
                                      std::move(*patterns), locked}};
  return std::shared_ptr<const Catalogue>{new Catalogue{std::move(impl)}};
}

Catalogue::Catalogue(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Catalogue::~Catalogue() = default;

Result<std::shared_ptr<const Catalogue>, CatalogueError> Catalogue::open(const std::filesystem::path& file) {
  return Impl::load(Image::open(ImageKind::catalogue, file));
}

Result<std::shared_ptr<const Catalogue>, CatalogueError> Catalogue::from_image(std::vector<std::uint8_t> image) {
  return Impl::load(Image::from_bytes(ImageKind::catalogue, std::move(image)));
}

Catalogue::ScratchPtr Catalogue::make_scratch() const {
  return ScratchPtr{new Scratch{impl_->patterns.make_scratch()}};
}

template <class Found>
bool Catalogue::Impl::find(const Host& host, std::string_view match_text, PatternSet::Scratch& scratch,
                           Found&& found) const {
  const auto listed = [&found](Target target) { found(target, EntryKind::domain); };
  hosts.find(host, listed);
  if (hosts.has_urls() && !match_text.empty())
    hosts.find_urls(host, match_text, [&found](Target target) { found(target, EntryKind::url); });
  const bool ok = patterns.scan(host.text(), match_text, scratch);
  for (const auto pattern : scratch.hits)
    for (const auto target : patterns.targets(pattern))
      found(target, patterns.kind(pattern));
  return ok;
}

void Catalogue::classify(const Host& host, std::string_view match_text, Scratch& scratch,
                         Classification& out) const noexcept {
  out.clear();
  try {
    Gathering gathering{impl_->meanings, out};
    const bool ok = impl_->find(host, match_text, scratch.patterns,
                                [&gathering](Target target, EntryKind kind) { gathering.add(target, kind); });
    if (!ok) out.status = ClassifyStatus::engine_error;
    gathering.finish(impl_->locked);
  } catch (...) {
    // Out of memory; what was found so far is not all.
    out.status = ClassifyStatus::engine_error;
  }
}

std::vector<Match> Catalogue::matches(const Host& host, std::string_view match_text, Scratch& scratch) const {
  std::vector<Match> all;
  const bool ok = impl_->find(host, match_text, scratch.patterns, [&](Target target, EntryKind kind) {
    auto match = meaning(target, kind, impl_->meanings);
    if (!match) return;
    if (is_except(target)) match->role = ListRole::exception;
    all.push_back(*match);
  });
  if (!ok) all.clear();
  return all;
}

const CategoryTable& Catalogue::categories() const {
  return impl_->table;
}
const std::vector<ListInfo>& Catalogue::lists() const {
  return impl_->lists;
}
std::uint64_t Catalogue::fingerprint() const {
  return impl_->image.fingerprint();
}

}  // namespace breakwater::categories

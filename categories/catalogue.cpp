#include "categories/catalogue.h"

#include <algorithm>
#include <utility>

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

/// False where the names are not those that this program would give their ids to.
bool load_categories(const Image& image, CategoryTable& table) {
  SectionReader reader{image.section(Section::categories)};
  std::size_t count = 0;
  for (; !reader.at_end(); ++count) {
    const auto name = reader.text();
    if (!name || table.add(*name) != count) return false;
  }
  return count == table.size();
}

bool load_lists(const Image& image, std::size_t categories, std::vector<ListInfo>& lists) {
  SectionReader reader{image.section(Section::lists)};
  while (!reader.at_end()) {
    const auto name = reader.text();
    const auto category = reader.number<CategoryId>();
    const auto role = reader.number<ListRole>();
    const auto entries = reader.number<std::uint32_t>();
    const auto rejected = reader.number<std::uint32_t>();
    if (!rejected || *category >= categories || *role > ListRole::locked) return false;
    lists.push_back({std::string{*name}, *category, *role, *entries, *rejected});
  }
  return true;
}

/// Gathers what matches one request.
class Gathering {
 public:
  Gathering(const std::vector<ListMeaning>& meanings, Classification& out) : meanings_(meanings), out_(out) {}

  void add(Target target, EntryKind kind) {
    const auto [category, role] = meanings_[list_of(target)];
    const Match match{static_cast<ListId>(list_of(target)), line_of(target), category, role, kind};
    switch (role) {
      case ListRole::exception:
        excepted_ = true;
        break;
      case ListRole::allow:
        if (!out_.allow) out_.allow = match;
        break;
      case ListRole::feed:
        add(match, feed_);
        break;
      case ListRole::local:
      case ListRole::recategorise:
      case ListRole::locked:
        add(match, out_.local);
        break;
    }
  }

  /// An exception takes away what feeds say, save what is locked.
  void finish(const CategorySet& locked) {
    if (excepted_) {
      feed_ &= locked;
      auto& matches = out_.matches;
      const auto struck = [&locked](const Match& match) {
        return match.role == ListRole::feed && !locked[match.category];
      };
      matches.erase(std::remove_if(matches.begin(), matches.end(), struck), matches.end());
    }
    out_.categories = feed_ | out_.local;
  }

 private:
  void add(const Match& match, CategorySet& set) {
    if (out_.matches.size() < kMaxMatches || !set[match.category]) out_.matches.push_back(match);
    set.set(match.category);
  }

  const std::vector<ListMeaning>& meanings_;
  Classification& out_;
  CategorySet feed_;
  bool excepted_ = false;
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

void Classification::clear() {
  status = ClassifyStatus::ok;
  matches.clear();
  categories.reset();
  local.reset();
  allow.reset();
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
};

Result<std::shared_ptr<const Catalogue>, CatalogueError> Catalogue::Impl::load(Result<Image, CatalogueError> checked) {
  if (!checked) return checked.error();
  auto& image = *checked;
  CategoryTable table;
  std::vector<ListInfo> lists;
  if (!load_categories(image, table)) return CatalogueError::version;
  if (!load_lists(image, table.size(), lists)) return CatalogueError::corrupt;
  const auto hosts = HostIndex::load(image, lists.size());
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
  return Impl::load(Image::open(file));
}

Result<std::shared_ptr<const Catalogue>, CatalogueError> Catalogue::from_image(std::vector<std::uint8_t> image) {
  return Impl::load(Image::from_bytes(std::move(image)));
}

Catalogue::ScratchPtr Catalogue::make_scratch() const {
  return ScratchPtr{new Scratch{impl_->patterns.make_scratch()}};
}

void Catalogue::classify(const Host& host, std::string_view match_text, Scratch& scratch,
                         Classification& out) const noexcept {
  out.clear();
  try {
    Gathering gathering{impl_->meanings, out};
    impl_->hosts.find(host, [&gathering](Target target) { gathering.add(target, EntryKind::domain); });
    if (!impl_->patterns.scan(host.text(), match_text, scratch.patterns)) out.status = ClassifyStatus::engine_error;
    for (const auto pattern : scratch.patterns.hits)
      for (const auto target : impl_->patterns.targets(pattern))
        gathering.add(target, impl_->patterns.kind(pattern));
    gathering.finish(impl_->locked);
  } catch (...) {
    // Out of memory; what was found so far is not all.
    out.status = ClassifyStatus::engine_error;
  }
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

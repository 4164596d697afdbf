#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "categories/category.h"
#include "categories/host.h"
#include "categories/list_format.h"
#include "categories/result.h"

namespace breakwater::categories {

using ListId = std::uint16_t;

/// What a list's entries do. `exception` corrects feeds: a feed's entry for that host does not count, locked categories
/// apart. `allow` is the IT provider's permission, and `recategorise` says that a host is of this category instead of
/// what feeds say; the floor stands above both. `locked` lists are licensed ones of which only hashes are kept:
/// their entries count like a feed's that nothing corrects, and are never shown.
enum class ListRole : std::uint8_t { feed, local, allow, exception, recategorise, locked };
inline constexpr std::size_t kListRoles = 6;
/// "feed", "local", ...
std::string_view to_string(ListRole role);

/// What one entry is; also how it is matched.
enum class EntryKind : std::uint8_t { domain, url, expression, keyword };

/// One list as it was compiled.
struct ListInfo {
  std::string name;         ///< "ut1/gambling/domains", "local/allow/domains"
  CategoryId category = 0;  ///< meaningless for `allow` and `exception`
  ListRole role = ListRole::feed;
  std::uint32_t entries = 0;   ///< taken
  std::uint32_t rejected = 0;  ///< lines that gave no entry and should have
  std::uint32_t skipped = 0;   ///< rules that mean nothing to a gateway
  std::uint32_t expired = 0;   ///< entries whose day is past
  ListFormat format = ListFormat::automatic;
};

/// One entry that matched.
struct Match {
  ListId list = 0;
  std::uint32_t line = 0;  ///< counts from 1; 0 in a locked list
  CategoryId category = 0;
  ListRole role = ListRole::feed;
  EntryKind kind = EntryKind::domain;
};

/// `engine_error`: Hyperscan or RE2 failed. The caller must treat the request as undecidable: it is blocked.
enum class ClassifyStatus : std::uint8_t { ok, engine_error };

/// What the catalogue says of one request. Reused from call to call, so that the steady state allocates nothing.
struct Classification {
  ClassifyStatus status = ClassifyStatus::ok;
  /// Every feed and local entry that counts: exceptions have already struck out what they correct. Of one name 64
  /// entries at most, and 256 in all; beyond that only one for each category that has none yet, so that the sets are
  /// always complete.
  boost::container::small_vector<Match, 8> matches;
  CategorySet categories;              ///< of all feed and local matches
  CategorySet local;                   ///< of the local matches alone
  std::optional<Match> allow;          ///< the local allow entry, where there is one
  std::optional<Match> recategorised;  ///< the local entry that says what the host is instead of what feeds say
  void clear();
};

/// terrorism and child-abuse: no exception, allow entry or policy takes them away.
CategorySet locked_categories(const CategoryTable& table);

enum class CatalogueError : std::uint8_t { io, foreign, version, truncated, corrupt };
std::string_view to_string(CatalogueError error);

/// All lists, compiled: a host index (domains) and Hyperscan and RE2 databases (URLs, expressions, keywords), read
/// from one file. Immutable; classify() may run in any number of threads, each with a Scratch of its own.
class Catalogue {
 public:
  /// Working memory of one thread for one catalogue.
  class Scratch;
  struct ScratchDeleter {
    void operator()(Scratch* scratch) const;
  };
  using ScratchPtr = std::unique_ptr<Scratch, ScratchDeleter>;

  /// Reads a file made by CatalogueBuilder. Anything wrong with it is an error, never a smaller catalogue.
  static Result<std::shared_ptr<const Catalogue>, CatalogueError> open(const std::filesystem::path& file);
  /// The same over bytes in memory, which are taken.
  static Result<std::shared_ptr<const Catalogue>, CatalogueError> from_image(std::vector<std::uint8_t> image);
  ~Catalogue();

  ScratchPtr make_scratch() const;

  /// `match_text` comes from append_match_text(), or is empty where only the host is known (HTTPS); then patterns see
  /// "host/".
  void classify(const Host& host, std::string_view match_text, Scratch& scratch, Classification& out) const noexcept;

  /// Every entry that matches, also those that do not count, at most 64 of one name. Empty where an engine fails.
  std::vector<Match> matches(const Host& host, std::string_view match_text, Scratch& scratch) const;

  const CategoryTable& categories() const;
  const std::vector<ListInfo>& lists() const;
  std::uint64_t fingerprint() const;  ///< of the sources it was built from

 private:
  struct Impl;
  explicit Catalogue(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace breakwater::categories

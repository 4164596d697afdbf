#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "categories/diagnostic.h"
#include "categories/list_format.h"
#include "proxy/lists/entry_line.h"

namespace breakwater::lists {

class LockedFolder;

/// An entry of a local list. `category` may also be "allow" and "recategorise/CATEGORY".
struct LocalEntry {
  std::string category;
  std::string text;
  categories::ListFormat kind = categories::ListFormat::automatic;  ///< domains or urls, by its look
};

/// `add`: the date is that of the note, none included; a reason stays where the note has none.
enum class EditStatus : std::uint8_t { added, changed, removed, unchanged, absent, refused, failed };

struct EditResult {
  EditStatus status = EditStatus::failed;
  std::string message;  ///< for absent, refused and failed
  std::filesystem::path file;
  std::uint32_t line = 0;
  std::string text;  ///< the line as it is now, or was
};

/// A line that covers a host or URL.
struct CoveringLine {
  std::filesystem::path file;
  std::uint32_t line = 0;
  std::string text;
};

/// The lists that the IT provider keeps by hand: CATEGORY/{domains,urls,expressions,keywords} below the folder
/// `[lists] local`. Only the line in question changes: comments, blank lines, order, line ends and the file's mode
/// stay. Edits by several processes at once come one after the other.
class LocalLists {
 public:
  enum class NewCategory : std::uint8_t { refuse, make };

  explicit LocalLists(std::filesystem::path folder) : folder_(std::move(folder)) {}

  EditResult add(const LocalEntry& entry, const EntryNote& note, NewCategory new_category) const;
  EditResult remove(const LocalEntry& entry) const;

  /// Every line that counts for `target`, a URL (of https only the host is seen) or a host, as the gateway would match
  /// it. nullopt: the target is none, or a list cannot be read, as `diagnostics` says.
  std::optional<std::vector<CoveringLine>> find(std::string_view target, categories::Diagnostics& diagnostics) const;

 private:
  std::string refuse_category(std::string_view category, NewCategory new_category) const;
  EditResult edit(const LockedFolder& folder, const LocalEntry& entry, const EntryNote& note) const;

  std::filesystem::path folder_;
};

}  // namespace breakwater::lists

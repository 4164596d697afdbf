#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/safeguarding/case.h"
#include "proxy/safeguarding/day_keys.h"

namespace breakwater::cli {

/// Whether names are to be opened, by whom and why.
struct NamesOptions {
  enum class Names : std::uint8_t { sealed, open };

  Names names = Names::sealed;
  std::filesystem::path key;  ///< private, by `keys new`; "": the gateway's holding key
  std::filesystem::path passphrase_file;
  std::string by;
  std::string reason;
};

/// What opens the names; asks for the passphrase of the key. nullopt where it cannot be had, or nobody says who opens
/// them and why: that has been told.
std::optional<safeguarding::Opener> opener_for(const NamesOptions& options, const std::filesystem::path& state);

/// Records who is about to open the names of these cases, on disk before anybody sees one. False where that failed,
/// which has been told: then nothing is opened.
bool record_access(safeguarding::Store& store, const std::vector<safeguarding::Case>& cases,
                   const NamesOptions& options, std::string_view what);

/// The same of names that belong to no one case: of one person, or of many (`subject` "").
bool record_access(safeguarding::Store& store, const NamesOptions& options, std::string_view what,
                   std::string_view subject);

/// The store of a state directory, to read and to append. nullptr where there is none, which has been told.
std::unique_ptr<safeguarding::Store> open_store(const std::filesystem::path& state);

safeguarding::Milliseconds now_ms();

}  // namespace breakwater::cli

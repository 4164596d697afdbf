#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "categories/catalogue_builder.h"

namespace breakwater::lists {

/// One list of a version.
struct VersionList {
  std::string name;      ///< "ut1/gambling/domains"
  std::string category;  ///< "" for `allow` and `exception`
  categories::ListRole role = categories::ListRole::feed;
  categories::ListFormat format = categories::ListFormat::automatic;
  std::string digest;   ///< of its part
  std::string on_disk;  ///< digest of what is on disk, where another version is held
  std::uint64_t entries = 0;
  std::uint64_t rejected = 0;
  std::uint64_t skipped = 0;
  std::uint64_t expired = 0;
  std::uint64_t added = 0;  ///< against the version before that had another digest
  std::uint64_t removed = 0;
  std::chrono::sys_seconds changed;  ///< when its digest was first seen

  friend bool operator==(const VersionList&, const VersionList&) = default;
};

/// By the list's name.
using HeldLists = std::map<std::string, categories::HeldList, std::less<>>;

/// What was in force, or is: which lists, in which state, and how it came to be.
struct Version {
  std::uint32_t number = 0;  ///< counts from 1
  std::chrono::sys_seconds time;
  std::string why;                     ///< "start", "a list changed", "update", "rollback to 41"
  std::string accepted;                ///< the reason given for what the rehearsal objected to; "": it did not
  std::vector<std::string> rehearsal;  ///< what the rehearsal said
  std::uint32_t restores = 0;          ///< the version that a rollback brought back; 0: none
  std::uint64_t fingerprint = 0;
  std::vector<VersionList> lists;
  HeldLists held;
  std::vector<std::string> cache_files;

  std::uint64_t entries() const;
  const VersionList* find(std::string_view list) const;
};

std::string to_json(const Version& version);
/// nullopt: the text is no version.
std::optional<Version> version_from_json(std::string_view text);

/// What the lists have to be held at so that they are as in `target` again, until those on disk change. `on_disk` is
/// what a builder read that held nothing back: what is in force may be something else, where a change was refused.
/// Locked lists are nobody's to take back.
HeldLists hold_back(const categories::BuildReport& on_disk, const Version& target);

/// Of what was held while `report` was read, that which still says something: the list on disk is what it was.
HeldLists still_held(HeldLists held, const categories::BuildReport& report);

}  // namespace breakwater::lists

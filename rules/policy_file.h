#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "categories/catalogue_builder.h"
#include "categories/diagnostic.h"
#include "rules/calendar.h"
#include "rules/feed.h"
#include "rules/policy.h"
#include "rules/self_test.h"

namespace breakwater::rules {

/// A policy file as parsed: its syntax, types, names and references within the file are checked; categories are not yet
/// known.
class PolicyFile {
 public:
  /// Never throws. Every mistake goes to `diagnostics` with line and column; unknown keys with "did you mean". `file`
  /// names the text in diagnostics, and its folder is what relative paths in it start from. nullptr where there was an
  /// error.
  static std::unique_ptr<const PolicyFile> parse(std::string_view text, const std::filesystem::path& file,
                                                 categories::Diagnostics& diagnostics);
  ~PolicyFile();

  /// What the catalogue is to be built from.
  /// A feed that comes by URL has no path: who keeps the downloads fills it in.
  const categories::Sources& sources() const;
  /// One for each [[lists.feed]]: they are the first of sources().all, in the same order.
  const std::vector<Feed>& feeds() const;
  const std::vector<LockedSlot>& locked() const;
  /// As written: without the events of calendars.
  const std::vector<Timetable>& timetables() const;
  const std::vector<Group>& groups() const;
  /// What the timetables take events from. A calendar that comes by URL has no path.
  const std::vector<Calendar>& calendars() const;
  /// The centre's own hosts ([centre] hosts), in normal form.
  const std::vector<std::string>& own_hosts() const;
  const date::time_zone& zone() const;
  const std::vector<SelfTest>& self_tests() const;

  /// Resolves category names and checks that floor and essential do not meet. nullopt where there was an error. The
  /// timetables have no events of calendars: who reads the calendars puts them in.
  std::optional<Policy> resolve(const categories::Catalogue& catalogue, categories::Diagnostics& diagnostics) const;

 private:
  struct Impl;
  explicit PolicyFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// What else is wrong with a policy that parse() refused: names of categories, and essential hosts in the floor, which
/// only a catalogue can tell. `compile` makes one of the lists that the text names; without one nothing more is told.
void check_names(std::string_view text, const std::filesystem::path& file,
                 const std::function<std::shared_ptr<const categories::Catalogue>(const categories::Sources&)>& compile,
                 categories::Diagnostics& diagnostics);

}  // namespace breakwater::rules

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/safeguarding/record.h"
#include "rules/subject.h"
#include "rules/verdict.h"

namespace breakwater::safeguarding {

/// What most likely made the attempts, by the signals of episodes.h.
enum class Origin : std::uint8_t {
  unclear,
  person,  ///< somebody typed or followed links
  page,    ///< parts of a page that the person had opened for something else, or of one page
  app,     ///< a program that asks again and again by itself
};
std::string_view to_string(Origin origin);

enum class Stage : std::uint8_t { opened, grown, closed };
std::string_view to_string(Stage stage);

/// How far the evidence goes, in sentences for somebody who is no technician. They hold no name.
struct Grade {
  std::string known;
  std::string identity;   ///< how sure it is who it was
  std::string not_known;  ///< what must not be read into it
  bool operator==(const Grade&) const = default;
};

/// A person's attempts that belong together by theme and time. All of it may be seen by IT: it holds no name, address,
/// host, URL or search word.
struct Episode {
  std::string reference;  ///< "E-" and the id of its first attempt
  Stage stage = Stage::opened;
  std::string pseudonym;
  std::string group;
  std::string theme;
  rules::Concern severity = rules::Concern::none;  ///< the gravest of its attempts
  Milliseconds first;
  Milliseconds last;  ///< never before `first`, whatever the clock did
  std::uint64_t attempts = 0;
  std::uint64_t allowed = 0;            ///< of them: only watched, not blocked
  std::uint64_t distinct_hosts = 0;     ///< counted up to a limit: "at least"
  std::vector<std::string> categories;  ///< in alphabetical order
  Origin origin = Origin::unclear;
  std::vector<std::string> signals;                           ///< what speaks for the origin, a sentence each
  rules::Confidence confidence = rules::Confidence::network;  ///< the surest of its attempts
  std::string owner;                                          ///< whose kind of device: "pool laptop"; or ""
  Grade grade;
  std::string through;  ///< the id of the last attempt that is counted
  bool operator==(const Episode&) const = default;
};

/// The clear body of a record of Kind::episode: one JSON object.
std::string to_json(const Episode& episode);
/// nullopt: no such object.
std::optional<Episode> parse_episode(std::string_view json);

/// A host that the person asked for around an episode.
struct Visit {
  Milliseconds time;
  std::string host;
  rules::Action action = rules::Action::allow;
  bool operator==(const Visit&) const = default;
};

/// What of an episode is for the eyes of its recipients alone; kept sealed. Lists are bounded, the first ones stay.
struct EpisodeNames {
  std::string client;
  std::string device;
  std::string user;
  std::vector<std::string> hosts;
  std::vector<std::string> urls;
  std::vector<std::string> searches;
  std::vector<Visit> context;  ///< by time: hosts of the hour before the first and after the last attempt
  bool operator==(const EpisodeNames&) const = default;
};

/// What is sealed in a record of Kind::episode: one JSON object.
std::string to_json(const EpisodeNames& names);
/// nullopt: no such object.
std::optional<EpisodeNames> parse_episode_names(std::string_view json);

}  // namespace breakwater::safeguarding

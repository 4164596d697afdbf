#pragma once

#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace breakwater::rules {

/// Policies as nobody would write them and yet could: groups, timetables with weeks in turn, terms, nights and
/// exceptions, rules over categories that lie in each other. The same seed gives the same policy.
class RandomPolicy {
 public:
  explicit RandomPolicy(unsigned seed) : random_(seed) {}

  std::string text() {
    std::string out =
        "[centre]\nname = \"Academy\"\ntimezone = \"Europe/London\"\n"
        "[lists]\nlocal = \"local\"\n[[lists.feed]]\nname = \"starter\"\npath = \"lists\"\n";
    for (std::size_t i = 0; i < kGroups.size(); ++i) {
      out += fmt::format("[[group]]\nname = \"{}\"\nnetworks = [\"10.{}.0.0/16\"]\ndefault = \"{}\"\n", kGroups[i],
                         20 + i, chance(2) ? "allow" : "block");
      if (i == 0 || chance(3)) out += fmt::format("timetable = \"{}\"\n", kTimetables[below(kTimetables.size())]);
    }
    for (const auto* name : kTimetables)
      out += timetable(name);
    out += "[floor]\ncategories = [\"gambling\"]\n[essential]\nhosts = [\"news.example\"]\n";
    for (std::size_t i = below(7); i > 0; --i)
      out += rule(i);
    for (std::size_t i = below(4); i > 0; --i)
      out += quota(i);
    return out;
  }

  std::size_t below(std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most - 1)(random_); }
  /// One in `of` is not.
  bool chance(std::size_t of) { return below(of) != 0; }
  template <class List>
  const auto& one_of(const List& list) {
    return list[below(list.size())];
  }

  static constexpr std::array kGroups{"learners", "staff", "guests"};
  static constexpr std::array kTimetables{"day", "night"};
  static constexpr std::array kPeriods{"session", "break", "lunch", "closed"};
  static constexpr std::array kCategories{"games", "social-media", "social-media/tiktok", "chat", "news"};

 private:
  /// `["a", "b"]`: some of the list, at least one.
  template <class List>
  std::string some_of(const List& list) {
    std::string out;
    for (const auto* each : list)
      if (!chance(2)) out += fmt::format("{}\"{}\"", out.empty() ? "" : ", ", each);
    return '[' + (out.empty() ? fmt::format("\"{}\"", one_of(list)) : out) + ']';
  }

  static std::string clock(std::size_t minute) { return fmt::format("{:02}:{:02}", minute / 60 % 24, minute % 60); }

  std::string timetable(const char* name) {
    const bool fortnight = !chance(2);
    auto out = fmt::format("[[timetable]]\nname = \"{}\"\noutside = \"closed\"\n", name);
    if (fortnight) out += "weeks = 2\nfirst_week = \"2026-09-07\"\n";
    if (!chance(3)) out += "terms = [\"2026-09-07..2026-11-30\", \"2027-01-04..2027-03-26\"]\n";
    // Every rule's periods must be somewhere.
    for (std::size_t i = 0; i < kPeriods.size(); ++i)
      out += fmt::format("[[timetable.period]]\nname = \"{}\"\ndays = [\"Tue\"]\ntimes = [\"{}-{}\"]\n", kPeriods[i],
                         clock(600 + 60 * i), clock(660 + 60 * i));
    // Each day has its own hours, so that no two periods meet; the last may run into the small hours.
    for (const auto* day : {"Mon", "Wed", "Fri", "Sun"}) {
      for (std::size_t at = 120 + below(600); at < 23 * 60;) {
        const auto end = at + 1 + below(300);
        if (chance(3)) {
          out += fmt::format("[[timetable.period]]\nname = \"{}\"\ndays = [\"{}\"]\ntimes = [\"{}-{}\"]\n",
                             one_of(kPeriods), day, clock(at), clock(std::min<std::size_t>(end, 1500)));
          if (fortnight && !chance(2)) out += fmt::format("weeks = [\"{}\"]\n", chance(2) ? "A" : "B");
        }
        at = end;
      }
    }
    for (std::size_t i = below(3); i > 0; --i) {
      const auto day = 1 + below(28);
      out += fmt::format("[[timetable.exception]]\ndates = [\"2026-{0}-{1:02}..2026-{0}-{1:02}\"]\nperiod = \"{2}\"\n",
                         chance(2) ? 11 : 12, day, one_of(kPeriods));
      if (chance(2)) out += fmt::format("times = [\"{}-{}\"]\n", clock(600 + below(100)), clock(800 + below(100)));
    }
    return out;
  }

  std::string rule(std::size_t number) {
    auto out = fmt::format("[[rule]]\nname = \"rule {}\"\n", number);
    const auto for_all = !chance(3);
    if (!for_all) out += "groups = " + some_of(kGroups) + '\n';
    if ((for_all || out.find("learners") != std::string::npos) && chance(3))
      out += "periods = " + some_of(kPeriods) + '\n';
    std::vector<const char*> allowed;
    std::vector<const char*> blocked;
    for (const auto* category : kCategories) {
      const auto fate = below(3);
      if (fate == 0) allowed.push_back(category);
      if (fate == 1) blocked.push_back(category);
    }
    if (allowed.empty() && blocked.empty()) blocked.push_back("chat");
    if (!allowed.empty()) out += fmt::format("allow = [\"{}\"]\n", fmt::join(allowed, "\", \""));
    if (!blocked.empty()) out += fmt::format("block = [\"{}\"]\n", fmt::join(blocked, "\", \""));
    return out;
  }

  /// Learners alone have a timetable in every policy.
  std::string quota(std::size_t number) {
    const bool daily = chance(2);
    auto out = fmt::format("[[quota]]\nname = \"quota {}\"\nminutes = 10\nper = \"{}\"\ncategories = {}\n", number,
                           daily ? "day" : "period", some_of(kCategories));
    if (!daily || chance(2)) out += "groups = [\"learners\"]\n";
    if (!daily && chance(2)) out += "periods = " + some_of(kPeriods) + '\n';
    return out;
  }

  std::mt19937 random_;
};

}  // namespace breakwater::rules

#pragma once

#include <string>

#include <date/tz.h>

#include "categories/url.h"
#include "rules/civil_time.h"
#include "tests/rules/policy_fixture.h"

namespace breakwater::rules {

/// A centre like the one in the sample policy, with a handful of lists.
class Centre : public testing::Test {
 protected:
  Centre() {
    folder_.write("lists/gambling/domains", "# starter\nbet365.com\nmixed.example\n");
    folder_.write("lists/terrorism/domains", "\nterror.example\nallowed-terror.example\n");
    folder_.write("lists/adult/domains", "grown.example\n");
    folder_.write("lists/weapons/domains", "knives.example\nmixed.example\n");
    folder_.write("lists/weapons/urls", "files.example/guns\n");
    folder_.write("lists/drugs/domains", "talk-of-drugs.example\npills.example\n");
    folder_.write("lists/social-media/linkedin/domains", "linkedin.com\n");
    folder_.write("lists/social-media/tiktok/domains", "tiktok.com\n");
    folder_.write("lists/games/domains", "games.example\nlinkedin-games.example\nboth.example\n");
    folder_.write("lists/games/expressions", "^play[0-9]+[.]\n");
    folder_.write("lists/chat/domains", "chat.example\nboth.example\n");
    folder_.write("lists/jobs/domains", "linkedin-games.example\n");
    folder_.write("lists/news/domains", "news.example\n");
    folder_.write("local/allow/domains",
                  "allowed.games.example\nchat.example\nallowed-terror.example\nlocal-games.example\n"
                  "open.example\n");
    folder_.write("local/games/domains", "local-games.example\n");
    folder_.write("exceptions/domains", "talk-of-drugs.example\nterror.example\n");
  }

  static std::string policy() {
    return R"([centre]
name = "Academy"
timezone = "Europe/London"
[lists]
local = "local"
exceptions = "exceptions"
[[lists.feed]]
name = "starter"
path = "lists"
[[group]]
name = "learners"
networks = ["10.20.0.0/16", "fd00:20::/64"]
timetable = "learners"
default = "allow"
[[group]]
name = "kiosk"
networks = ["10.20.99.0/24"]
default = "block"
[[group]]
name = "staff"
networks = ["10.30.0.0/16"]
timetable = "staff"
[[timetable]]
name = "learners"
outside = "closed"
[[timetable.period]]
name = "session"
days = ["Mon", "Tue", "Wed", "Thu", "Fri"]
times = ["09:00-10:30", "10:45-12:30"]
[[timetable.period]]
name = "break"
days = ["Mon", "Tue", "Wed", "Thu", "Fri"]
times = ["10:30-10:45"]
[[timetable.exception]]
dates = ["2026-12-21..2027-01-03"]
period = "closed"
[[timetable]]
name = "staff"
outside = "private"
[[timetable.period]]
name = "working"
days = ["Mon", "Tue", "Wed", "Thu", "Fri"]
times = ["08:30-12:30"]
[floor]
categories = ["adult", "gambling", "weapons"]
[essential]
hosts = ["news.example", "Games-Portal.example", "93.184.216.34"]
[concern]
weapons = "warning"
drugs = "notice"
social-media = "notice"
"social-media/tiktok" = "warning"
[[rule]]
name = "private use in sessions"
groups = ["learners"]
periods = ["session"]
allow = ["social-media/linkedin", "jobs"]
block = ["social-media", "games"]
[[rule]]
name = "never chat"
groups = ["learners"]
block = ["chat", "news"]
[[rule]]
name = "breaks are yours"
groups = ["learners"]
allow = ["games", "social-media", "chat"]
[[rule]]
name = "kiosk"
groups = ["kiosk"]
allow = ["jobs"]
)";
  }

  void load(std::string_view text, Gate gate = {}) {
    snapshot_ = make_snapshot(folder_, text, std::move(gate));
    ASSERT_TRUE(snapshot_);
    engine_ = std::make_unique<Engine>(snapshot_);
  }

  Subject subject(std::string_view address) const {
    const auto parsed = *categories::IpAddress::parse(address);
    return {parsed, snapshot_->policy.group_of(parsed), "", ""};
  }
  SysSeconds at(std::string_view civil) const { return *parse_civil(civil, *find_zone("Europe/London")); }
  std::string civil(const std::optional<SysSeconds>& when) const {
    return when ? format_civil(*when, *find_zone("Europe/London")).substr(0, 16) : "";
  }

  Verdict decide(std::string_view address, std::string_view target, std::string_view when,
                 Stage stage = Stage::http_request, std::uint16_t port = 443) {
    const auto slash = std::min(target.find('/'), target.size());
    const auto host = categories::normalise_host(target.substr(0, slash), categories::HostSource::wire);
    EXPECT_TRUE(host) << target;
    return engine_->decide({stage, *host, port, target.substr(slash)}, subject(address), at(when));
  }

  std::string entry(const std::optional<categories::Match>& match) const {
    if (!match) return "";
    return snapshot_->catalogue->lists()[match->list].name + ':' + std::to_string(match->line);
  }
  /// "block rule social-media/tiktok starter/...:1 'rule' period until": the whole verdict in one line.
  std::string line(const Verdict& verdict) const {
    std::string text(to_string(verdict.action));
    text += ' ' + std::string(to_string(verdict.reason)) + " [";
    const auto& table = snapshot_->catalogue->categories();
    for (const auto name : table.names(verdict.categories))
      text += (text.back() == '[' ? "" : ",") + std::string(name);
    text += "] " + entry(verdict.because) + '|' + std::string(verdict.rule) + '|' + std::string(verdict.group) + '/' +
            std::string(verdict.period) + '|' + civil(verdict.until);
    if (verdict.concern != Concern::none)
      text += '|' + std::string(to_string(verdict.concern)) + ' ' + std::string(table.name(verdict.concern_category)) +
              ' ' + entry(verdict.concern_match);
    return text;
  }

  TemporaryFolder folder_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace breakwater::rules

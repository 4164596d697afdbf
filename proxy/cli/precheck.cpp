#include "proxy/cli/precheck.h"

#include <fstream>
#include <iostream>
#include <map>

#include <nlohmann/json.hpp>

#include "proxy/cli/in_force.h"
#include "proxy/cli/lesson_sites.h"
#include "proxy/cli/target.h"
#include "proxy/cli/terminal.h"
#include "rules/civil_time.h"
#include "rules/diagnostic_sink.h"
#include "rules/grant.h"

namespace breakwater::cli {
namespace {

using nlohmann::ordered_json;
using rules::Action;
using rules::SysSeconds;

struct Lesson {
  rules::Subject subject;
  SysSeconds begin;
  SysSeconds end;  ///< not included
};

/// What happens to one target from an instant on.
struct Stretch {
  SysSeconds from;
  rules::Verdict verdict;
};

class Precheck {
 public:
  Precheck(std::shared_ptr<const rules::Snapshot> snapshot, const Lesson& lesson)
      : snapshot_(std::move(snapshot)), lesson_(lesson), engine_(snapshot_) {}

  ordered_json judge(const LessonSite& site) {
    ordered_json answer{{"target", site.target}};
    if (site.requests != 0) {
      answer["requests"] = site.requests;
      answer["as"] = site.as;
    }
    std::string buffer;
    const auto target = parse_target(site.target, buffer);
    const auto stretches = target ? over_the_lesson(*target)
                                  : std::vector{Stretch{lesson_.begin, engine_.refuse(rules::Reason::malformed,
                                                                                      lesson_.subject, lesson_.begin)}};
    describe(answer, stretches[0].verdict);
    auto changes = ordered_json::array();
    const Stretch* blocked = nullptr;
    for (const auto& stretch : stretches) {
      if (!blocked && stretch.verdict.action == Action::block) blocked = &stretch;
      if (&stretch == &stretches[0]) continue;
      changes.push_back({{"at", civil(stretch.from)}});
      describe(changes.back(), stretch.verdict);
    }
    answer["changes"] = std::move(changes);
    answer["ok"] = blocked == nullptr;
    if (blocked) answer["pass"] = target ? opened_by(*target, *blocked) : nullptr;
    return answer;
  }

 private:
  std::string civil(SysSeconds when) const { return rules::format_civil(when, *snapshot_->policy.zone); }

  /// The stretches of the lesson in which one action holds.
  std::vector<Stretch> over_the_lesson(const Target& target) {
    std::vector<Stretch> stretches;
    for (auto when = lesson_.begin;;) {
      const auto verdict = engine_.decide(target.facts(), lesson_.subject, when);
      if (stretches.empty() || stretches.back().verdict.action != verdict.action) stretches.push_back({when, verdict});
      if (!verdict.until || *verdict.until >= lesson_.end) return stretches;
      when = *verdict.until;
    }
  }

  void describe(ordered_json& answer, const rules::Verdict& verdict) const {
    answer["action"] = to_string(verdict.action);
    answer["reason"] = to_string(verdict.reason);
    answer["categories"] = snapshot_->catalogue->categories().names(verdict.categories);
    answer["rule"] = verdict.rule.empty() ? ordered_json() : ordered_json(verdict.rule);
    answer["period"] = verdict.period.empty() ? ordered_json() : ordered_json(verdict.period);
  }

  /// Which pass would open it, tried with the engine: the category that blocks it, else the host. null: none would.
  ordered_json opened_by(const Target& target, const Stretch& blocked) {
    const auto& table = snapshot_->catalogue->categories();
    for (const auto name : table.names(blocked.verdict.categories)) {
      const auto category = std::string(name);
      if (opens(category, "", target, blocked.from)) return {{"category", category}};
    }
    const auto host = std::string(target.url.host.text());
    if (opens("", host, target, blocked.from)) return {{"host", host}};
    return nullptr;
  }

  bool opens(const std::string& category, const std::string& host, const Target& target, SysSeconds when) {
    const auto& group = snapshot_->policy.groups[lesson_.subject.group].name;
    const rules::Pass pass{"pre-check", group, category, host, when, SysSeconds::max(), "", ""};
    if (rules::objection(pass, engine_)) return false;
    auto& engine = with_category_[category];
    if (!engine || category.empty()) engine = std::make_unique<rules::Engine>(rules::with_passes(*snapshot_, {pass}));
    return engine->decide(target.facts(), lesson_.subject, when).action == Action::allow;
  }

  const std::shared_ptr<const rules::Snapshot> snapshot_;
  const Lesson lesson_;
  rules::Engine engine_;
  std::map<std::string, std::unique_ptr<rules::Engine>> with_category_;
};

void append_list(std::string& line, const ordered_json& names, std::string_view separator) {
  for (const auto& name : names) {
    line += std::exchange(separator, ", ");
    line += name.get<std::string>();
  }
}

/// `default`, `rule "private use"; games`
void append_verdict(std::string& line, const ordered_json& verdict) {
  line += verdict["reason"].get<std::string>();
  if (verdict["rule"].is_string()) line += " \"" + verdict["rule"].get<std::string>() + '"';
  append_list(line, verdict["categories"], "; ");
}

/// `block  games.example: rule "private use"; games; a pass would open it: --category games`
std::string line_of(const ordered_json& answer) {
  const auto target = answer["target"].get<std::string>();
  auto line = answer["action"].get<std::string>() + "  ";
  line += answer["reason"] == "malformed" ? rules::in_quotes(target) : target;
  line += ": ";
  append_verdict(line, answer);
  if (answer.contains("requests")) {
    line += "; " + std::to_string(answer["requests"].get<std::uint64_t>()) + " requests (";
    append_list(line, answer["as"], "");
    line += ')';
  }
  for (const auto& change : answer["changes"]) {
    line += "; from ";
    line += change["at"].get<std::string>();
    line += ' ';
    line += change["action"].get<std::string>();
    line += ": ";
    append_verdict(line, change);
  }
  if (answer["ok"].get<bool>()) return line;
  const auto& pass = answer["pass"];
  if (pass.is_null()) return line + "; no pass opens it";
  const auto& kind = pass.begin();
  return line + "; a pass would open it: --" + kind.key() + ' ' + kind.value().get<std::string>();
}

}  // namespace

int precheck(const PrecheckOptions& options) {
  const auto snapshot = load_in_force({options.policy, options.config, options.state, options.at});
  if (!snapshot) return kUsage;
  const auto& policy = snapshot->policy;
  const auto group = group_named(policy, options.group);
  const auto begin = group ? time_given("--at", options.at, policy) : std::nullopt;
  if (!begin) return kUsage;
  auto end = *begin;
  if (!options.until.empty()) {
    const auto until = time_given("--until", options.until, policy);
    if (!until) return kUsage;
    if (*until <= *begin) return fail("--until is not after --at");
    end = *until;
  }

  std::ifstream file;
  if (options.file != "-") file.open(options.file, std::ios::binary);
  if (!file) return fail(options.file + ": cannot be read");
  std::string error;
  const auto sites = read_lesson(options.file == "-" ? std::cin : file, error);
  if (!sites) return fail(options.file + ' ' + error);
  if (sites->empty()) return fail(options.file + " names no site");

  rules::Subject subject;
  subject.group = *group;
  subject.confidence = rules::Confidence::account;  // learners sign in before a lesson
  Precheck judge(snapshot, {subject, *begin, end});
  std::size_t failing = 0;
  for (const auto& site : *sites) {
    const auto answer = judge.judge(site);
    if (!answer["ok"].get<bool>()) ++failing;
    std::cout << (options.output == Output::json ? answer.dump(-1, ' ', false, ordered_json::error_handler_t::replace)
                                                 : line_of(answer))
              << '\n';
  }
  if (options.output == Output::text) std::cout << failing << " of " << sites->size() << " would fail\n";
  return failing == 0 ? 0 : kWrong;
}

}  // namespace breakwater::cli

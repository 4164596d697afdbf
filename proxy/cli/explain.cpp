#include "proxy/cli/explain.h"

#include <fstream>
#include <iostream>

#include <nlohmann/json.hpp>

#include "proxy/cli/target.h"
#include "proxy/cli/terminal.h"
#include "proxy/snapshot/loader.h"

namespace breakwater::cli {
namespace {

using categories::ListRole;
using categories::Match;
using nlohmann::ordered_json;

constexpr std::size_t kShown = 200;  // bytes of a line

constexpr std::string_view kind_name(categories::EntryKind kind) {
  constexpr std::string_view kNames[] = {"domain", "url", "expression", "keyword"};
  return kNames[static_cast<std::size_t>(kind)];
}

/// A line of a list as it is on disk, printable.
std::string line_of_file(const std::filesystem::path& file, std::uint32_t number) {
  std::ifstream stream{file, std::ios::binary};
  std::string line;
  for (std::uint32_t i = 0; i < number; ++i)
    if (!std::getline(stream, line)) return {};
  line.resize(std::min(line.size(), kShown));
  while (!line.empty() && (line.back() == '\r' || line.back() == ' '))
    line.pop_back();
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return line;
}

class Explaining {
 public:
  explicit Explaining(const snapshot::Loaded& loaded)
      : loaded_(loaded),
        snapshot_(*loaded.snapshot),
        engine_(loaded.snapshot),
        scratch_(snapshot_.catalogue->make_scratch()) {}

  ordered_json explain(const std::string& text) {
    ordered_json answer{{"target", text}};
    std::string buffer;
    const auto target = parse_target(text, buffer);
    if (!target) {
      answer["error"] = "is neither a URL nor a host";
      return answer;
    }
    std::string match_text;
    if (target->stage == rules::Stage::http_request)
      categories::append_match_text(match_text, target->url.host, target->url.path);
    answer["host"] = target->url.host.text();
    answer["seen"] = match_text.empty() ? "host" : "url";
    answer["essential"] = snapshot_.policy.is_essential(target->url.host);
    answer["entries"] = ordered_json::array();
    for (const auto& match : snapshot_.catalogue->matches(target->url.host, match_text, *scratch_))
      answer["entries"].push_back(entry(match));
    answer["verdicts"] = verdicts(target->facts());
    return answer;
  }

 private:
  ordered_json entry(const Match& match) const {
    const auto& list = snapshot_.catalogue->lists()[match.list];
    const bool has_category = list.role != ListRole::allow && list.role != ListRole::exception;
    ordered_json entry{{"list", list.name}, {"role", to_string(match.role)}};
    entry["category"] = has_category ? ordered_json(snapshot_.catalogue->categories().name(list.category)) : nullptr;
    if (match.role == ListRole::locked) return entry;  // what it says is nobody's to see
    entry["kind"] = kind_name(match.kind);
    entry["line"] = match.line;
    const auto& origin = loaded_.origins[match.list];
    entry["text"] = origin.on_disk.empty() ? line_of_file(origin.file, match.line) : "(another version is on disk)";
    return entry;
  }

  ordered_json verdicts(const rules::Facts& facts) {
    auto all = ordered_json::array();
    const auto& policy = snapshot_.policy;
    for (std::size_t i = 0; i < policy.groups.size(); ++i) {
      const auto group = static_cast<rules::GroupId>(i);
      for (const auto period : policy.periods(group)) {
        const auto verdict = engine_.decide_in(period, facts, group);
        ordered_json one{{"group", policy.groups[group].name}, {"period", period}};
        one["action"] = to_string(verdict.action);
        one["reason"] = to_string(verdict.reason);
        one["rule"] = verdict.rule.empty() ? ordered_json() : ordered_json(verdict.rule);
        one["concern"] = to_string(verdict.concern);
        one["dial_as"] = verdict.dial_as.empty() ? ordered_json() : ordered_json(verdict.dial_as);
        all.push_back(std::move(one));
      }
    }
    return all;
  }

  const snapshot::Loaded& loaded_;
  const rules::Snapshot& snapshot_;
  rules::Engine engine_;
  categories::Catalogue::ScratchPtr scratch_;
};

std::string string_of(const ordered_json& value) {
  return value.is_null() ? "" : value.get<std::string>();
}

void print(const ordered_json& answer) {
  std::cout << string_of(answer["target"]) << '\n';
  if (answer.contains("error")) {
    std::cout << "  " << string_of(answer["error"]) << '\n';
    return;
  }
  if (answer["essential"].get<bool>()) std::cout << "  essential: nothing blocks it\n";
  if (answer["entries"].empty()) std::cout << "  no entry of any list matches\n";
  for (const auto& entry : answer["entries"]) {
    std::cout << "  " << string_of(entry["list"]);
    if (entry.contains("line")) std::cout << ':' << entry["line"];
    const auto role = string_of(entry["role"]);
    std::cout << "  " << (entry["category"].is_null() ? role : string_of(entry["category"]));
    if (role != "feed" && !entry["category"].is_null()) std::cout << " (" << role << ')';
    std::cout << "  " << (entry.contains("text") ? string_of(entry["text"]) : "(an entry of a locked list)") << '\n';
  }
  for (const auto& verdict : answer["verdicts"]) {
    const auto period = string_of(verdict["period"]);
    std::cout << "  " << string_of(verdict["group"]) << (period.empty() ? "" : " in ") << period << ": "
              << string_of(verdict["action"]) << ", " << string_of(verdict["reason"]);
    if (!verdict["rule"].is_null()) std::cout << " \"" << string_of(verdict["rule"]) << '"';
    if (const auto concern = string_of(verdict["concern"]); concern != "none") std::cout << ", concern: " << concern;
    if (!verdict["dial_as"].is_null()) std::cout << ", dialled as " << string_of(verdict["dial_as"]);
    std::cout << '\n';
  }
}

}  // namespace

int explain(const ExplainOptions& options) {
  snapshot::LoadRequest request;
  request.policy = options.policy;
  request.state = options.state;
  request.now = now();
  const auto loaded = snapshot::look(request);
  if (!loaded.snapshot) {
    print_errors(loaded.diagnostics);
    return fail("the policy cannot be used");
  }
  Explaining explaining{loaded};
  bool all_good = true;
  for (const auto& target : options.targets) {
    const auto answer = explaining.explain(target);
    all_good = all_good && !answer.contains("error");
    if (options.output == Output::json)
      std::cout << answer.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << '\n';
    else
      print(answer);
  }
  return all_good ? 0 : kWrong;
}

}  // namespace breakwater::cli

#include "proxy/cli/check.h"

#include <iostream>

#include "proxy/cli/in_force.h"
#include "proxy/cli/person.h"
#include "proxy/cli/target.h"
#include "proxy/cli/terminal.h"
#include "proxy/identity/now_file.h"
#include "proxy/identity/state_file.h"
#include "proxy/portal/acceptance_book.h"
#include "proxy/quota/ledger.h"
#include "proxy/telemetry/access_log.h"
#include "rules/civil_time.h"

namespace breakwater::cli {
namespace {

constexpr std::size_t kFlushAt = 64 * 1024;

class Printer {
 public:
  Printer(const rules::Snapshot& snapshot, Output output) : snapshot_(snapshot), output_(output) {}
  ~Printer() { flush(); }
  Printer(const Printer&) = delete;
  Printer& operator=(const Printer&) = delete;

  void print(std::string_view target, const rules::Verdict& verdict) {
    output_ == Output::json ? json(target, verdict) : text(target, verdict);
    out_ += '\n';
    if (out_.size() > kFlushAt) flush();
  }

 private:
  void flush() {
    std::cout << out_ << std::flush;
    out_.clear();
  }

  std::vector<std::string_view> names(const rules::Verdict& verdict) const {
    return snapshot_.catalogue->categories().names(verdict.categories);
  }

  void member(std::string_view key, std::string_view value) {
    out_ += ",\"";
    out_ += key;
    out_ += "\":";
    value.empty() ? void(out_ += "null") : telemetry::append_json_string(out_, value);
  }

  void json(std::string_view target, const rules::Verdict& verdict) {
    out_ += "{\"target\":";
    telemetry::append_json_string(out_, target);
    member("action", to_string(verdict.action));
    member("reason", to_string(verdict.reason));
    out_ += ",\"categories\":[";
    bool first = true;
    for (const auto name : names(verdict)) {
      if (!std::exchange(first, false)) out_ += ',';
      telemetry::append_json_string(out_, name);
    }
    out_ += ']';
    member("list", list(verdict));
    out_ += ",\"line\":";
    out_ += verdict.because ? std::to_string(verdict.because->line) : "null";
    member("rule", verdict.rule);
    if (!verdict.pass.empty()) member("pass", verdict.pass);
    if (!verdict.quota.empty()) member("quota", verdict.quota);
    member("period", verdict.period);
    member("group", verdict.group);
    member("until", until(verdict));
    member("dial_as", verdict.dial_as);
    if (!verdict.carried_by.empty()) member("carried_by", verdict.carried_by);
    out_ += '}';
  }

  void text(std::string_view target, const rules::Verdict& verdict) {
    out_ += to_string(verdict.action);
    out_ += "  ";
    out_ += target;
    out_ += ": ";
    out_ += to_string(verdict.reason);
    if (!verdict.rule.empty()) out_ += " \"" + std::string(verdict.rule) + "\"";
    if (!verdict.pass.empty()) out_ += " " + std::string(verdict.pass);
    if (!verdict.quota.empty()) out_ += " \"" + std::string(verdict.quota) + "\"";
    std::string_view separator = "; ";
    for (const auto name : names(verdict)) {
      out_ += std::exchange(separator, ", ");
      out_ += name;
    }
    if (verdict.because) out_ += "; " + std::string(list(verdict)) + ":" + std::to_string(verdict.because->line);
    if (!verdict.group.empty()) out_ += "; " + std::string(verdict.group);
    if (!verdict.period.empty()) out_ += " in " + std::string(verdict.period);
    if (verdict.until) out_ += " until " + until(verdict);
    if (!verdict.carried_by.empty()) out_ += "; decided by " + std::string(verdict.carried_by);
    if (!verdict.dial_as.empty()) out_ += "; dialled as " + std::string(verdict.dial_as);
  }

  std::string_view list(const rules::Verdict& verdict) const {
    return verdict.because ? std::string_view(snapshot_.catalogue->lists()[verdict.because->list].name)
                           : std::string_view();
  }

  std::string until(const rules::Verdict& verdict) const {
    return verdict.until ? rules::format_civil(*verdict.until, *snapshot_.policy.zone) : std::string();
  }

  const rules::Snapshot& snapshot_;
  Output output_;
  std::string out_;
};

/// What the gateway that runs on the state knows of the address.
void identify(rules::Subject& subject, const std::filesystem::path& folder) {
  std::string ignored;
  if (!identity::StateLock::is_held(folder)) return;
  const auto json = identity::read_text(folder / identity::kNowFile, identity::kMaxNowBytes, ignored);
  const auto now = json ? identity::parse_now(*json) : std::nullopt;
  if (!now) return;
  identity::IdentityMap::Entries entries;
  for (const auto& seen : now->all)
    entries.emplace(seen.network, seen.identity);
  const identity::IdentityMap map(std::move(entries));
  identity::identify(subject, map.find(subject.address));
}

rules::Acceptance acceptance_of(const rules::Subject& subject, const rules::Policy& policy,
                                const std::filesystem::path& state, rules::SysSeconds when) {
  const auto& terms = policy.acceptance;
  if (!terms || !terms->asks(subject.group)) return rules::Acceptance::given;
  const portal::AcceptanceBook book(state, person_tag(state), [](const std::string& message) { fail(message); });
  return book.of(rules::person_key(subject), terms->version, when);
}

/// What a gateway on this state wrote down of them.
std::uint32_t spent_of(const rules::Subject& subject, const rules::Policy& policy, const std::filesystem::path& state,
                       rules::SysSeconds when) {
  std::string error;
  const auto tag = person_tag(state);
  const quota::Book book(quota::by_tag(quota::read_book(state, error).people, tag));
  if (!error.empty()) fail(error + ": nothing counts as used");
  return quota::spent_bits(book.spent(policy, when), tag(rules::person_key(subject)), when);
}

}  // namespace

int check(const CheckOptions& options) {
  const auto snapshot = load_in_force({options.policy, options.config, options.state, options.at});
  if (!snapshot) return kUsage;
  const auto& policy = snapshot->policy;

  rules::Subject subject;
  const auto address = categories::IpAddress::parse(options.address.empty() ? "127.0.0.1" : options.address);
  if (!address) return fail("\"" + options.address + "\" is no IP address");
  subject.address = *address;
  if (!options.state.empty() && !options.address.empty()) identify(subject, options.state / "identity");
  if (!options.user.empty()) {
    subject.user = options.user;
    subject.confidence = rules::Confidence::account;
  }
  subject.group = policy.group_of(subject);
  if (!options.group.empty()) {
    const auto group = group_named(policy, options.group);
    if (!group) return kUsage;
    subject.group = *group;
    subject.confidence = rules::Confidence::account;  // somebody of that group has signed in
  }
  auto when = now();
  if (!options.at.empty()) {
    const auto at = time_given("--at", options.at, policy);
    if (!at) return kUsage;
    when = *at;
  }

  if (!options.state.empty() && (!options.user.empty() || !options.address.empty())) {
    subject.spent = spent_of(subject, policy, options.state, when);
    subject.acceptance = acceptance_of(subject, policy, options.state, when);
  }

  rules::Engine engine(snapshot);
  Printer printer(*snapshot, options.output);
  std::string buffer;
  const auto judge = [&](std::string_view text) {
    const auto target = parse_target(text, buffer);
    printer.print(text, target ? engine.decide(target->facts(), subject, when)
                               : engine.refuse(rules::Reason::malformed, subject, when));
  };
  for (const auto& target : options.targets) {
    if (target != "-") {
      judge(target);
      continue;
    }
    std::ios::sync_with_stdio(false);
    for (std::string line; std::getline(std::cin, line);) {
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (!line.empty()) judge(line);
    }
  }
  return 0;
}

}  // namespace breakwater::cli

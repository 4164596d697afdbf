#include "proxy/cli/attempts.h"

#include <iostream>
#include <optional>

#include <fmt/chrono.h>
#include <unistd.h>

#include "proxy/cli/terminal.h"
#include "proxy/safeguarding/attempt_json.h"
#include "proxy/safeguarding/store.h"
#include "proxy/telemetry/access_log.h"
#include "rules/civil_time.h"
#include "rules/duration.h"

namespace breakwater::cli {
namespace {

using safeguarding::Milliseconds;

/// "+01:00" and the like behind a time; the rest of the text is left in `text`.
std::optional<std::chrono::minutes> take_offset(std::string& text) {
  if (text.ends_with('Z')) {
    text.pop_back();
    return std::chrono::minutes(0);
  }
  constexpr std::size_t kLength = 6;
  if (text.size() < 16 + kLength) return std::chrono::minutes(0);
  const char sign = text[text.size() - kLength];
  if (sign != '+' && sign != '-') return std::chrono::minutes(0);
  const auto minutes = rules::parse_clock(std::string_view(text).substr(text.size() - kLength + 1));
  if (!minutes) return std::nullopt;
  text.resize(text.size() - kLength);
  return std::chrono::minutes(sign == '+' ? *minutes : -*minutes);
}

void print_json(const safeguarding::Attempt& attempt) {
  std::string out = "{\"time\":\"" + time_text(attempt.time) + "\"";
  const auto member = [&out](std::string_view key, const std::string& value) {
    out += ",\"" + std::string(key) + "\":";
    value.empty() ? void(out += "null") : telemetry::append_json_string(out, value);
  };
  member("civil", attempt.civil);
  member("id", attempt.id);
  member("client", attempt.client);
  member("device", attempt.device);
  member("user", attempt.user);
  member("group", attempt.group);
  member("host", attempt.host);
  member("url", attempt.url);
  member("search", attempt.search);
  member("method", attempt.method);
  member("sni", attempt.sni);
  member("category", attempt.category);
  member("concern", attempt.concern);
  member("list", attempt.list);
  out += ",\"line\":" + (attempt.list.empty() ? "null" : std::to_string(attempt.line));
  member("rule", attempt.rule);
  member("period", attempt.period);
  member("reason", attempt.reason);
  member("pseudonym", attempt.pseudonym);
  member("confidence", attempt.confidence);
  member("owner", attempt.owner);
  member("host_tag", attempt.host_tag);
  member("referrer", attempt.referrer);
  member("theme", attempt.theme);
  member("action", attempt.action);
  if (attempt.count > 1) out += fmt::format(R"(,"count":{},"until":"{}")", attempt.count, time_text(attempt.until));
  std::cout << out << "}\n";
}

void print_text(const safeguarding::Attempt& attempt) {
  // What is sealed is empty here: its stand-ins are shown.
  const auto& host = attempt.host.empty() ? "host " + attempt.host_tag : attempt.host;
  std::cout << attempt.civil << "  " << attempt.concern << "  " << attempt.category << "  "
            << (attempt.url.empty() ? host : attempt.url);
  if (!attempt.search.empty()) std::cout << " (searched for \"" << attempt.search << "\")";
  if (!attempt.sni.empty() && attempt.sni != attempt.host) std::cout << " (server name " << attempt.sni << ")";
  std::cout << "  "
            << (attempt.client.empty() ? attempt.pseudonym
                : attempt.user.empty() ? attempt.client
                                       : attempt.user + " at " + attempt.client);
  if (!attempt.group.empty()) std::cout << "  " << attempt.group;
  if (attempt.count > 1) std::cout << "  " << attempt.count << " times until " << time_text(attempt.until);
  if (!attempt.period.empty()) std::cout << " in " << attempt.period;
  std::cout << "  " << attempt.id << '\n';
}

/// With its names where they are to be opened, and open.
std::optional<safeguarding::Attempt> read(const safeguarding::Record& record,
                                          std::optional<safeguarding::Opener>& opener) {
  if (!opener) return parse_attempt(record, "");
  const auto opened = opener->open(record);
  return parse_attempt(record, opened ? *opened : "");
}

/// What opens the names, once that is recorded in the store; nullopt where they stay closed.
std::optional<safeguarding::Opener> open_names(safeguarding::Store& store, NamesOptions names,
                                               const std::filesystem::path& state) {
  if (names.names == NamesOptions::Names::sealed) {
    if (names.by.empty()) names.by = "local account " + std::to_string(::getuid());
    if (names.reason.empty()) names.reason = "none given: attempts were listed on the gateway";
  }
  auto opener = opener_for(names, state);
  return opener && record_access(store, names, "attempts", "") ? std::move(opener) : std::nullopt;
}

}  // namespace

std::optional<Milliseconds> parse_time(std::string text) {
  if (text.empty()) return Milliseconds{};
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  if (const auto back = rules::parse_duration(text)) return now - *back;
  if (const auto day = rules::parse_date(text)) return Milliseconds(*day);
  const auto offset = take_offset(text);
  const auto* utc = rules::find_zone("Etc/UTC");
  if (!offset || !utc) return std::nullopt;
  const auto civil = rules::parse_civil(text, *utc);
  if (!civil) return std::nullopt;
  return Milliseconds(*civil) - *offset;
}

std::string time_text(Milliseconds time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                     (time - seconds).count());
}

int attempts(const AttemptsOptions& options) {
  const auto from = parse_time(options.since);
  if (!from) return fail("--since \"" + options.since + "\" is no time, as 2026-11-23, 2026-11-23T10:35:00Z or 24h");
  const bool asked = options.names.names == NamesOptions::Names::open;
  std::optional<safeguarding::Opener> opener;
  if (asked || safeguarding::holding_opener(options.state)) {
    const auto writable = open_store(options.state);
    if (writable) opener = open_names(*writable, options.names, options.state);
    if (asked && !opener) return kUsage;
  }
  auto store = safeguarding::Store::open(options.state, safeguarding::Store::Mode::read_only);
  if (!store) return fail(options.state.string() + ": " + store.error().message);
  std::size_t damaged = 0;
  const auto print = [&](const safeguarding::Record& record) {
    const auto attempt = read(record, opener);
    if (!attempt)
      ++damaged;
    else
      options.output == Output::json ? print_json(*attempt) : print_text(*attempt);
  };
  const auto failure = (*store)->each({.kinds = {safeguarding::Kind::attempt}, .since = *from}, print);
  std::cout << std::flush;
  if (damaged > 0) return fail(std::to_string(damaged) + " records are damaged: see breakwater verify", kWrong);
  return failure ? fail(options.state.string() + ": " + failure->message) : 0;
}

}  // namespace breakwater::cli

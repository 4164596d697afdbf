#include "proxy/cli/status.h"

#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "proxy/admin/control_socket.h"
#include "proxy/admin/request.h"
#include "proxy/cli/terminal.h"
#include "proxy/feeds/progress.h"

namespace breakwater::cli {
namespace {

using nlohmann::ordered_json;

/// What the gateway says, with every member that is missing or of another kind taken for empty: it may be of another
/// version than this command.
class Answer {
 public:
  explicit Answer(ordered_json value) : value_(std::move(value)) {}

  const ordered_json& at(const char* path) const {
    static const ordered_json none;
    const auto pointer = ordered_json::json_pointer(path);
    return value_.contains(pointer) ? value_.at(pointer) : none;
  }
  std::string text(const char* path) const { return at(path).is_string() ? at(path).get<std::string>() : ""; }
  std::uint64_t number(const char* path) const {
    return at(path).is_number_unsigned() || at(path).is_number_integer() ? at(path).get<std::uint64_t>() : 0;
  }
  std::vector<std::string> texts(const char* path) const {
    std::vector<std::string> all;
    for (const auto& each : at(path))
      if (each.is_string()) all.push_back(each.get<std::string>());
    return all;
  }

 private:
  ordered_json value_;
};

std::string ago(const Answer& answer, std::uint64_t instant) {
  const auto now = answer.number("/now");
  if (instant == 0) return "never";
  return age_text(std::chrono::seconds(now > instant ? now - instant : 0)) + " ago";
}

void row(std::string_view name, const std::string& text) {
  std::cout << fmt::format("{:<11} {}\n", name, text);
}

void show_traffic(const Answer& answer) {
  row("now", fmt::format("{} connections, {} tunnels", answer.number("/counters/active_connections"),
                         answer.number("/counters/tunnels_open")));
  row(fmt::format("last {} s", answer.number("/minute_seconds")),
      fmt::format("{} requests: {} allowed, {} blocked; {} names not found, {} origins not reached",
                  answer.number("/minute/requests"), answer.number("/minute/allowed"), answer.number("/minute/blocked"),
                  answer.number("/minute/dns_failures"), answer.number("/minute/connect_failures")));
}

void show(const Answer& answer) {
  const auto health = answer.texts("/health");
  row("breakwater", fmt::format("{}, up for {}, {} workers", answer.text("/version"),
                                age_text(std::chrono::seconds(answer.number("/now") - answer.number("/started"))),
                                answer.number("/workers")));
  row("health", fmt::format("{}", fmt::join(health, "; ")));
  row("listens on", fmt::format("{}", fmt::join(answer.texts("/listeners"), ", ")));
  const auto refused = answer.number("/policy/refused");
  row("policy", fmt::format("{} ({}), in force since {}{}", answer.text("/policy/file"),
                            answer.text("/policy/sha256").substr(0, 12), ago(answer, answer.number("/policy/since")),
                            refused == 0 ? "" : "; a change was REFUSED " + ago(answer, refused)));
  row("lists", fmt::format("version {}: {} entries of {} lists", answer.number("/lists/version"),
                           answer.number("/lists/entries"), answer.number("/lists/lists")));
  show_traffic(answer);
  row("records", fmt::format("{} written since the start, {} waiting, {} failures; {} used, {} free",
                             answer.number("/records/durable"), answer.number("/records/waiting"),
                             answer.number("/records/failures"), feeds::size_text(answer.number("/records/bytes")),
                             feeds::size_text(answer.number("/records/free_bytes"))));
  if (answer.at("/central").is_object())
    row("central", fmt::format("{} forwarded, {} waiting, {} failures{}", answer.number("/central/forwarded"),
                               answer.number("/central/waiting"), answer.number("/central/failures"),
                               answer.number("/central/forks") == 0 ? "" : "; ANOTHER CHAIN is there"));
  const auto waiting = answer.number("/outbox/waiting");
  row("outbox", waiting == 0 ? "empty"
                             : fmt::format("{} messages wait, the oldest since {}", waiting,
                                           ago(answer, answer.number("/outbox/oldest"))));
  for (const auto& value : answer.at("/feeds")) {
    const Answer feed(value);
    row("feed", fmt::format("{}: {}, looked at {}{}", feed.text("/name"), ago(answer, feed.number("/fetched")),
                            ago(answer, feed.number("/checked")),
                            feed.text("/error").empty() ? "" : "; " + feed.text("/error")));
  }
  const auto sources = answer.texts("/identity_sources");
  row("clients by", sources.empty() ? "network alone" : fmt::format("network, {}", fmt::join(sources, ", ")));
}

}  // namespace

int status(const std::filesystem::path& state, Output output) {
  std::string error;
  admin::Request request;
  request.command = admin::Command::status;
  const auto line = admin::ask(state, admin::to_line(request), error);
  if (!line) return fail(error);
  auto value = ordered_json::parse(*line, nullptr, false);
  if (!value.is_object()) return fail("the gateway's answer cannot be read");
  if (value.contains("error")) return fail(Answer(value).text("/error"));
  if (output == Output::json) std::cout << value.dump() << '\n';
  const auto healthy = value.value("healthy", false);
  if (output == Output::text) show(Answer(std::move(value)));
  return healthy ? 0 : kWrong;
}

}  // namespace breakwater::cli

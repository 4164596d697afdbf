#include "proxy/cli/alerts.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "proxy/alerts/alert_records.h"
#include "proxy/alerts/dispatcher.h"
#include "proxy/alerts/letter_file.h"
#include "proxy/cli/in_force.h"
#include "proxy/cli/terminal.h"
#include "proxy/snapshot/loader.h"
#include "proxy/snapshot/settings.h"

namespace breakwater::cli {
namespace {

using alerts::Letter;

void print(const Letter& letter, Output output) {
  if (output == Output::text) {
    std::cout << fmt::format("{}  {}  {}  {}  tries {}", utc_text(letter.queued), letter.reference,
                             to_string(letter.severity), letter.recipient, letter.tries);
    if (letter.tries > 0) std::cout << fmt::format(", next {}: {}", utc_text(letter.next_try), letter.error);
    std::cout << '\n';
    return;
  }
  const nlohmann::ordered_json json{{"queued", utc_text(letter.queued)},
                                    {"reference", letter.reference},
                                    {"severity", to_string(letter.severity)},
                                    {"recipient", letter.recipient},
                                    {"to", letter.to},
                                    {"tries", letter.tries},
                                    {"next_try", utc_text(letter.next_try)},
                                    {"error", letter.error}};
  std::cout << json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

}  // namespace

int alerts_list(const AlertsOptions& options) {
  int code = 0;
  auto letters = alerts::read_letters(options.state / "outbox", [&](const std::filesystem::path& file) {
    code = fail(file.string() + ": this is no letter", kWrong);
  });
  std::sort(letters.begin(), letters.end(), [](const Letter& a, const Letter& b) { return a.queued < b.queued; });
  for (const auto& letter : letters)
    print(letter, options.output);
  return code;
}

int alerts_test(const AlertsOptions& options) {
  const auto settings = read_settings(options.config);
  if (!settings) return kUsage;
  const auto server = snapshot::smtp_options(*settings);
  if (server.url.empty()) return fail("smtp.url names no mail server: nobody is told by e-mail", kWrong);
  const auto snapshot = load_in_force({options.policy, options.config, {}, {}});
  if (!snapshot) return kUsage;
  const auto& policy = snapshot->policy;
  if (policy.recipients.empty()) return fail("the policy has no [[recipient]]", kWrong);
  int code = 0;
  const auto tell = [&](const std::string& message) { code = fail(message, kWrong); };
  const std::atomic<bool> never{false};
  for (const auto& to : alerts::addressees(policy.recipients, now(), tell)) {
    const auto mail = alerts::test_mail(to, server.from, {policy.centre, policy.zone, ""}, now());
    const auto result = alerts::send_mail(server, to.recipient.email, mail, never);
    const bool sent = result.outcome == alerts::SmtpResult::Outcome::sent;
    if (!sent) code = kWrong;
    const std::string_view how = to.certificate ? "sent, encrypted" : "sent";
    std::cout << fmt::format("{} <{}>: {}\n", to.recipient.name, to.recipient.email,
                             sent ? std::string(how) : "not sent: " + result.message);
  }
  return code;
}

int alerts_acknowledge(const AlertsOptions& options) {
  auto opened = safeguarding::Store::open(options.state, safeguarding::Store::Mode::read_write);
  if (!opened) return fail(opened.error().message);
  auto& store = **opened;
  bool found = false;
  if (const auto error = alerts::find_episode(store, options.reference, found)) return fail(error->message);
  if (!found) return fail(fmt::format("there is no episode \"{}\"", options.reference), kWrong);
  const std::array entries{alerts::acknowledgement(options.reference, options.by, now())};
  if (const auto error = store.append(entries)) return fail(error->message);
  return 0;
}

}  // namespace breakwater::cli

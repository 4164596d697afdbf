#include "proxy/cli/report_mail.h"

#include <algorithm>
#include <atomic>
#include <iostream>

#include <fmt/format.h>

#include "proxy/alerts/dispatcher.h"
#include "proxy/cli/in_force.h"
#include "proxy/cli/terminal.h"
#include "proxy/reports/cover.h"

namespace breakwater::cli {

int mail_report(const ReportOptions& options, const reports::Report& report, const std::string& pdf) {
  const auto settings = read_settings(options.config);
  if (!settings) return kUsage;
  const auto server = snapshot::smtp_options(*settings);
  if (server.url.empty()) return fail("smtp.url names no mail server: nothing can be sent", kWrong);
  const auto snapshot = load_in_force({options.policy, options.config, {}, {}});
  if (!snapshot) return kUsage;
  const auto& policy = snapshot->policy;
  const auto to = alerts::addressees(policy.recipients, now(), [](const std::string& message) { fail(message); });
  const auto found =
      std::find_if(to.begin(), to.end(), [&](const auto& one) { return one.recipient.name == options.mail_to; });
  if (found == to.end()) return fail("the policy has no [[recipient]] \"" + options.mail_to + '"', kWrong);
  const auto cover = reports::cover_of(report);
  const auto key = fmt::format("report|now|{}|{}", now().time_since_epoch().count(), options.mail_to);
  const auto mail =
      alerts::report_mail(*found, server.from,
                          {key,
                           options.mail_to,
                           cover.subject,
                           cover.text,
                           cover.with_report,
                           {cover.file + ".pdf", "application/pdf", pdf}},
                          {policy.centre, policy.zone, report.head ? report.head->signature : std::string()}, now());
  const std::atomic<bool> never{false};
  const auto result = alerts::send_mail(server, found->recipient.email, mail, never);
  if (result.outcome != alerts::SmtpResult::Outcome::sent) return fail("not sent: " + result.message, kWrong);
  std::cout << fmt::format("{} <{}>: {}\n", options.mail_to, found->recipient.email,
                           found->certificate ? "sent with the report, encrypted" : "sent without the report");
  return 0;
}

}  // namespace breakwater::cli

#include <cstdio>
#include <ctime>
#include <memory>

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "categories/canary.h"
#include "proxy/doctor/checks.h"
#include "proxy/snapshot/loader.h"

namespace breakwater::doctor {
namespace {

constexpr std::size_t kToldMost = 5;           ///< mistakes of one file; `policy check` tells all
constexpr std::chrono::days kRenewBefore{21};  ///< a certificate's end

Findings told(std::string_view check, const categories::Diagnostics& diagnostics, std::string_view mend) {
  Findings findings;
  for (const auto& diagnostic : diagnostics) {
    if (findings.size() == kToldMost) break;
    const bool error = diagnostic.severity == categories::Severity::error;
    findings.push_back(
        {check, error ? Grade::broken : Grade::doubtful, categories::to_string(diagnostic), std::string(mend)});
  }
  return findings;
}

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

}  // namespace

Findings check_settings(const std::filesystem::path& config, snapshot::Settings& settings) {
  settings = snapshot::default_settings();
  if (config.empty()) return {{"settings", Grade::well, "the defaults", ""}};
  std::string error;
  const auto text = snapshot::read_file(config, error);
  if (!text)
    return {{"settings", Grade::broken, fmt::format("{}: cannot be read: {}", config.string(), error),
             "name the settings file with --config, and let the gateway's user read it"}};
  categories::Diagnostics diagnostics;
  settings = snapshot::parse_settings(*text, config, diagnostics);
  auto findings = told("settings", diagnostics, "correct that line; `breakwater settings` shows every setting");
  if (findings.empty()) findings.push_back({"settings", Grade::well, config.string(), ""});
  return findings;
}

Findings check_policy(const std::filesystem::path& policy, const std::filesystem::path& state,
                      const snapshot::Settings& settings, std::shared_ptr<const rules::Snapshot>& snapshot) {
  snapshot::LoadRequest request;
  request.policy = policy;
  request.gate = settings.gate;
  request.state = state;
  request.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  std::error_code ignored;
  if (!std::filesystem::is_directory(state, ignored)) request.state.clear();
  const auto loaded = snapshot::look(request);
  auto findings =
      told("policy", loaded.diagnostics, "correct that line; `breakwater policy check` tells every mistake");
  snapshot = loaded.snapshot;
  if (!snapshot && findings.empty())
    findings.push_back({"policy", Grade::broken, policy.string() + ": cannot be used", "`breakwater policy check`"});
  if (!snapshot) return findings;
  findings.push_back({"policy", Grade::well, policy.string(), ""});
  const auto lists = categories::count_real(snapshot->catalogue->lists());
  findings.push_back({"lists", lists > 0 ? Grade::well : Grade::broken,
                      fmt::format("{} entries of {} lists", loaded.entries, lists),
                      lists > 0 ? "" : "name lists in [lists] of the policy, and run `breakwater lists update`"});
  return findings;
}

Findings check_recipients(const rules::Policy& policy, const snapshot::Settings& settings) {
  Findings findings;
  std::size_t openers = 0;
  std::size_t leads = 0;
  for (const auto& recipient : policy.recipients) {
    if (rules::opens_names(recipient)) ++openers;
    if (recipient.role == rules::Recipient::Role::dsl) ++leads;
  }
  if (leads == 0)
    findings.push_back({"recipients", Grade::doubtful, "nobody is told of an attempt",
                        "name the safeguarding lead: [[recipient]] with role = \"dsl\" in the policy"});
  if (openers == 0)
    findings.push_back({"recipients", Grade::doubtful, "nobody can open the names in the records",
                        "`breakwater keys new` for the safeguarding lead; see deploy/safeguarding-keys.md"});
  if (leads > 0 && settings.smtp_url.empty())
    findings.push_back({"recipients", Grade::doubtful, "there are recipients, and no mail server to reach them",
                        "set smtp.url and smtp.from"});
  if (findings.empty())
    findings.push_back(
        {"recipients", Grade::well, fmt::format("{}, {} of them open names", policy.recipients.size(), openers), ""});
  return findings;
}

Findings check_certificate(const snapshot::Settings& settings, std::chrono::sys_seconds now) {
  constexpr std::string_view kCheck = "certificate";
  if (settings.tls_listen.empty()) return {{kCheck, Grade::well, "no TLS listener", ""}};
  const auto name = settings.tls_certificate.string();
  const std::unique_ptr<std::FILE, Close> file(std::fopen(name.c_str(), "re"));
  const std::unique_ptr<X509, Free> certificate(file ? PEM_read_X509(file.get(), nullptr, nullptr, nullptr) : nullptr);
  std::tm end{};
  if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1)
    return {{kCheck, Grade::broken, name + ": no certificate can be read", "set proxy.tls.certificate to a PEM file"}};
  const auto left = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::from_time_t(::timegm(&end)) - now);
  const auto what = fmt::format("{} ends in {} days", name, left.count());
  if (left.count() < 0)
    return {{kCheck, Grade::broken, fmt::format("{} ended {} days ago", name, -left.count()), "renew it"}};
  return {{kCheck, left < kRenewBefore ? Grade::doubtful : Grade::well, what, left < kRenewBefore ? "renew it" : ""}};
}

}  // namespace breakwater::doctor

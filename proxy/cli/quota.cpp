#include "proxy/cli/quota.h"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "proxy/cli/person.h"
#include "proxy/cli/terminal.h"
#include "proxy/quota/ledger.h"

namespace breakwater::cli {
namespace {

std::string text(const quota::Account& account) {
  constexpr double kMiB = 1 << 20;
  std::string out = "\n    " + account.quota + ": ";
  const auto minutes = std::chrono::duration<double, std::ratio<60>>(account.active).count();
  out += fmt::format("{:.1f}", minutes);
  if (account.minutes) out += fmt::format(" of {}", account.minutes->count());
  out += fmt::format(" minutes, {:.1f}", static_cast<double>(account.bytes) / kMiB);
  if (account.most_bytes) out += fmt::format(" of {:.1f}", static_cast<double>(*account.most_bytes) / kMiB);
  out += " MiB; last used " + utc_text(account.last);
  if (account.until) out += ", counted until " + utc_text(*account.until);
  return out;
}

std::string text(const std::string& key, const quota::Person& person) {
  auto out = key + "  group " + person.group;
  for (const auto& account : person.accounts)
    out += text(account);
  return out;
}

}  // namespace

int quota(const QuotaOptions& options) {
  std::string error;
  auto written = quota::read_book(options.state, error);
  if (!error.empty()) return fail(error);
  if (written.time == rules::SysSeconds()) return fail(options.state.string() + ": nothing was counted here", kWrong);
  const auto people = quota::by_tag(std::move(written.people), person_tag(options.state));
  const auto asked = pseudonyms_of(options.person, options.state);
  std::vector<const quota::People::value_type*> found;
  for (const auto& entry : people)
    if (is_asked_for(asked, entry.first)) found.push_back(&entry);
  std::sort(found.begin(), found.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  for (const auto* entry : found)
    std::cout << (options.output == Output::json ? quota::to_json(entry->first, entry->second)
                                                 : text(entry->first, entry->second))
              << '\n';
  if (options.person.empty() || !found.empty()) return 0;
  return fail("nothing is written of \"" + options.person + '"', kWrong);
}

}  // namespace breakwater::cli

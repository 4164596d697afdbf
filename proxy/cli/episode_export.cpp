#include <algorithm>
#include <iostream>

#include "proxy/cli/episode.h"
#include "proxy/cli/terminal.h"
#include "proxy/reports/collect.h"
#include "proxy/reports/csv.h"
#include "proxy/safeguarding/attempt_json.h"
#include "proxy/safeguarding/bundle.h"
#include "proxy/safeguarding/private_file.h"

namespace breakwater::cli {
namespace {

using safeguarding::Case;
using safeguarding::Kind;
using safeguarding::Record;

/// Does the record tell of this case? An attempt does where it is of the same person, theme and time.
bool belongs(const Record& record, const Case& about) {
  const auto& episode = about.episode;
  if (record.kind != Kind::attempt) return record.reference == episode.reference;
  if (record.time < episode.first || record.time > episode.last) return false;
  const auto attempt = safeguarding::parse_attempt(record, "");
  return attempt && attempt->pseudonym == episode.pseudonym && attempt->theme == episode.theme;
}

/// "" or what went wrong.
std::string write_bundle(const EpisodeOptions& options, safeguarding::Store& store, const Case& about) {
  safeguarding::Bundle bundle;
  bundle.about = options.reference;
  bundle.by = options.names.by;
  bundle.made = now_ms();
  const auto head = store.sign_head(bundle.made);
  if (!head) return head.error().message;
  bundle.head = *head;
  const auto error = store.each({}, [&](const Record& record) {
    if (belongs(record, about)) bundle.records.push_back(record);
  });
  if (error) return error->message;
  bundle.days = safeguarding::day_keys_of(options.state, bundle.records);
  const auto key = safeguarding::ChainKey::load_or_make(safeguarding::keys_folder(options.state));
  if (!key) return key.error();
  const auto records = bundle.records.size();
  auto failure = safeguarding::write_private(options.out, safeguarding::write_bundle(std::move(bundle), *key));
  if (failure.empty())
    std::cout << options.out.string() << ": " << records << " records, names sealed; `breakwater unseal` opens them\n";
  return failure;
}

/// "" or what went wrong.
std::string write_csv(const EpisodeOptions& options, const Case& about, safeguarding::Opener* opener) {
  const auto* utc = rules::find_zone("Etc/UTC");
  if (utc == nullptr) return "there is no database of time zones here";
  const auto names = opener == nullptr ? std::nullopt : reports::open_names(about, *opener);
  if (opener != nullptr && !names) return "the names of this episode did not open with this key";
  reports::Report report;
  report.zone = utc;
  report.episodes = {reports::to_entry(about, names ? &*names : nullptr)};
  auto failure = safeguarding::write_private(options.csv, reports::to_csv(report));
  if (failure.empty())
    std::cout << options.csv.string() << ": one row, names " << (names ? "opened" : "sealed") << '\n';
  return failure;
}

}  // namespace

int episode_export(const EpisodeOptions& options) {
  if (options.out.empty() && options.csv.empty()) return fail("--out FILE or --csv FILE says what to write");
  if (options.names.by.empty() || options.names.reason.empty())
    return fail("an export needs --by and --reason, which are recorded");
  const auto store = open_store(options.state);
  if (!store) return kUsage;
  auto cases = safeguarding::read_cases(*store, {.reference = options.reference});
  if (!cases) return fail(cases.error().message);
  if (cases->empty())
    return fail("there is no episode \"" + options.reference + "\"; `episode list` shows them", kWrong);
  std::optional<safeguarding::Opener> opener;
  if (options.names.names == NamesOptions::Names::open) {
    opener = opener_for(options.names, options.state);
    if (!opener) return kUsage;
  }
  if (!record_access(*store, *cases, options.names, "export")) return kUsage;
  if (opener) cases = safeguarding::read_cases(*store, {.reference = options.reference}, &*opener);
  if (!cases || cases->empty()) return fail(options.reference + ": it cannot be read again");
  for (const auto& failure :
       {options.out.empty() ? std::string() : write_bundle(options, *store, cases->front()),
        options.csv.empty() ? std::string() : write_csv(options, cases->front(), opener ? &*opener : nullptr)})
    if (!failure.empty()) return fail(failure);
  return 0;
}

}  // namespace breakwater::cli

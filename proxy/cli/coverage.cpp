#include "proxy/cli/coverage.h"

#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "proxy/cli/attempts.h"
#include "proxy/cli/names.h"
#include "proxy/cli/terminal.h"
#include "proxy/deploy/counters.h"
#include "proxy/reports/unseen.h"
#include "proxy/reports/words.h"
#include "proxy/safeguarding/store.h"

namespace breakwater::cli {
namespace {

using nlohmann::ordered_json;
using safeguarding::Milliseconds;

struct Found {
  Milliseconds from;
  Milliseconds until;
  std::uint64_t records = 0;
  reports::Unseen unseen;
};

ordered_json numbers(const reports::Sighted& seen) {
  return {{"allowed", seen.allowed}, {"blocked", seen.blocked}, {"bytes_up", seen.up}, {"bytes_down", seen.down}};
}

void print_json(const Found& found) {
  const auto& unseen = found.unseen;
  auto ways = ordered_json::object();
  for (const auto& way : reports::way_kinds())
    for (const auto& sight : reports::sight_kinds())
      ways[std::string(way.name)][std::string(sight.name)] = numbers(unseen.of(sight.name, way.name));
  auto packets = unseen.knows_packets() ? ordered_json::object() : ordered_json();
  if (unseen.knows_packets())
    for (const auto& counter : deploy::known_counters())
      packets[std::string(counter.name)] = unseen.packets(counter.name);
  const ordered_json value{{"since", time_text(found.from)},
                           {"until", time_text(found.until)},
                           {"records", found.records},
                           {"all", numbers(unseen.all())},
                           {"nameless", numbers(unseen.nameless())},
                           {"ways", ways},
                           {"packets", packets},
                           {"devices", {{"listed", unseen.devices().size()}, {"quiet", unseen.quiet()}}}};
  std::cout << value.dump(-1, ' ', true, ordered_json::error_handler_t::replace) << '\n';
}

void print_text(const Found& found) {
  const auto& unseen = found.unseen;
  std::cout << fmt::format("{} to {}: {} of the gateway\n", time_text(found.from), time_text(found.until),
                           reports::counted(found.records, "record", "records"));
  std::cout << reports::headline(unseen, "time") << "\n\n";
  std::cout << fmt::format("{:>12} {:>12} {:>16} {:>16}\n", "went by", "stopped", "bytes up", "bytes down");
  for (const auto& sight : reports::sight_kinds()) {
    const auto seen = unseen.of(sight.name);
    std::cout << fmt::format("{:12} {:12} {:16} {:16}  {:13}  {}\n", seen.allowed, seen.blocked, seen.up, seen.down,
                             sight.name, sight.words);
  }
  std::cout << '\n';
  for (const auto& way : reports::way_kinds()) {
    const auto all = unseen.all(way.name);
    std::cout << fmt::format("{:12} connections, {} without a name: {}\n", all.connections(),
                             unseen.nameless(way.name).connections(), way.words);
  }
  std::cout << '\n';
  if (!unseen.knows_packets()) std::cout << "Refused packets are not known: nft's counters could not be read.\n";
  for (const auto& counter : deploy::known_counters())
    if (const auto packets = unseen.packets(counter.name); packets > 0)
      std::cout << fmt::format("{:12}  {:22}  {}\n", packets, counter.name, counter.meaning);
  const auto quiet = unseen.quiet();
  std::cout << fmt::format("{:12} devices on the network, {} of them sent nothing here\n", unseen.devices().size(),
                           quiet.size());
  for (const auto& device : quiet)
    std::cout << fmt::format("{:12}  {}{}\n", "", reports::visible_text(device),
                             unseen.is_random(device) ? "  (an address of its own making)" : "");
}

}  // namespace

int coverage(const CoverageOptions& options) {
  const auto since = parse_time(options.since);
  const auto until = options.until.empty() ? now_ms() : parse_time(options.until);
  if (!since || !until || *until < *since)
    return fail("--since and --until are times in their order, as 2026-11-23, 2026-11-23T10:35:00Z or 24h");
  auto store = safeguarding::Store::open(options.state, safeguarding::Store::Mode::read_only);
  if (!store) return fail(store.error().message);
  Found found{*since, *until, 0, {}};
  const safeguarding::Filter checks{.kinds = {safeguarding::Kind::check}, .since = *since, .until = *until};
  const auto error = (*store)->each(checks, [&found](const safeguarding::Record& record) {
    const auto one = reports::parse_coverage(record);
    if (!one) return;
    ++found.records;
    found.unseen.add(*one);
  });
  if (error) return fail(error->message);
  options.output == Output::json ? print_json(found) : print_text(found);
  return 0;
}

}  // namespace breakwater::cli

#include "proxy/cli/lists_export.h"

#include <iostream>

#include <fmt/format.h>

#include "proxy/cli/listed_hosts.h"
#include "proxy/cli/terminal.h"
#include "proxy/deploy/rpz.h"
#include "proxy/lists/list_state.h"

namespace breakwater::cli {
namespace {

constexpr std::size_t kPiece = 64 << 10;

class ZonePrinter : public lists::HostTaker {
 public:
  explicit ZonePrinter(std::string zone) : writer_(text_, std::move(zone)) {}
  ~ZonePrinter() override = default;

  void begin(std::uint32_t serial) { writer_.begin(serial); }
  void block(const categories::Host& host) override { note(writer_.block(host)); }
  void pass(const categories::Host& host) override { note(writer_.pass(host)); }
  /// An RPZ could hold addresses of answers, but what is blocked by address the packet filter holds.
  void network(const categories::Network&) override {}

  std::uint64_t too_long() const { return too_long_; }
  bool flush() {
    std::cout << text_ << std::flush;
    text_.clear();
    return !std::cout.fail();
  }

 private:
  void note(bool written) {
    too_long_ += written ? 0 : 1;
    if (text_.size() >= kPiece) flush();
  }

  std::string text_;
  deploy::RpzWriter writer_;
  std::uint64_t too_long_ = 0;
};

categories::CategorySet concerns(const rules::Policy& policy) {
  categories::CategorySet set;
  for (std::size_t id = 0; id < policy.concern.size(); ++id)
    if (policy.concern[id] != rules::Concern::none) set.set(id);
  return set;
}

std::uint32_t serial_of(const ListsExportOptions& options) {
  if (options.serial) return *options.serial;
  std::string error;
  const auto state = options.state.empty() ? std::nullopt : lists::ListState::open(options.state, error);
  const auto current = state ? state->current() : std::nullopt;
  return current ? current->number : 1;
}

}  // namespace

int lists_export(const ListsExportOptions& options) {
  if (!deploy::is_zone_name(options.zone)) return fail("--zone \"" + options.zone + "\" is no name for a zone");
  const InForceSource source{options.policy, {}, options.state, {}};
  const auto snapshot = load_in_force(source);
  auto wanted = snapshot ? wanted_categories(*snapshot, options.categories) : std::nullopt;
  if (!wanted) return kUsage;
  const auto concern = concerns(snapshot->policy);
  if (options.categories.empty()) wanted = snapshot->policy.floor & ~concern;
  if ((*wanted & concern).any())
    fail("there are concerns among these: who asks for their names leaves no record, and nobody is told");
  ZonePrinter printer(options.zone);
  printer.begin(serial_of(options));
  const auto report = listed_hosts(source, *snapshot, *wanted, concern & ~*wanted, printer);
  if (!printer.flush()) return fail("the zone could not be written");
  if (!report) return kUsage;
  if (printer.too_long() > 0) fail(fmt::format("{} names are left out: no zone can hold them", printer.too_long()));
  if (report->networks > 0) fail(fmt::format("{} addresses and networks are left out", report->networks));
  fail(fmt::format("{} names are blocked, {} passed", report->blocked, report->passed));
  return 0;
}

}  // namespace breakwater::cli

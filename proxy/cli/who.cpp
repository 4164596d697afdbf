#include "proxy/cli/who.h"

#include <iostream>

#include "proxy/cli/terminal.h"
#include "proxy/identity/now_file.h"
#include "proxy/identity/state_file.h"

namespace breakwater::cli {
namespace {

std::string text(const identity::Seen& seen) {
  const auto& who = seen.identity;
  std::string out = seen.network.prefix == 128 ? seen.network.address.to_string() : seen.network.to_string();
  const auto add = [&out](std::string_view separator, std::string_view word) {
    if (!word.empty()) out.append(separator).append(word);
  };
  add("  ", who.user.empty() ? "nobody known" : std::string_view(who.user));
  add("  group ", seen.policy_group.empty() ? "none: refused" : std::string_view(seen.policy_group));
  add("  by ", to_string(who.confidence));
  add("\n    device ", who.device);
  add(", ", to_string(who.owner));
  if (who.mac) {
    add(who.device.empty() ? "\n    " : ", ", who.mac->to_string());
    if (who.mac->is_randomised()) add(", ", "randomised");
  }
  add("\n    since ", utc_text(who.since));
  if (who.until) add(" until ", utc_text(*who.until));
  add(", ", who.source);
  add(": ", who.why);
  return out;
}

}  // namespace

int who(const WhoOptions& options) {
  std::optional<categories::IpAddress> address;
  if (!options.address.empty()) {
    address = categories::IpAddress::parse(options.address);
    if (!address) return fail("\"" + options.address + "\" is no IP address");
  }
  const auto folder = options.state / "identity";
  std::string error;
  const auto json = identity::read_text(folder / identity::kNowFile, identity::kMaxNowBytes, error);
  if (!json) return fail(folder.string() + ": no gateway that knows its clients ran here: " + error);
  const auto now = identity::parse_now(*json);
  if (!now) return fail((folder / identity::kNowFile).string() + ": not what the gateway wrote");
  if (!identity::StateLock::is_held(folder))
    std::cerr << "breakwater: no gateway runs on this state: this was so at " << utc_text(now->time) << '\n';
  const identity::Seen* found = nullptr;
  for (const auto& seen : now->all) {
    if (address && (!seen.network.contains(*address) || (found && found->network.prefix > seen.network.prefix)))
      continue;
    found = &seen;
    if (!address) std::cout << (options.output == Output::json ? to_json(seen) : text(seen)) << '\n';
  }
  if (!address) return 0;
  if (!found)
    return fail("nobody is known at " + address->to_string() + ": the network of the address decides", kWrong);
  auto seen = *found;
  seen.network = {*address, 128};
  std::cout << (options.output == Output::json ? to_json(seen) : text(seen)) << '\n';
  return 0;
}

}  // namespace breakwater::cli

#include "proxy/app/sealing.h"

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "proxy/safeguarding/sealer.h"
#include "proxy/safeguarding/store.h"

namespace breakwater::app {
namespace {

/// For who asks later who could open names when: see `breakwater accesses`.
void record(const std::vector<safeguarding::SealTo>& recipients, const std::filesystem::path& state,
            safeguarding::Milliseconds now) {
  std::string names;
  for (const auto& recipient : recipients)
    names.append(names.empty() ? "" : ", ").append(recipient.name);
  const auto reason = "from here on names are sealed to " + (names.empty() ? "a key on this machine" : names);
  const nlohmann::ordered_json body{{"by", ""}, {"reason", reason}, {"what", "recipients"}, {"subject", ""}};
  const safeguarding::Entry entry{now, safeguarding::Kind::access, "",
                                  body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), ""};
  auto store = safeguarding::Store::open(state, safeguarding::Store::Mode::read_write);
  const auto error = store ? (*store)->append(std::span(&entry, 1)) : std::optional(store.error());
  if (error) spdlog::error("safeguarding keys: the change of recipients is not recorded: {}", error->message);
}

}  // namespace

void seal_names_to(const rules::Policy& policy, const std::filesystem::path& state, safeguarding::Milliseconds now) {
  std::vector<safeguarding::SealTo> recipients;
  for (const auto& recipient : policy.recipients)
    if (opens_names(recipient)) recipients.push_back({recipient.name, *recipient.public_key});
  std::string unread;  // put_recipients() says it again
  const auto before = safeguarding::read_recipients(state, unread);
  if (const auto error = safeguarding::put_recipients(state, recipients); !error.empty())
    spdlog::error("safeguarding keys: {}", error);
  else if (before != recipients)
    record(recipients, state, now);
  if (recipients.empty())
    spdlog::warn(
        "names in safeguarding records are sealed to a key on this machine, whose administrators can read them: give a "
        "[[recipient]] of the policy a key of breakwater keys new");
}

}  // namespace breakwater::app

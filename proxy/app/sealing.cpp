#include "proxy/app/sealing.h"

#include <spdlog/spdlog.h>

#include "proxy/safeguarding/sealer.h"

namespace breakwater::app {

void seal_names_to(const rules::Policy& policy, const std::filesystem::path& state) {
  std::vector<safeguarding::SealTo> recipients;
  for (const auto& recipient : policy.recipients)
    if (opens_names(recipient)) recipients.push_back({recipient.name, *recipient.public_key});
  if (const auto error = safeguarding::put_recipients(state, recipients); !error.empty())
    spdlog::error("safeguarding keys: {}", error);
  if (recipients.empty())
    spdlog::warn(
        "names in safeguarding records are sealed to a key on this machine, whose administrators can read them: give a "
        "[[recipient]] of the policy a key of breakwater keys new");
}

}  // namespace breakwater::app

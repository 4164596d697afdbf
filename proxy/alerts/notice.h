#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "proxy/safeguarding/episode.h"

namespace date {
class time_zone;
}

namespace breakwater::alerts {

/// What a message says: the subject and paragraphs, each ended by '\n'. UTF-8.
struct Notice {
  std::string subject;
  std::string text;
};

/// What all messages of a gateway have in common.
struct Scene {
  std::string centre;
  const date::time_zone* zone = nullptr;
  std::string head;  ///< the newest signed head of the records' chain; "": there is none yet
};

/// Why somebody is told of an episode.
enum class Occasion : std::uint8_t {
  opened,
  worse,   ///< it has risen to danger
  unseen,  ///< it is danger, and nobody has looked at it in time
};

/// Nothing but malware, a server that commands it, phishing or scams: an incident of security, not of safeguarding.
bool is_incident(const safeguarding::Episode& episode);

/// The plain messages hold no name, address, host, URL or search word: whoever carries the mail may read them.
Notice episode_notice(const safeguarding::Episode& episode, Occasion occasion, const Scene& scene);

/// The name of the device in the register, where it is a machine of the centre's own: that says nothing of a person.
/// Else "".
std::string public_device(const safeguarding::Episode& episode, const safeguarding::EpisodeNames& names);

/// An incident, to be acknowledged by `due`. `device` is that of public_device(); `reminder` counts what was sent
/// before: 0 for the first message.
Notice incident_notice(const safeguarding::Episode& episode, std::string_view device, safeguarding::Milliseconds due,
                       safeguarding::Milliseconds now, unsigned reminder, const Scene& scene);

/// "danger: terrorism and extremism, 10:00, E-7QK4M-2XP9D": an episode in one line of a digest.
std::string digest_line(const safeguarding::Episode& episode, const Scene& scene);
/// Several in one message. `left_out` says how many more there were for which the outbox had no room.
Notice digest_notice(std::span<const std::string> lines, std::uint64_t left_out, const Scene& scene);

/// What every message ends with: who sends it, and the head.
void add_footer(std::string& text, const Scene& scene);

Notice test_notice(std::string_view recipient, const Scene& scene);

/// The whole episode with its names, hosts and context: for an encrypted message alone.
std::string full_report(const safeguarding::Episode& episode, const safeguarding::EpisodeNames& names,
                        const Scene& scene);

}  // namespace breakwater::alerts

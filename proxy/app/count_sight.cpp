// What the gateway could see of where connections go: the figure of what it cannot.

#include "proxy/app/session.h"
#include "proxy/app/worker.h"
#include "rules/ech_cover.h"

namespace breakwater::app {

using telemetry::Seen;
using telemetry::Sight;

/// A name inside makes nothing of a tunnel to a bare address.
void Session::see(Sight sight) {
  if (tx_.sight != Sight::address) tx_.sight = sight;
}

void Session::see(const categories::Host& name, tls::EchState ech) {
  if (name.is_literal())
    see(Sight::address);
  else if (ech == tls::EchState::absent)
    see(Sight::name);
  else
    see(rules::is_ech_cover(name) ? Sight::ech_cover : Sight::name_with_ech);
}

void Session::count_connection(Seen judged) {
  const auto way = interception_ ? telemetry::Way::intercepted
                   : server_     ? telemetry::Way::asked_by_tls
                                 : telemetry::Way::asked;
  const auto bit = 1U << (2 * static_cast<unsigned>(*tx_.sight) + (judged == Seen::blocked ? 1U : 0U));
  auto& sightings = worker_.sightings();
  if ((sights_ & bit) == 0) sightings.add(way, *tx_.sight, judged);
  sights_ |= bit;
  const auto now = moved();
  if (now.up > seen_.up) sightings.add(way, *tx_.sight, Seen::bytes_up, now.up - seen_.up);
  if (now.down > seen_.down) sightings.add(way, *tx_.sight, Seen::bytes_down, now.down - seen_.down);
  seen_ = now;
}

/// A tunnel may be open for days: it counts from its opening on, and its bytes as they flow.
void Session::count_sight() {
  const bool is_open = relay_ || (origin_ && tx_.scheme == "http");
  if (is_open && tx_.sight && !mark_) count_connection(Seen::allowed);
}

/// What a sentence ended had been let through until then.
void Session::count_sight_at_end() {
  if (!tx_.sight || mark_) return;
  const bool blocked = tx_.verdict.action == rules::Action::block && !sentence_;
  count_connection(blocked ? Seen::blocked : Seen::allowed);
}

}  // namespace breakwater::app

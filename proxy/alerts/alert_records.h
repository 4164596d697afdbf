#pragma once

#include <string>

#include "proxy/alerts/outbox.h"
#include "proxy/safeguarding/record.h"
#include "proxy/safeguarding/store.h"

/// What the chain of records knows of alerts.
namespace breakwater::alerts {

/// What has become of a message. Who got it is sealed: a name in the policy may be a person's.
safeguarding::Entry to_entry(std::string_view state, const Letter& letter, Milliseconds now);

/// Somebody has taken notice of an incident. `by` may be a person's name, and is sealed.
safeguarding::Entry acknowledgement(const std::string& reference, const std::string& by, Milliseconds now);

/// Has somebody acknowledged it, decided on it, or looked at its names? An error counts as no: then one more is told.
bool is_seen(safeguarding::Store& store, const std::string& reference);

/// Is there an episode of that reference?
std::optional<safeguarding::StoreError> find_episode(safeguarding::Store& store, const std::string& reference,
                                                     bool& found);

}  // namespace breakwater::alerts

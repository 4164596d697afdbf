#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "proxy/reports/document.h"
#include "proxy/safeguarding/day_keys.h"
#include "proxy/safeguarding/store.h"
#include "rules/policy.h"

namespace breakwater::cli {

/// Whose data it is.
struct DataSubject {
  std::string key;        ///< rules::person_key()
  std::string pseudonym;  ///< what stands for it
  /// "user", "device", "address"; and what stands behind the colon.
  std::string kind() const { return key.substr(0, key.find(':')); }
  std::string name() const { return key.substr(key.find(':') + 1); }
};

/// Is this a line of the access log about them? It names an account and an address, never a device: what is known of a
/// device has its pseudonym.
bool is_log_line_of(const DataSubject& subject, std::string_view line);

/// What is held for one purpose.
struct Holding {
  std::string title;
  std::string purpose;
  rules::Retention::Age rules::Retention::*age = nullptr;  ///< how long; nullptr: `kept` says it
  std::string kept;
  nlohmann::ordered_json items = nlohmann::ordered_json::array();
};

/// Reads all of it; what cannot be read is put into `errors`. With an `opener`, whose use has been recorded, sealed
/// parts are opened. Of records about somebody's episodes only what happened is in it: who acted and what they wrote
/// may name others.
std::vector<Holding> read_holdings(const DataSubject& subject, const std::filesystem::path& state,
                                   const std::filesystem::path& log, safeguarding::Store* store,
                                   safeguarding::Opener* opener, std::vector<std::string>& errors);

/// In words, to be handed out once the safeguarding lead has read it.
reports::Document to_document(const std::vector<Holding>& holdings, const DataSubject& subject,
                              const rules::Policy& policy, rules::SysSeconds made);
nlohmann::ordered_json to_json(const std::vector<Holding>& holdings, const DataSubject& subject,
                               const rules::Policy& policy, rules::SysSeconds made);

}  // namespace breakwater::cli

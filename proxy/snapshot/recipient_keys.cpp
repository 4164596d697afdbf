#include "proxy/snapshot/recipient_keys.h"

#include "proxy/alerts/certificate.h"
#include "proxy/safeguarding/key_file.h"
#include "proxy/snapshot/loader.h"

namespace breakwater::snapshot {

std::vector<std::filesystem::path> read_recipient_keys(std::vector<rules::Recipient>& recipients,
                                                       std::chrono::sys_seconds now,
                                                       categories::Diagnostics& diagnostics) {
  using categories::Severity;
  std::vector<std::filesystem::path> files;
  for (auto& recipient : recipients) {
    if (!recipient.certificate.empty()) {
      files.push_back(recipient.certificate);
      if (const auto certificate = alerts::Certificate::load(recipient.certificate, now); !certificate)
        diagnostics.push_back({Severity::warning, recipient.certificate.string(), 0, 0,
                               "the certificate of \"" + recipient.name + "\" is not used: " + certificate.error() +
                                   "; messages come plain and without names"});
    }
    if (recipient.key.empty()) {
      if (recipient.names)
        diagnostics.push_back({Severity::warning, "recipient \"" + recipient.name + "\"", 0, 0,
                               "it has no key, and cannot learn names: make one with breakwater keys new"});
      continue;
    }
    files.push_back(recipient.key);
    std::string error;
    const auto text = read_file(recipient.key, error);
    if (!text) {
      diagnostics.push_back({Severity::error, recipient.key.string(), 0, 0, "cannot be read: " + error});
    } else if (const auto key = safeguarding::parse_public_key(*text, error)) {
      recipient.public_key = key->key;
    } else {
      diagnostics.push_back(
          {Severity::error, recipient.key.string(), 0, 0, "the key of \"" + recipient.name + "\" " + error});
    }
  }
  return files;
}

}  // namespace breakwater::snapshot

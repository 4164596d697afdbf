#include "proxy/cli/verify.h"

#include <iostream>

#include <nlohmann/json.hpp>

#include "proxy/cli/terminal.h"
#include "proxy/cli/verification.h"
#include "proxy/safeguarding/bundle.h"
#include "proxy/safeguarding/private_file.h"
#include "proxy/safeguarding/verify.h"

namespace breakwater::cli {
namespace {

int verify_bundle(const VerifyOptions& options) {
  std::string error;
  const auto text = safeguarding::read_private(options.bundle, safeguarding::kMaxBundle, error);
  if (!text) return fail(options.bundle.string() + ": " + (error.empty() ? "there is no such file" : error));
  const auto bundle = safeguarding::read_bundle(*text, error);
  const auto signer =
      bundle ? safeguarding::crypto::to_text(safeguarding::crypto::view(bundle->signer)) : std::string();
  if (options.output == Output::json) {
    nlohmann::ordered_json json{{"ok", error.empty()}};
    if (bundle)
      json.update({{"records", bundle->records.size()}, {"signer", signer}});
    else
      json["fault"] = {{"record", 0}, {"message", error}};
    std::cout << json.dump() << '\n';
  } else if (bundle) {
    std::cout << bundle->records.size() << " records about " << bundle->about << ", made " << utc_text(bundle->made)
              << " for " << bundle->by << "\nsigned by " << signer
              << " (compare with chain.pub of the gateway)\nevery record is as it was exported\n";
  }
  return bundle ? 0 : fail(options.bundle.string() + ": " + error, kWrong);
}

}  // namespace

int verify(const VerifyOptions& options) {
  if (!options.bundle.empty()) return verify_bundle(options);
  const auto heads = heads_in(options.head);
  if (!heads) return kUsage;
  std::string error;
  const auto found = safeguarding::verify_state(options.state, *heads, error);
  if (!found) return fail(options.state.string() + ": " + error);
  if (options.output == Output::json)
    std::cout << verification_json(*found).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  else
    print_verification(*found);
  std::cout << std::flush;
  return found->fault ? fail(found->fault->message, kWrong) : 0;
}

}  // namespace breakwater::cli

#include "proxy/cli/policy_check.h"

#include <iostream>

#include "categories/canary.h"
#include "proxy/cli/terminal.h"
#include "proxy/snapshot/loader.h"
#include "proxy/telemetry/access_log.h"

namespace breakwater::cli {
namespace {

void print_json(const categories::Diagnostic& diagnostic) {
  std::string out = "{\"file\":";
  telemetry::append_json_string(out, diagnostic.file);
  out += ",\"line\":" + std::to_string(diagnostic.line) + ",\"column\":" + std::to_string(diagnostic.column);
  out += diagnostic.severity == categories::Severity::error ? ",\"severity\":\"error\"" : ",\"severity\":\"warning\"";
  out += ",\"message\":";
  telemetry::append_json_string(out, diagnostic.message);
  std::cout << out << "}\n";
}

}  // namespace

int policy_check(const std::filesystem::path& policy, const std::filesystem::path& state, Output output) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(policy, error)) {
    std::cerr << "breakwater: " << policy.string() << ": no such file\n";
    return 2;
  }
  snapshot::LoadRequest request;
  request.policy = policy;
  request.state = state;
  request.now = now();
  const auto loaded = snapshot::look(request);
  std::size_t errors = 0;
  for (const auto& diagnostic : loaded.diagnostics) {
    errors += diagnostic.severity == categories::Severity::error ? 1 : 0;
    output == Output::json ? print_json(diagnostic) : void(std::cout << to_string(diagnostic) << '\n');
  }
  if (output == Output::text) {
    const auto warnings = loaded.diagnostics.size() - errors;
    std::cout << policy.string() << ": " << errors << (errors == 1 ? " error, " : " errors, ") << warnings
              << (warnings == 1 ? " warning" : " warnings");
    if (loaded.snapshot)
      std::cout << "; " << loaded.snapshot->policy.groups.size() << " groups, " << loaded.snapshot->policy.rules.size()
                << " rules, " << loaded.entries << " entries in "
                << categories::count_real(loaded.snapshot->catalogue->lists()) << " lists";
    std::cout << '\n';
  }
  return loaded.snapshot ? 0 : 1;
}

}  // namespace breakwater::cli

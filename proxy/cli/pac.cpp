#include "proxy/cli/pac.h"

#include <iostream>

#include "proxy/auth/pac.h"
#include "proxy/cli/terminal.h"
#include "proxy/snapshot/loader.h"
#include "proxy/snapshot/settings.h"

namespace breakwater::cli {

int pac(const std::filesystem::path& config) {
  std::string error;
  const auto text = snapshot::read_file(config, error);
  if (!text) return fail(config.string() + ": cannot be read: " + error);
  categories::Diagnostics diagnostics;
  const auto settings = snapshot::parse_settings(*text, config, diagnostics);
  print_errors(diagnostics);
  if (categories::has_errors(diagnostics)) return kWrong;
  if (settings.pac_host.empty()) return fail("proxy.pac.host does not say how clients call the gateway");
  std::cout << auth::pac_text({settings.pac_host, snapshot::port_of(settings.tls_listen),
                               snapshot::port_of(settings.listen), settings.pac_direct});
  return 0;
}

}  // namespace breakwater::cli

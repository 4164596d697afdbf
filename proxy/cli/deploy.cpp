#include "proxy/cli/deploy.h"

#include <fstream>
#include <iostream>
#include <optional>

#include <fmt/format.h>

#include "categories/file.h"
#include "categories/sha256.h"
#include "proxy/cli/listed_hosts.h"
#include "proxy/cli/terminal.h"
#include "proxy/deploy/counters.h"
#include "proxy/deploy/dnsmasq.h"
#include "proxy/deploy/nft_command.h"
#include "proxy/deploy/nftables.h"
#include "proxy/deploy/unbound.h"
#include "proxy/snapshot/loader.h"
#include "proxy/snapshot/settings.h"

namespace breakwater::cli {
namespace {

// Where the gateway intercepts as long as its settings do not say so: nothing listens there, and nothing gets out.
constexpr std::uint16_t kInterceptHttp = 3129;
constexpr std::uint16_t kInterceptTls = 3130;

std::uint16_t port_or(const std::vector<std::string>& endpoints, std::uint16_t usual) {
  const auto port = snapshot::port_of(endpoints);
  return port != 0 ? port : usual;
}

std::optional<std::string> read(const std::filesystem::path& file) {
  std::string error;
  auto text = snapshot::read_file(file, error);
  if (!text) fail(file.string() + ": cannot be read: " + error);
  return text;
}

std::string source_line(const std::filesystem::path& file, std::string_view text) {
  constexpr std::size_t kDigits = 16;
  categories::Sha256 sum;
  sum.update(text);
  return fmt::format("{}, SHA-256 {}...", file.filename().string(), sum.hex().substr(0, kDigits));
}

/// What the settings say of the site; what they lack has been told.
std::optional<deploy::Site> site_of(const DeployOptions& options) {
  const auto text = read(options.config);
  if (!text) return std::nullopt;
  categories::Diagnostics diagnostics;
  const auto settings = snapshot::parse_settings(*text, options.config, diagnostics);
  print_errors(diagnostics);
  if (categories::has_errors(diagnostics)) return std::nullopt;
  if (settings.deploy_interfaces.empty() || settings.deploy_addresses.empty()) {
    fail("deploy.interfaces and deploy.addresses do not say where the Wi-Fi is");
    return std::nullopt;
  }
  deploy::Site site;
  site.interfaces = settings.deploy_interfaces;
  site.addresses = settings.deploy_addresses;
  site.resolvers = settings.deploy_resolvers;
  site.direct = settings.deploy_direct;
  site.pac_host = settings.pac_host;
  site.proxy_port = snapshot::port_of(settings.listen);
  site.tls_proxy_port = snapshot::port_of(settings.tls_listen);
  site.intercept_http_port = port_or(settings.intercept_http, kInterceptHttp);
  site.intercept_tls_port = port_or(settings.intercept_tls, kInterceptTls);
  if (settings.intercept_mode == net::Redirection::tproxy) site.interception = deploy::Site::Interception::tproxy;
  if (!options.policy.empty()) {
    const auto policy = read(options.policy);
    if (!policy) return std::nullopt;
    site.made_from.push_back(source_line(options.policy, *policy));
  }
  site.made_from.push_back(source_line(options.config, *text));
  return site;
}

class Addresses : public lists::HostTaker {
 public:
  void block(const categories::Host&) override {}
  void pass(const categories::Host&) override {}
  void network(const categories::Network& network) override { all.push_back(network); }
  std::vector<categories::Network> all;
};

std::optional<std::vector<categories::Network>> encrypted_dns(const DeployOptions& options, deploy::Site& site) {
  const InForceSource source{options.policy, options.config, options.state, {}};
  const auto snapshot = load_in_force(source);
  const auto wanted = snapshot ? wanted_categories(*snapshot, {"circumvention/doh"}) : std::nullopt;
  if (!wanted) return std::nullopt;
  Addresses addresses;
  if (!listed_hosts(source, *snapshot, *wanted, {}, addresses)) return std::nullopt;
  site.made_from.push_back(fmt::format("{} addresses of encrypted DNS in the lists", addresses.all.size()));
  return std::move(addresses.all);
}

int nft_failed(const deploy::NftRun& run, std::string_view what) {
  std::cerr << run.error;
  return fail(what);
}

bool write_file(const std::filesystem::path& file, std::string_view text) {
  auto fresh = file;
  fresh += ".new";
  std::ofstream out(fresh, std::ios::binary);
  out << text;
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(fresh, file, error);
  return out && !error;
}

}  // namespace

int deploy_nftables(const DeployOptions& options) {
  auto site = site_of(options);
  if (!site) return kUsage;
  const auto addresses = encrypted_dns(options, *site);
  if (!addresses) return kUsage;
  const auto text = options.part == DeployOptions::Part::rules ? deploy::nftables_rules(*site, *addresses)
                                                               : deploy::nftables_elements(*site, *addresses);
  if (options.step != DeployOptions::Step::print_unchecked) {
    const std::vector<std::string> check{"-c", "-f", "-"};
    if (const auto run = deploy::run_nft(check, text); run.code != 0)
      return nft_failed(run, "nft refuses the rules: nothing is printed or changed");
  }
  if (options.step != DeployOptions::Step::apply) {
    std::cout << text;
    return 0;
  }
  const std::vector<std::string> load{"-f", "-"};
  if (const auto run = deploy::run_nft(load, text); run.code != 0)
    return nft_failed(run, "nft did not load the rules: those before still hold");
  return 0;
}

int deploy_counters(const DeployOptions& options) {
  const std::vector<std::string> list{"-j", "list", "counters", "table", "inet", "breakwater"};
  const auto run = deploy::run_nft(list, "");
  if (run.code != 0) return nft_failed(run, "nft has no counters to show: are the rules loaded?");
  std::string error;
  const auto values = deploy::parse_counters(run.output, error);
  if (!error.empty()) return fail(error);
  const auto known = deploy::known_counters();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto& value = values[i];
    std::cout << (options.output == Output::json ? fmt::format("{{\"counter\":\"{}\",\"packets\":{},\"bytes\":{}}}\n",
                                                               value.name, value.packets, value.bytes)
                                                 : fmt::format("{:12} {:14}  {:22}  {}\n", value.packets, value.bytes,
                                                               value.name, known[i].meaning));
  }
  return 0;
}

int deploy_unbound(const DeployOptions& options) {
  const auto site = site_of(options);
  if (!site) return kUsage;
  const auto snapshot = load_in_force({options.policy, options.config, options.state, {}});
  if (!snapshot) return kUsage;
  std::error_code error;
  const auto folder = std::filesystem::absolute(options.out, error);
  std::filesystem::create_directories(folder, error);
  const auto zone = options.rpz.empty() ? options.rpz : std::filesystem::absolute(options.rpz, error);
  for (const auto& file : deploy::unbound_files(*site, snapshot->policy, folder, zone)) {
    if (!write_file(folder / file.name, file.text))
      return fail((folder / file.name).string() + ": cannot be written: " + categories::last_error());
    std::cout << (folder / file.name).string() << '\n';
  }
  return 0;
}

int deploy_dnsmasq(const DeployOptions& options) {
  const auto site = site_of(options);
  if (!site) return kUsage;
  std::cout << deploy::dnsmasq_text(*site);
  return 0;
}

int deploy_dhcp(const DeployOptions& options) {
  const auto site = site_of(options);
  if (!site) return kUsage;
  std::cout << deploy::dhcp_text(*site, options.dhcp);
  return 0;
}

}  // namespace breakwater::cli

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "categories/diagnostic.h"
#include "proxy/alerts/dispatcher.h"
#include "proxy/deploy/direct.h"
#include "proxy/net/redirection.h"
#include "proxy/safeguarding/central_options.h"
#include "rules/gate.h"

namespace breakwater::snapshot {

using std::chrono::milliseconds;

/// Are passwords taken on a connection that all can listen to?
enum class PlainAuth : std::uint8_t { refuse, allow };

/// What `--config` sets, sealed at start. Names, defaults, bounds and descriptions stand in one table (settings.cpp),
/// from which the parser and the operator's table (`breakwater settings`) come.
struct Settings {
  std::vector<std::string> listen;
  std::vector<std::string> tls_listen;
  std::vector<categories::Network> balancers;
  std::vector<std::string> intercept_http;
  std::vector<std::string> intercept_tls;
  net::Redirection intercept_mode = net::Redirection::redirect;
  std::uint64_t intercept_mark = 0;
  std::filesystem::path tls_certificate;
  std::filesystem::path tls_key;
  std::filesystem::path auth_users;
  std::vector<std::string> auth_helper;
  bool auth_channels = false;
  std::uint64_t auth_helpers = 0;
  milliseconds auth_timeout{};
  milliseconds auth_remember{};
  milliseconds auth_idle{};
  PlainAuth auth_plain = PlainAuth::refuse;
  std::string pac_host;
  std::vector<std::string> pac_direct;
  std::uint64_t threads = 0;
  std::uint64_t connections = 0;
  std::uint64_t connections_per_client = 0;
  std::uint64_t head_bytes = 0;
  std::uint64_t head_fields = 0;
  milliseconds drain{};
  milliseconds head{};
  milliseconds connect{};
  milliseconds hello{};
  milliseconds idle{};
  milliseconds origin{};
  milliseconds stall{};
  milliseconds tunnel_idle{};
  milliseconds lifetime{};
  milliseconds record{};
  rules::Gate gate;
  std::vector<std::string> dns_servers;
  std::filesystem::path dns_hosts;
  milliseconds dns_timeout{};
  /// A RADIUS client, and the file that holds the secret shared with it.
  struct RadiusClient {
    categories::Network network;
    std::filesystem::path secret;
  };
  std::filesystem::path identity_register;
  std::filesystem::path identity_dnsmasq_leases;
  std::filesystem::path identity_kea_leases4;
  std::filesystem::path identity_kea_leases6;
  bool identity_neighbours = false;
  std::string radius_listen;
  std::vector<RadiusClient> radius_clients;
  milliseconds radius_silence{};
  std::string smtp_url;
  std::string smtp_from;
  std::string smtp_user;
  std::filesystem::path smtp_password_file;
  std::filesystem::path smtp_ca;
  alerts::Tls smtp_tls = alerts::Tls::required;
  milliseconds smtp_timeout{};
  milliseconds smtp_retry{};
  std::uint64_t alerts_per_hour = 0;
  rules::Concern alerts_least = rules::Concern::none;
  milliseconds alerts_escalate_after{};
  std::string store_central;  ///< "": there is no central store
  std::filesystem::path store_password_file;
  std::string store_gateway;
  milliseconds store_connect{};
  milliseconds store_timeout{};
  milliseconds store_retry{};
  std::string metrics_listen;
  std::vector<int> selftest_at;  ///< minutes from midnight
  milliseconds selftest_after_change{};
  std::filesystem::path log_file;
  std::uint64_t log_rotate_bytes = 0;
  std::uint64_t log_keep = 0;
  std::vector<std::string> deploy_interfaces;
  std::vector<categories::IpAddress> deploy_addresses;
  std::vector<categories::IpAddress> deploy_resolvers;
  std::vector<deploy::Direct> deploy_direct;
};

/// Of the first of ADDR:PORT; 0 where there is none.
std::uint16_t port_of(const std::vector<std::string>& endpoints);

/// The defaults alone.
Settings default_settings();

/// Every mistake goes to `diagnostics` with line and column; what is wrong keeps its default. Paths are relative to the
/// file.
Settings parse_settings(std::string_view text, const std::filesystem::path& file, categories::Diagnostics& diagnostics);

/// What `smtp.*` and `alerts.*` set, for who sends.
alerts::SmtpOptions smtp_options(const Settings& settings);
alerts::DispatcherOptions alert_options(const Settings& settings);
/// What `store.*` sets, for who reaches the central store.
safeguarding::CentralOptions central_options(const Settings& settings);

/// The table as Markdown: name, default, bounds, what it does.
std::string settings_table();

}  // namespace breakwater::snapshot

#include <algorithm>
#include <limits>
#include <optional>

#include "categories/host.h"
#include "categories/ip_address.h"
#include "proxy/dns/resolver.h"
#include "proxy/snapshot/setting_readers.h"
#include "rules/civil_time.h"
#include "rules/recipient.h"

namespace breakwater::snapshot {
namespace {

/// "ADDR FILE" or "ADDR/PREFIX FILE"
std::string add_radius_client(const std::string& text, Settings& out) {
  const auto space = text.find(' ');
  const auto network = categories::Network::parse(std::string_view(text).substr(0, space));
  const auto file = space == std::string::npos ? text.size() : text.find_first_not_of(' ', space);
  if (!network || file >= text.size()) return quote(text) + " is not ADDR FILE, as \"10.20.0.2 radius.secret\"";
  out.radius_clients.push_back({*network, text.substr(file)});
  return {};
}

std::string read_smtp_url(const toml::node& node, Settings& out) {
  const auto* text = node.as_string();
  if (!text) return expected("a URL in quotes, as \"smtp://mail.example.org:587\"");
  std::string_view rest = text->get();
  const bool is_url = rest.starts_with("smtp://") || rest.starts_with("smtps://");
  rest.remove_prefix(std::min(rest.size(), rest.find("://") + 3));
  const auto host = rest.substr(0, rest.rfind(':'));
  const bool is_host = host.starts_with('[') || categories::normalise_host(host, categories::HostSource::person);
  if (!text->get().empty() && (!is_url || !is_host || rest.find_first_of("/@ ") != std::string_view::npos))
    return expected("smtp://HOST:PORT or smtps://HOST:PORT, without name and password");
  out.smtp_url = text->get();
  return {};
}

std::string read_sender(const toml::node& node, Settings& out) {
  const auto* text = node.as_string();
  if (!text) return expected("an address in quotes");
  if (!text->get().empty() && !rules::is_mail_address(text->get())) return quote(text->get()) + " is no address";
  out.smtp_from = text->get();
  return {};
}

std::string read_user(const toml::node& node, Settings& out) {
  const auto* text = node.as_string();
  if (!text) return expected("a name in quotes");
  out.smtp_user = text->get();
  return {};
}

std::string read_database(const toml::node& node, Settings& out) {
  const auto* text = node.as_string();
  if (!text) return expected("a connection string in quotes");
  if (!text->get().empty())
    if (auto wrong = safeguarding::check_database(text->get()); !wrong.empty()) return wrong;
  out.store_central = text->get();
  return {};
}

std::string read_gateway(const toml::node& node, Settings& out) {
  constexpr std::size_t kMost = 64;
  const auto* text = node.as_string();
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7f; };
  if (!text || text->get().size() > kMost || !std::all_of(text->get().begin(), text->get().end(), is_plain))
    return expected("a name in quotes, of 64 ASCII characters at most");
  out.store_gateway = text->get();
  return {};
}

std::string add_local_name(const std::string& text, Settings& out) {
  const auto host = categories::normalise_host(text, categories::HostSource::person);
  if (!host || host->is_literal()) return quote(text) + " is no name, as \"intranet.example.org\"";
  out.pac_direct.emplace_back(host->text());
  return {};
}

std::string add_interface(const std::string& text, Settings& out) {
  constexpr std::size_t kMost = 15;  // IFNAMSIZ, without its end
  const bool is_plain = std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
  if (text.empty() || text.size() > kMost || !is_plain) return quote(text) + " is no interface, as \"wlan0\"";
  out.deploy_interfaces.push_back(text);
  return {};
}

std::string add_direct(const std::string& text, Settings& out) {
  const auto direct = deploy::parse_direct(text);
  if (!direct) return quote(text) + " is not PROTOCOL/PORTS NETWORK, as \"udp/3478-3481 52.112.0.0/14\"";
  out.deploy_direct.push_back(*direct);
  return {};
}

std::string read_ports(const toml::node& node, Settings& out) {
  const auto* array = node.as_array();
  if (!array) return expected("a list of port numbers");
  out.gate.connect_ports.clear();
  for (const auto& element : *array) {
    const auto* value = element.as_integer();
    if (!value || value->get() < 1 || value->get() > 65535) return expected("port numbers from 1 to 65535");
    out.gate.connect_ports.push_back(static_cast<std::uint16_t>(value->get()));
  }
  return {};
}

std::string read_times(const toml::node& node, Settings& out) {
  const auto* array = node.as_array();
  if (!array) return expected("a list of times, as \"07:30\"");
  out.selftest_at.clear();
  for (const auto& element : *array) {
    const auto* text = element.as_string();
    const auto minutes = text ? rules::parse_clock(text->get()) : std::nullopt;
    if (!minutes) return expected("times of day, as \"07:30\"");
    out.selftest_at.push_back(*minutes);
  }
  return {};
}

}  // namespace

const std::vector<Setting>& settings_list() {
  using rules::Choice;
  using rules::SniMismatch;
  using std::chrono::hours;
  using std::chrono::seconds;
  constexpr milliseconds kLeast{10};
  constexpr milliseconds kMost = hours(24 * 7);
  static const std::vector<Setting> settings{
      {"proxy.listen", "[\"127.0.0.1:3128\"]", "ADDR:PORT", "where clients connect; `--listen` wins",
       endpoints(&Settings::listen)},
      {"proxy.tls.listen", "[]", "ADDR:PORT", "where clients connect by TLS, to an HTTPS proxy",
       endpoints(&Settings::tls_listen)},
      {"proxy.tls.certificate", "\"\"", "a PEM file", "certificate of the TLS proxy and the chain above it; watched",
       path(&Settings::tls_certificate)},
      {"proxy.tls.key", "\"\"", "a PEM file", "its key, without a passphrase; watched", path(&Settings::tls_key)},
      {"proxy.balancers", "[]", "ADDR/PREFIX",
       "who passes connections of clients on to these (HAProxy): each must begin with a PROXY header, version 1 or 2, "
       "which says the client, and only from there one is understood",
       networks([](Settings & out) -> auto& { return out.balancers; })},
      {"proxy.auth.users", "\"\"", "a file", "accounts that may sign in: see `breakwater user add`; watched",
       path(&Settings::auth_users)},
      {"proxy.auth.helper", "[]", "program and arguments",
       "who knows the other accounts: a basic authentication helper as squid has them, by its full path",
       strings(
           "words",
           [](const std::string& text, Settings& out) -> std::string {
             if (out.auth_helper.empty() && !text.starts_with('/')) return quote(text) + " is no full path";
             out.auth_helper.push_back(text);
             return {};
           },
           [](Settings& out) { out.auth_helper.clear(); })},
      {"proxy.auth.channels", "false", "true, false",
       "the helper wants a channel number before each question (`concurrency` of squid)",
       flag(&Settings::auth_channels)},
      {"proxy.auth.helpers", "2", "1 to 32", "processes of the helper", number(&Settings::auth_helpers, 1, 32)},
      {"proxy.auth.timeout", "\"10s\"", "10ms to 60s", "for an answer of the helper",
       duration(&Settings::auth_timeout, kLeast, seconds(60))},
      {"proxy.auth.remember", "\"5m\"", "1s to 12h", "that a right password is not asked about again",
       duration(&Settings::auth_remember, seconds(1), hours(12))},
      {"proxy.auth.idle", "\"10m\"", "1s to 12h", "without a request with credentials; then the address is nobody's",
       duration(&Settings::auth_idle, seconds(1), hours(12))},
      {"proxy.auth.plain", "\"refuse\"", "refuse, allow", "passwords on connections without TLS, for all to hear",
       [](const toml::node& node, Settings& out) -> std::string {
         const auto* text = node.as_string();
         if (!text || (text->get() != "refuse" && text->get() != "allow")) return expected("\"refuse\" or \"allow\"");
         out.auth_plain = text->get() == "allow" ? PlainAuth::allow : PlainAuth::refuse;
         return {};
       }},
      {"proxy.pac.host", "\"\"", "a name", "the gateway's name for clients, in the PAC file and on pages",
       [](const toml::node& node, Settings& out) -> std::string {
         const auto* text = node.as_string();
         if (!text) return expected("a name in quotes");
         const auto host = categories::normalise_host(text->get(), categories::HostSource::person);
         if (!text->get().empty() && !host) return quote(text->get()) + " is no host";
         out.pac_host = host ? std::string(host->text()) : std::string();
         return {};
       }},
      {"proxy.pac.direct", "[]", "names", "local names that browsers reach without the gateway, with all below them",
       strings("names", add_local_name, [](Settings& out) { out.pac_direct.clear(); })},
      {"proxy.threads", "0", "0 to 256", "workers, each with its own queue of connections; 0: one per core",
       number(&Settings::threads, 0, 256)},
      {"proxy.connections", "20000", "1 to 1000000", "client connections in all; one more is closed at once",
       number(&Settings::connections, 1, 1'000'000)},
      {"proxy.connections_per_client", "256", "1 to 1000000", "client connections from one address",
       number(&Settings::connections_per_client, 1, 1'000'000)},
      {"proxy.head_bytes", "\"32KiB\"", "1KiB to 1MiB", "size of a request or response head; more is answered 431",
       size(&Settings::head_bytes, 1024, 1 << 20)},
      {"proxy.head_fields", "100", "8 to 1000", "fields in a head; more is answered 431",
       number(&Settings::head_fields, 8, 1000)},
      {"proxy.drain", "\"10s\"", "10ms to 168h", "time that open requests and tunnels have after SIGTERM",
       duration(&Settings::drain, kLeast, kMost)},
      {"proxy.deadline.head", "\"30s\"", "10ms to 168h",
       "from its first byte (or the connection) to the end of a request head",
       duration(&Settings::head, kLeast, kMost)},
      {"proxy.deadline.connect", "\"10s\"", "10ms to 168h", "to connect to an origin, all its addresses together",
       duration(&Settings::connect, kLeast, kMost)},
      {"proxy.deadline.hello", "\"10s\"", "10ms to 168h", "from the answer to CONNECT to the end of the ClientHello",
       duration(&Settings::hello, kLeast, kMost)},
      {"proxy.deadline.idle", "\"120s\"", "10ms to 168h", "between two requests of a kept-alive connection",
       duration(&Settings::idle, kLeast, kMost)},
      {"proxy.deadline.origin", "\"60s\"", "10ms to 168h", "for an origin to begin its answer",
       duration(&Settings::origin, kLeast, kMost)},
      {"proxy.deadline.stall", "\"60s\"", "10ms to 168h", "without a byte moving in a body, either way",
       duration(&Settings::stall, kLeast, kMost)},
      {"proxy.deadline.tunnel_idle", "\"15m\"", "10ms to 168h", "without a byte moving in a tunnel",
       duration(&Settings::tunnel_idle, kLeast, kMost)},
      {"proxy.deadline.lifetime", "\"24h\"", "10ms to 168h", "of a client connection, whatever it does",
       duration(&Settings::lifetime, kLeast, kMost)},
      {"proxy.deadline.record", "\"5s\"", "10ms to 168h",
       "for the record of a blocked attempt to be on disk; then the answer is 503, still blocked",
       duration(&Settings::record, kLeast, kMost)},
      {"proxy.connect.ports", "[443]", "1 to 65535", "ports that CONNECT may name", read_ports},
      {"proxy.connect.no_sni", "\"block\"", "block, allow", "a ClientHello without a server name",
       choice(&rules::Gate::no_sni, "block", Choice::block, "allow", Choice::allow)},
      {"proxy.connect.not_tls", "\"block\"", "block, allow", "bytes in a tunnel that are no ClientHello",
       choice(&rules::Gate::not_tls, "block", Choice::block, "allow", Choice::allow)},
      {"proxy.connect.malformed", "\"block\"", "block, allow",
       "a ClientHello that is malformed, too large, or never ends",
       choice(&rules::Gate::malformed, "block", Choice::block, "allow", Choice::allow)},
      {"proxy.connect.address_literal", "\"block\"", "block, allow", "CONNECT to an address instead of a name",
       choice(&rules::Gate::address_literal, "block", Choice::block, "allow", Choice::allow)},
      {"proxy.connect.sni_mismatch", "\"judge-both\"", "judge-both, block",
       "a server name that is not the authority: both must be allowed, or refused at once",
       choice(&rules::Gate::sni_mismatch, "judge-both", SniMismatch::judge_both, "block", SniMismatch::block)},
      {"intercept.http", "[]", "ADDR:PORT",
       "where nftables brings plain HTTP that was on its way elsewhere, as \"0.0.0.0:3129\" and \"[::]:3129\"",
       endpoints(&Settings::intercept_http)},
      {"intercept.tls", "[]", "ADDR:PORT", "the same for TLS, as \"0.0.0.0:3130\" and \"[::]:3130\"",
       endpoints(&Settings::intercept_tls)},
      {"intercept.mode", "\"redirect\"", "redirect, tproxy",
       "how it is brought: by address translation (nftables `redirect`), or without (`tproxy`; needs CAP_NET_ADMIN)",
       word<net::Redirection>(&Settings::intercept_mode,
                              {{"redirect", net::Redirection::redirect}, {"tproxy", net::Redirection::tproxy}})},
      {"intercept.mark", "0x42", "0 to 0xffffffff",
       "mark on connections to origins while anything is intercepted, so that rules can spare them (needs "
       "CAP_NET_ADMIN); 0: none",
       number(&Settings::intercept_mark, 0, 0xffffffff)},
      {"intercept.nameless", "\"block\"", "block, listed",
       "what names no site (no SNI, no Host, an address, neither HTTP nor TLS): to its address where allow list, "
       "essential hosts or a pass name that, or nowhere",
       choice(&rules::Gate::nameless, "block", rules::Nameless::block, "listed", rules::Nameless::listed)},
      {"intercept.ech", "\"block\"", "block, allow",
       "a ClientHello whose server name only covers the one that is encrypted in it (cloudflare-ech.com), also in "
       "CONNECT",
       choice(&rules::Gate::ech, "block", Choice::block, "allow", Choice::allow)},
      {"dns.servers", "[]", "ADDR or ADDR:PORT", "resolvers; none: those of /etc/resolv.conf",
       strings(
           "addresses",
           [](const std::string& text, Settings& out) -> std::string {
             if (!dns::Resolver::valid_server(text)) return quote(text) + " is not ADDR or ADDR:PORT";
             out.dns_servers.push_back(text);
             return {};
           },
           [](Settings& out) { out.dns_servers.clear(); })},
      {"dns.hosts", "\"\"", "a file", "names with fixed addresses, in hosts-file syntax; they win over the servers",
       path(&Settings::dns_hosts)},
      {"dns.timeout", "\"5s\"", "10ms to 60s", "for an answer of the resolvers",
       duration(&Settings::dns_timeout, kLeast, seconds(60))},
      {"dns.allow_private", "[]", "ADDR/PREFIX",
       "networks that may be dialled although they are private, loopback, link-local, multicast or the gateway's own",
       networks([](Settings & out) -> auto& { return out.gate.allow_private; })},
      {"identity.register", "\"\"", "a CSV file",
       "register of devices: MAC,name,owner (pool laptop, byod, console, guest), and perhaps group and person",
       path(&Settings::identity_register)},
      {"identity.dnsmasq_leases", "\"\"", "a file", "leases of dnsmasq: which device has an address",
       path(&Settings::identity_dnsmasq_leases)},
      {"identity.kea_leases4", "\"\"", "a CSV file", "DHCPv4 leases of Kea (memfile)",
       path(&Settings::identity_kea_leases4)},
      {"identity.kea_leases6", "\"\"", "a CSV file", "DHCPv6 leases of Kea (memfile)",
       path(&Settings::identity_kea_leases6)},
      {"identity.neighbours", "false", "true, false",
       "use the kernel's neighbour table, where clients are on the gateway's own network",
       flag(&Settings::identity_neighbours)},
      {"identity.radius.listen", "\"\"", "ADDR:PORT", "RADIUS accounting by UDP (the usual port is 1813); empty: none",
       endpoint(&Settings::radius_listen)},
      {"identity.radius.clients", "[]", "ADDR FILE",
       "who may send accounting: an address or network, and a file with the secret shared with it",
       strings("ADDR FILE", add_radius_client, [](Settings& out) { out.radius_clients.clear(); })},
      {"identity.radius.silence", "\"2h\"", "1m to 168h",
       "a session not heard of for so long is over; three times what access points take between two Interim-Updates",
       duration(&Settings::radius_silence, std::chrono::minutes(1), kMost)},
      {"smtp.url", "\"\"", "smtp://HOST:PORT, smtps://HOST:PORT",
       "the mail server that takes alerts for the policy's recipients; empty: nobody is told by e-mail", read_smtp_url},
      {"smtp.from", "\"\"", "an address", "sender of the alerts", read_sender},
      {"smtp.user", "\"\"", "a name", "account at the mail server; empty: without authentication", read_user},
      {"smtp.password_file", "\"\"", "a file", "its first line is the password of that account; read at each message",
       path(&Settings::smtp_password_file)},
      {"smtp.tls", "\"required\"", "required, starttls-if-offered, none",
       "STARTTLS at an smtp:// server; without \"required\" whoever is on the way can read the messages",
       word<alerts::Tls>(&Settings::smtp_tls, {{"required", alerts::Tls::required},
                                               {"starttls-if-offered", alerts::Tls::if_offered},
                                               {"none", alerts::Tls::none}})},
      {"smtp.ca", "\"\"", "a PEM file", "authorities that may vouch for the mail server; empty: those of the system",
       path(&Settings::smtp_ca)},
      {"smtp.timeout", "\"30s\"", "100ms to 10m", "for one message",
       duration(&Settings::smtp_timeout, milliseconds(100), std::chrono::minutes(10))},
      {"smtp.retry", "\"1m\"", "10ms to 1h", "before a message is tried again; it doubles with each try, to an hour",
       duration(&Settings::smtp_retry, kLeast, hours(1))},
      {"alerts.least", "\"warning\"", "notice, warning, danger",
       "an episode of less is not told by e-mail: it is in the reports",
       word<rules::Concern>(&Settings::alerts_least, {{"notice", rules::Concern::notice},
                                                      {"warning", rules::Concern::warning},
                                                      {"danger", rules::Concern::danger}})},
      {"alerts.per_hour", "6", "1 to 1000", "messages to one recipient; what is more waits and comes as one digest",
       number(&Settings::alerts_per_hour, 1, 1000)},
      {"alerts.escalate_after", "\"30m\"", "0s to 168h",
       "danger that nobody has looked at in this time is told to the deputies; 0s: never",
       duration(&Settings::alerts_escalate_after, milliseconds(0), kMost)},
      {"store.central", "\"\"", "a connection string of PostgreSQL",
       "database that several gateways share: records go there too; without a password, and with sslmode=verify-full "
       "across the network; empty: none",
       read_database},
      {"store.password_file", "\"\"", "a file", "its first line is the password for it; read at each connection",
       path(&Settings::store_password_file)},
      {"store.gateway", "\"\"", "a name", "of this gateway there; empty: its host name", read_gateway},
      {"store.connect", "\"5s\"", "100ms to 60s", "to connect to it and to sign in",
       duration(&Settings::store_connect, milliseconds(100), seconds(60))},
      {"store.timeout", "\"60s\"", "1s to 10m", "for one statement there",
       duration(&Settings::store_timeout, seconds(1), std::chrono::minutes(10))},
      {"store.retry", "\"1s\"", "10ms to 1m", "before it is tried again; it doubles with each try, to a minute",
       duration(&Settings::store_retry, kLeast, std::chrono::minutes(1))},
      {"metrics.listen", "\"\"", "ADDR:PORT",
       "metrics for Prometheus and /healthz, for everybody who reaches the address, as \"127.0.0.1:9639\"; empty: none",
       endpoint(&Settings::metrics_listen)},
      {"selftest.at", "[\"07:30\"]", "HH:MM",
       "times at which the filter tests itself on working days; none: only when asked", read_times},
      {"selftest.after_change", "\"1m\"", "0s to 24h", "after lists or policy have changed it does too; 0s: not then",
       duration(&Settings::selftest_after_change, milliseconds(0), hours(24))},
      {"log.file", "\"\"", "a file, or \"-\"", "access log; empty: access.log in the state directory; `--log` wins",
       path(&Settings::log_file)},
      {"log.rotate_bytes", "\"64MiB\"", "4KiB to 1TiB", "size at which a new access log is begun",
       size(&Settings::log_rotate_bytes, 4096, std::uint64_t{1} << 40)},
      {"log.keep", "10", "1 to 1000", "access logs that are kept beside the one being written",
       number(&Settings::log_keep, 1, 1000)},
      {"deploy.interfaces", "[]", "names", "interfaces towards the Wi-Fi, for the rules of `breakwater deploy`",
       strings("names", add_interface, [](Settings& out) { out.deploy_interfaces.clear(); })},
      {"deploy.addresses", "[]", "addresses", "the gateway's addresses on the Wi-Fi, IPv4 and IPv6",
       addresses(&Settings::deploy_addresses)},
      {"deploy.resolvers", "[]", "addresses", "where DNS of the Wi-Fi is sent, one address a family; none: the gateway",
       addresses(&Settings::deploy_resolvers)},
      {"deploy.direct", "[]", "PROTOCOL/PORTS NETWORK",
       "what the Wi-Fi may reach without the gateway, as \"udp/3478-3481 52.112.0.0/14\"",
       strings("PROTOCOL/PORTS NETWORK", add_direct, [](Settings& out) { out.deploy_direct.clear(); })},
  };
  return settings;
}

}  // namespace breakwater::snapshot

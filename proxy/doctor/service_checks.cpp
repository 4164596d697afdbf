#include <algorithm>
#include <memory>

#include <curl/curl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "proxy/admin/control_socket.h"
#include "proxy/admin/request.h"
#include "proxy/dns/resolver.h"
#include "proxy/doctor/checks.h"
#include "proxy/net/listener.h"
#include "proxy/safeguarding/private_file.h"

namespace breakwater::doctor {
namespace {

constexpr std::size_t kMaxPassword = 1024;

struct Cleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

/// "" where it is free.
std::string taken(const net::tcp::endpoint& endpoint) {
  net::asio::io_context io{1};
  net::error_code error;
  net::Acceptor probe(io.get_executor());
  probe.open(endpoint.protocol(), error);
  if (!error) probe.set_option(net::Acceptor::reuse_address(true), error);
  if (!error) probe.bind(endpoint, error);
  if (!error) probe.listen(1, error);
  return error ? error.message() : "";
}

net::Task<> ask_for(dns::Resolver& resolver, std::string host, dns::Resolved& out) {
  out = co_await resolver.resolve(host);
  resolver.stop();
}

}  // namespace

Findings check_gateway(const std::filesystem::path& state, std::vector<std::string>& listeners) {
  std::string error;
  admin::Request request;
  request.command = admin::Command::status;
  const auto line = admin::ask(state, admin::to_line(request), error);
  if (!line)
    return {
        {"gateway", Grade::doubtful, error, "`systemctl start breakwater`, and `journalctl -u breakwater` says why"}};
  const auto answer = nlohmann::json::parse(*line, nullptr, false);
  if (!answer.is_object() || !answer.contains("healthy"))
    return {{"gateway", Grade::doubtful, "a gateway of another version runs", "`systemctl restart breakwater`"}};
  for (const auto& each : answer.value("listeners", nlohmann::json::array()))
    if (each.is_string()) listeners.push_back(each.get<std::string>());
  if (answer.value("healthy", false)) return {{"gateway", Grade::well, "runs and is well", ""}};
  return {{"gateway", Grade::broken, "runs and is unwell", "`breakwater status` says what is wrong"}};
}

Findings check_ports(const snapshot::Settings& settings, const std::vector<std::string>& listeners) {
  Findings findings;
  auto wanted = settings.listen;
  wanted.insert(wanted.end(), settings.tls_listen.begin(), settings.tls_listen.end());
  for (const auto& text : wanted) {
    const bool ours = std::any_of(listeners.begin(), listeners.end(),
                                  [&text](const std::string& each) { return each.substr(0, each.find(' ')) == text; });
    const auto endpoint = net::parse_endpoint(text);
    const auto wrong = ours || !endpoint ? "" : taken(*endpoint);
    findings.push_back({"ports", wrong.empty() ? Grade::well : Grade::broken,
                        fmt::format("{}: {}", text,
                                    ours            ? "the gateway listens"
                                    : wrong.empty() ? "free"
                                                    : wrong),
                        wrong.empty() ? "" : "`ss -ltnp` shows who has it; or choose another in proxy.listen"});
  }
  return findings;
}

Findings check_dns(const snapshot::Settings& settings, std::string_view host) {
  net::asio::io_context io{1};
  dns::Resolver resolver(io.get_executor(), {settings.dns_servers, settings.dns_timeout}, nullptr);
  dns::Resolved answer;
  net::asio::co_spawn(io, ask_for(resolver, std::string(host), answer), [](const std::exception_ptr& failure) {
    if (failure) std::rethrow_exception(failure);
  });
  io.run();
  const auto servers = settings.dns_servers.empty() ? "the servers of /etc/resolv.conf"
                                                    : fmt::format("{}", fmt::join(settings.dns_servers, ", "));
  if (answer.status == dns::ResolveStatus::ok)
    return {{"dns", Grade::well, fmt::format("{} know {}", servers, host), ""}};
  if (answer.status == dns::ResolveStatus::no_such_name)
    return {{"dns", Grade::doubtful, fmt::format("{} do not know {}", servers, host), "check dns.servers"}};
  return {{"dns", Grade::broken, fmt::format("no answer of {}: no site can be reached", servers),
           "check dns.servers, and that the gateway may reach them on port 53"}};
}

Findings check_smtp(const snapshot::Settings& settings) {
  if (settings.smtp_url.empty()) return {{"smtp", Grade::well, "not in use", ""}};
  const std::unique_ptr<CURL, Cleanup> handle(curl_easy_init());
  const auto set = [&handle](CURLoption option, auto value) { curl_easy_setopt(handle.get(), option, value); };
  std::string error;
  std::string password;
  if (!settings.smtp_user.empty()) {
    auto text = safeguarding::read_private(settings.smtp_password_file, kMaxPassword, error);
    if (!text)
      return {{"smtp", Grade::broken, settings.smtp_password_file.string() + ": cannot be read",
               "set smtp.password_file, and let the gateway's user read it"}};
    password = text->substr(0, text->find_first_of("\r\n"));
    set(CURLOPT_USERNAME, settings.smtp_user.c_str());
    set(CURLOPT_PASSWORD, password.c_str());
  }
  const auto tls = settings.smtp_tls == alerts::Tls::required     ? CURLUSESSL_ALL
                   : settings.smtp_tls == alerts::Tls::if_offered ? CURLUSESSL_TRY
                                                                  : CURLUSESSL_NONE;
  set(CURLOPT_URL, settings.smtp_url.c_str());
  set(CURLOPT_USE_SSL, static_cast<long>(tls));
  set(CURLOPT_CONNECT_ONLY, 1L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROXY, "");
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(settings.smtp_timeout.count()));
  if (!settings.smtp_ca.empty()) set(CURLOPT_CAINFO, settings.smtp_ca.c_str());
  const auto code = curl_easy_perform(handle.get());
  if (code == CURLE_OK) return {{"smtp", Grade::well, settings.smtp_url + " takes the gateway's mail", ""}};
  return {{"smtp", Grade::broken, fmt::format("{}: {}", settings.smtp_url, curl_easy_strerror(code)),
           "check smtp.url, smtp.ca and the account; `breakwater alerts test` sends a message"}};
}

}  // namespace breakwater::doctor

#include "proxy/safeguarding/postgres_text.h"

#include <algorithm>
#include <memory>
#include <optional>

#include <libpq-fe.h>

#include "categories/ip_address.h"
#include "proxy/safeguarding/central_options.h"

namespace breakwater::safeguarding::postgres {
namespace {

constexpr std::size_t kMaxMessage = 200;

std::string value_of(const std::vector<std::pair<std::string, std::string>>& options, std::string_view name) {
  const auto found =
      std::find_if(options.begin(), options.end(), [name](const auto& one) { return one.first == name; });
  return found == options.end() ? std::string() : found->second;
}

/// A Unix socket, or the machine itself: nobody is on the way.
bool is_local(const std::string& host) {
  if (host.starts_with('/') || host.starts_with('@') || host == "localhost") return true;
  const auto loopback = {categories::Network::parse("127.0.0.0/8"), categories::Network::parse("::1/128")};
  const auto address = categories::IpAddress::parse(host);
  return address && std::any_of(loopback.begin(), loopback.end(),
                                [&](const auto& network) { return network->contains(*address); });
}

}  // namespace

std::vector<std::pair<std::string, std::string>> parse_database(const std::string& database) {
  std::vector<std::pair<std::string, std::string>> options;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
      PQconninfoParse(database.c_str(), nullptr), &PQconninfoFree);  // its words would repeat a password
  for (const auto* option = parsed.get(); option && option->keyword; ++option)
    if (option->val && *option->val != '\0') options.emplace_back(option->keyword, option->val);
  return options;
}

std::string clean_message(std::string_view message) {
  // "connection to server at "...", port 5432 failed: FATAL:  password authentication failed"
  constexpr std::string_view kFailed = " failed: ";
  message = message.substr(0, message.find('\n'));
  if (const auto at = message.find(kFailed); message.starts_with("connection to ") && at != std::string_view::npos)
    message.remove_prefix(at + kFailed.size());
  if (constexpr std::string_view kFatal = "FATAL:  "; message.starts_with(kFatal)) message.remove_prefix(kFatal.size());
  std::string out(message.substr(0, kMaxMessage));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c < 0x20 || c >= 0x7f; }, '?');
  return out.empty() ? "the connection is lost" : out;
}

}  // namespace breakwater::safeguarding::postgres

namespace breakwater::safeguarding {

std::string check_database(const std::string& database) {
  const auto options = postgres::parse_database(database);
  if (options.empty())
    return "is no connection string of PostgreSQL, as \"host=db.example.org dbname=breakwater user=gateway1 "
           "sslmode=verify-full\"";
  if (!postgres::value_of(options, "password").empty())
    return "has a password in it: put that into the first line of store.password_file";
  if (!postgres::value_of(options, "service").empty()) return "names a service: write here what the service stands for";
  const auto host = postgres::value_of(options, "host");
  const auto address = postgres::value_of(options, "hostaddr");
  if (host.empty() && address.empty()) return "names no host; a Unix socket is host=/var/run/postgresql";
  const auto& peer = address.empty() ? host : address;
  if (peer.find(',') != std::string::npos) return "names several hosts: put one address in front of them";
  if (postgres::is_local(peer) || postgres::value_of(options, "sslmode") == "verify-full") return {};
  return "needs sslmode=verify-full (and sslrootcert=FILE of the authority that vouches for the server): without it "
         "the records could go to whoever is on the way";
}

}  // namespace breakwater::safeguarding

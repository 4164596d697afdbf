#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "categories/catalogue.h"

namespace breakwater::rules {

using SysSeconds = std::chrono::sys_seconds;

enum class Action : std::uint8_t { allow, block };

enum class Reason : std::uint8_t {
  malformed,
  floor,
  essential,
  allow_list,
  pass,
  quota,
  rule,
  group_default,  ///< "default"
  unknown_client,
  not_tls,
  no_sni,
  sni,
  ech,           ///< the server name is a cover for many, and the hello has another one sealed in it
  not_http,      ///< intercepted on the way to a web server, but no request
  no_host,       ///< an intercepted request that does not say for which host it is
  silent,        ///< a tunnel in which nothing was said: protocols whose server speaks first
  plain_http,    ///< HTTP in the clear where TLS is due
  nested_proxy,  ///< a request that is meant for another proxy
  ssh,
  socks,
  openvpn,
  wireguard,
  sstp,
  remote_desktop,
  bittorrent,
  chat_protocol,  ///< XMPP, IRC
  tor,            ///< see proxy/circumvention/tor_hello.h
  dot,            ///< DNS over TLS
  loop,           ///< came to a door for intercepted connections from nowhere, or from the gateway itself
  address_literal,
  private_destination,
  port,
  sign_in,     ///< the group must sign in, and nobody has
  acceptance,  ///< would be allowed, but the acceptable-use text is not accepted
  portal,      ///< the gateway's own pages
  engine_error,
};

std::string_view to_string(Action action);
/// The name in logs and JSON: "floor", "default", ...
std::string_view to_string(Reason reason);

/// How much the Designated Safeguarding Lead should mind.
enum class Concern : std::uint8_t { none, notice, warning, danger };
std::string_view to_string(Concern concern);

/// The decision and why. The views point into the snapshot that decided: keep it pinned as long as the verdict.
struct Verdict {
  Action action = Action::block;
  Reason reason = Reason::engine_error;
  categories::CategorySet categories;              ///< that count, after exceptions
  std::optional<categories::Match> because;        ///< the entry that decided
  Concern concern = Concern::none;                 ///< the gravest of its categories, whatever the action
  categories::CategoryId concern_category = 0;     ///< which one that is
  std::optional<categories::Match> concern_match;  ///< the entry that put it there
  std::string_view rule;                           ///< name, where a rule decided
  std::string_view pass;                           ///< id, where a pass decided
  std::string_view quota;                          ///< name, where a used-up quota decided
  std::uint32_t quotas = 0;  ///< bit i: what moves is use of quota i of the policy; of a block: it is used up
  std::string_view period;   ///< "" where the client has no group
  std::string_view group;
  /// The bell, the edge of a pass or the return of a quota, at which it must be asked again; none where nothing of that
  /// kind changes it.
  std::optional<SysSeconds> until;
  std::string_view carried_by;  ///< "a site in an archive": the URL carries another, which decided
  std::string_view dial_as;     ///< the name to dial in place of the host (safe search); "": the host's own
};

}  // namespace breakwater::rules

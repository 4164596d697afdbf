#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rules/grant.h"

namespace breakwater::admin {

/// The longest line that may come over the control socket, its end included.
inline constexpr std::size_t kMaxRequest = 4096;

/// `erased`: lines of somebody were deleted; what the gateway knows of them by heart goes too, and the access log is
/// set aside, so that theirs can be taken out of it.
enum class Command : std::uint8_t { grant, list, revoke, status, selftest_run, selftest_result, erased };

/// What is asked of a running gateway, one JSON object of strings on one line:
/// {"command":"pass grant","group":"learners","category":"games","until":"bell","by":"a tutor","reason":"a lesson"}
struct Request {
  Command command = Command::list;
  rules::GrantRequest grant;  ///< of `grant`
  std::string id;             ///< of `revoke`; of `selftest_result`
  std::string by;             ///< of `revoke` and `selftest_run`
  std::string group{};        ///< of `selftest_run`; "": all
};

/// `line` is without its end. The error is a phrase for the answer. Never throws.
Result<Request, std::string_view> parse_request(std::string_view line);
/// The line, with its end.
std::string to_line(const Request& request);

/// {"error":"..."}, for the socket; the message's bytes that are no UTF-8 are replaced.
std::string error_line(std::string_view message);

}  // namespace breakwater::admin

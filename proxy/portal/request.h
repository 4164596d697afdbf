#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proxy/pages/block_page.h"
#include "rules/engine.h"

namespace breakwater::portal {

/// The gateway's own name: plain HTTP for it is answered by the portal, and never dialled.
inline constexpr std::string_view kHost = "breakwater.internal";
inline constexpr std::string_view kBase = "http://breakwater.internal";
inline constexpr std::size_t kMaxBody = 8 << 10;

/// What somebody has left of a quota.
struct QuotaLeft {
  std::string name;
  std::optional<std::uint64_t> minutes;
  std::optional<std::uint64_t> bytes;
};

/// A request for the gateway itself.
struct Request {
  std::string method;
  std::string path;         ///< with its query, as received
  std::string body;         ///< at most kMaxBody bytes
  std::string secure_base;  ///< "https://NAME:PORT" where it came by TLS to that name, or ""
  pages::Language language = pages::Language::english;  ///< that the browser asks for
  /// Whose page a form was sent from, as far as the browser says it.
  enum class From : std::uint8_t { own, foreign } from = From::own;
  rules::Subject subject{};  ///< who asks, with group and acceptance
  std::shared_ptr<const rules::Snapshot> snapshot{};
  std::string period{};  ///< of the subject's group
  std::optional<rules::SysSeconds> bell{};
  std::vector<QuotaLeft> quotas{};
  rules::SysSeconds now{};
};

struct Response {
  std::uint16_t status = 200;
  std::string fields;  ///< each line with its CRLF; without Content-Length and Connection
  std::string body;
  enum class Store : std::uint8_t { sound, failed } store = Store::sound;  ///< what was to be kept could not be
};

}  // namespace breakwater::portal

#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "proxy/portal/acceptance_book.h"
#include "proxy/portal/form_tokens.h"
#include "proxy/portal/recent_blocks.h"
#include "proxy/portal/request.h"
#include "proxy/portal/review_book.h"

namespace breakwater::portal {

/// Where a system asks whether it may out (RFC 8908), by TLS alone.
inline constexpr std::string_view kCaptivePath = "/captive-portal";

/// The gateway's own pages: what a person sees of the own window, the acceptable-use text, and what is said there.
/// Thread-safe. A POST writes to disk: not for a worker's thread.
class Portal {
 public:
  /// Reads what is in STATE/portal, where people stand by their `tag`. `pac` is the text for browsers that configure
  /// themselves, "" where there is none. `tell` hears what is wrong with the state, and what cannot be kept later.
  Portal(const std::filesystem::path& state, std::string pac, const PersonTag& tag,
         std::function<void(const std::string&)> tell);

  Response respond(const Request& request);

  /// Something was stopped: it shows in the window of `person` for the rest of the civil day.
  void note_blocked(const std::string& person, const date::time_zone& zone, Blocked blocked);
  const AcceptanceBook& acceptances() const { return acceptances_; }
  /// Acceptances were deleted from the disk: they count no longer. Returns what went wrong.
  std::optional<std::string> forget_erased() { return acceptances_.read_again(); }

  /// Is the path (without query) that of the proxy auto-configuration file? It is the same for everybody, also under
  /// the names at which browsers look for it (WPAD: http://wpad.DOMAIN/wpad.dat).
  static bool is_pac(std::string_view path);

  /// Where one who has to accept is sent, and may come back from. `base` is "http://breakwater.internal", or the
  /// gateway's address.
  static std::string acceptance_url(std::string_view base, std::string_view to);

 private:
  struct Visit;
  Response window(const Visit& visit);
  Response captive(const Visit& visit);
  Response show_terms(const Visit& visit);
  Response accept(const Visit& visit);
  Response review(const Visit& visit);
  Response terms_page(const Visit& visit, std::string_view notice, std::uint16_t status);

  /// One path and method of the portal.
  struct Route {
    std::string_view method;
    std::string_view path;
    Response (Portal::*handler)(const Visit& visit);
  };
  static const Route kRoutes[];

  const std::string pac_;
  std::function<void(const std::string&)> tell_;
  FormTokens tokens_;
  RecentBlocks recent_;
  AcceptanceBook acceptances_;
  ReviewBook reviews_;
};

}  // namespace breakwater::portal

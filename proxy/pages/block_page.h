#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace breakwater::pages {

enum class Language : std::uint8_t { english, welsh };

/// The better of English and Welsh for an Accept-Language value (RFC 9110 12.5.4), English where it has no opinion.
/// Reads the front of a value that is absurdly long.
Language choose_language(std::string_view accept_language);

/// What a person has used of a quota that is used up, where it limits that.
struct QuotaUse {
  struct Amount {
    std::uint64_t used;
    std::uint64_t most;
  };
  std::optional<Amount> minutes;
  std::optional<Amount> bytes;
};

/// What a person whose request was stopped is told. Plain text of any bytes and length; rendering escapes and cuts it.
struct BlockPage {
  std::string_view centre;  ///< name of the training centre
  std::string_view what;    ///< host, or URL where plain
  /// As in the log: "rule", "floor", "private_destination", ...; "unrecorded" for one that is blocked while its record
  /// could not be stored; "dns", "connect", "timeout", "origin", "limit" for what failed. Another gets general words.
  std::string_view reason;
  std::string_view detail;                   ///< for `malformed` and failures
  std::vector<std::string_view> categories;  ///< as in the log; a name that is not built in is shown as it is
  std::string_view rule;
  std::string_view period;
  std::string_view
      until;  ///< when it opens, civil time of the centre, "10:30" or "Mon 23 Nov 10:30"; "": no time is known
  std::string_view reference;
  QuotaUse quota{};  ///< for `quota`
};

/// A complete, self-contained HTML document in UTF-8: no script, no external resource, WCAG AA contrast, light and
/// dark, phone to desktop. Under 8 KiB but for hostile text.
std::string render(const BlockPage& page, Language language);

/// The fields that go with it, each line with its CRLF; the caller adds the status line, Content-Length and Connection.
inline constexpr std::string_view kResponseFields =
    "Content-Type: text/html; charset=utf-8\r\n"
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\r\n"
    "Cache-Control: no-store\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n";

}  // namespace breakwater::pages

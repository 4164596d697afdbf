#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace breakwater::safeguarding {

/// One request in a concern category: what a Designated Safeguarding Lead needs and no more. All text is UTF-8
/// or escaped.
struct Attempt {
  std::chrono::sys_time<std::chrono::milliseconds> time;
  std::string civil;   ///< "2026-11-23T10:00:00.000+00:00" in the centre's zone
  std::string id;      ///< the reference on the block page and in the access log
  std::string client;  ///< address
  std::string device;
  std::string user;
  std::string group;
  std::string host;
  std::string url;     ///< plain HTTP only
  std::string search;  ///< the words searched for, where the URL is that of a search
  std::string method;
  std::string sni;
  std::string category;
  std::string concern;  ///< "notice", "warning", "danger"
  std::string list;
  std::uint32_t line = 0;
  std::string rule;
  std::string period;
  std::string reason;      ///< of the verdict
  std::string pseudonym;   ///< of the person: the same one always has the same
  std::string confidence;  ///< how sure the identity is: "network", "device", "account"
  std::string owner;       ///< whose the device is, by the register: "pool laptop", "byod", ...; "" where unknown
  std::string host_tag;    ///< stands for the host where its name may not be shown: the same host has the same
  std::string referrer;    ///< host of the Referer; plain HTTP only
  std::string theme;       ///< the concern's theme by the policy
  std::string action;      ///< "block", or "allow" for what the policy only monitors
  /// How it was asked for, where that shows (plain HTTP): "search" with words that somebody entered, "address" as a
  /// page without a Referer, "link" as a page with one (a link or a frame led there), "part" as what is no page.
  std::string approach;
  /// More than one: so many that are alike stand in this one record (see tally.h), the first at `time`, the last
  /// `until`.
  std::uint64_t count = 1;
  std::chrono::sys_time<std::chrono::milliseconds> until{};
};

/// The fields that are text.
inline constexpr auto kTextFields = std::to_array<std::string Attempt::*>(
    {&Attempt::civil,    &Attempt::id,       &Attempt::client,    &Attempt::device,     &Attempt::user,
     &Attempt::group,    &Attempt::host,     &Attempt::url,       &Attempt::method,     &Attempt::sni,
     &Attempt::category, &Attempt::concern,  &Attempt::list,      &Attempt::rule,       &Attempt::period,
     &Attempt::reason,   &Attempt::search,   &Attempt::pseudonym, &Attempt::confidence, &Attempt::owner,
     &Attempt::host_tag, &Attempt::referrer, &Attempt::theme,     &Attempt::action,     &Attempt::approach});

/// A field as it is kept: valid UTF-8 (what is not becomes U+FFFD), control characters as \xNN, what turns the
/// direction of text or is not seen as \u{202E}, at most 4 KiB, the end marked where it was cut. What was cleaned once
/// stays as it is.
std::string clean_text(std::string_view text);

}  // namespace breakwater::safeguarding

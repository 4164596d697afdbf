#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/pages/block_page.h"
#include "proxy/portal/open_now.h"
#include "proxy/portal/recent_blocks.h"
#include "proxy/portal/request.h"

/// The gateway's own pages as HTML: pure functions of what they show. No script, no external resource; every text is
/// escaped.
namespace breakwater::portal {

/// What all pages have.
struct Frame {
  std::string_view centre;
  pages::Language language = pages::Language::english;
};

struct WindowView {
  struct Entry {
    Blocked blocked;
    std::string time;   ///< "10:05"
    std::string opens;  ///< "10:30"; "" where no time is known
  };
  std::string_view group;
  std::string_view period;
  std::string bell;  ///< "10:30"; "" where none is in sight
  OpenNow open;
  std::vector<QuotaLeft> quotas;
  std::vector<Entry> entries;
  std::string token;
  enum class Rules : std::uint8_t { settled, to_be_accepted } rules = Rules::settled;
};
std::string render(const Frame& frame, const WindowView& view);

struct AcceptView {
  std::string_view version;
  std::string_view text;
  std::string_view to;      ///< an absolute http or https URL to go on to, or ""
  std::string_view notice;  ///< why the form is shown again, or ""
  std::string token;
};
std::string render(const Frame& frame, const AcceptView& view);

/// One sentence, and links.
struct NoticeView {
  std::string_view title;
  std::string_view text;
  std::string_view to{};  ///< as in AcceptView
};
std::string render(const Frame& frame, const NoticeView& view);

}  // namespace breakwater::portal

#include "categories/list_reader.h"

#include <algorithm>
#include <array>

#include "categories/adblock_rules.h"
#include "categories/e2guardian_list.h"
#include "categories/format_detector.h"
#include "categories/keyword.h"
#include "categories/plain_list.h"
#include "categories/resolver_config.h"
#include "categories/rpz_zone.h"
#include "categories/v2fly_list.h"
#include "categories/words.h"

namespace breakwater::categories {
namespace {

constexpr std::size_t kHead = 4096;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// Some stray control characters cost only their lines; this share of them is no text.
constexpr std::ptrdiff_t kFewControls = 4;
constexpr std::ptrdiff_t kControlShare = 32;

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x7f || (byte < 0x20 && !(byte >= '\t' && byte <= '\r'));
}

/// A page, as errors are told in with status 200. Phrase lists of e2guardian begin with '<' as well.
bool is_markup(std::string_view head, ListFormat format) {
  const auto first = head.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || head[first] != '<') return false;
  if (format != ListFormat::e2guardian) return true;
  constexpr auto kPages = std::to_array<std::string_view>({"<!", "<?", "<html", "<head", "<body"});
  const auto lower = to_lower(head.substr(first, 5));
  return std::ranges::any_of(kPages, [&lower](std::string_view page) { return lower.starts_with(page); });
}

std::string_view judge(std::string_view head, ListFormat format) {
  const auto size = static_cast<std::ptrdiff_t>(head.size());
  const auto zeros = std::count(head.begin(), head.end(), '\0');
  if (head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff") || (zeros > kFewControls && zeros > size / 4))
    return "UTF-16 or UTF-32: save the list as UTF-8";
  const auto controls = std::count_if(head.begin(), head.end(), is_control);
  if (head.starts_with("\x1f\x8b") || (controls > kFewControls && controls > size / kControlShare))
    return "binary data, not a list";
  if (is_markup(head, format)) return "an HTML or XML page, not a list";
  const auto end = head.find('\r');
  if (end != std::string_view::npos && head.find('\n') == std::string_view::npos &&
      head.find_first_not_of(" \t\r", end) != std::string_view::npos)
    return "lines end in CR alone: save the list with LF or CRLF";
  return {};
}

}  // namespace

void ListReader::feed(std::string_view bytes) {
  if (state_ != State::head) return lines(bytes);
  // The first kHead bytes are judged together, in whatever pieces they come.
  const auto missing = std::min(kHead - pending_.size(), bytes.size());
  pending_.append(bytes.substr(0, missing));
  if (pending_.size() < kHead) return;
  begin();
  lines(bytes.substr(missing));
}

void ListReader::finish() {
  if (state_ == State::head) begin();
  if (!refusal_.empty()) return;
  if (state_ == State::long_line || !pending_.empty()) lines("\n");
  reader_->finish();
}

void ListReader::begin() {
  state_ = State::lines;
  const auto head = std::move(pending_);
  pending_.clear();
  std::string_view text = head;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (format_ == ListFormat::automatic && e2guardian_kind(file_name_)) format_ = ListFormat::e2guardian;
  refusal_ = judge(text, format_);
  if (!refusal_.empty()) return;
  choose_reader(text);
  lines(text);
}

void ListReader::choose_reader(std::string_view head) {
  auto format = format_;
  if (format == ListFormat::automatic) {
    format_ = detect_format(head, file_name_);
    format = is_plain(format_) ? ListFormat::automatic : format_;
  }
  switch (format) {
    case ListFormat::adblock:
      reader_ = std::make_unique<AdblockRules>(sink_);
      break;
    case ListFormat::rpz:
      reader_ = std::make_unique<RpzZone>(sink_);
      break;
    case ListFormat::dnsmasq:
      reader_ = std::make_unique<DnsmasqConfig>(sink_);
      break;
    case ListFormat::unbound:
      reader_ = std::make_unique<UnboundConfig>(sink_);
      break;
    case ListFormat::e2guardian:
      reader_ = std::make_unique<E2guardianList>(file_name_, sink_);
      break;
    case ListFormat::v2fly:
      reader_ = std::make_unique<V2flyList>(sink_);
      break;
    default:
      reader_ = std::make_unique<PlainList>(format, sink_, keyword_language(file_name_));
  }
}

void ListReader::lines(std::string_view bytes) {
  if (!refusal_.empty()) return;
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto piece = bytes.substr(0, end);
    if (state_ == State::lines && pending_.size() + piece.size() > kMaxLine) state_ = State::long_line;
    if (end == std::string_view::npos) {
      if (state_ == State::lines) pending_.append(piece);
      return;
    }
    if (state_ == State::long_line) {
      sink_.reject(number_, 1, "the line is longer than 8 KiB and was passed over");
    } else if (pending_.empty()) {
      reader_->line(piece, number_);
    } else {
      reader_->line(pending_.append(piece), number_);
    }
    pending_.clear();
    state_ = State::lines;
    ++number_;
    bytes.remove_prefix(end + 1);
  }
}

}  // namespace breakwater::categories

#include "categories/list_reader.h"

#include <algorithm>

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

std::string_view judge(std::string_view head) {
  const auto size = static_cast<std::ptrdiff_t>(head.size());
  const auto zeros = std::count(head.begin(), head.end(), '\0');
  if (head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff") || (zeros > kFewControls && zeros > size / 4))
    return "UTF-16 or UTF-32: save the list as UTF-8";
  const auto controls = std::count_if(head.begin(), head.end(), is_control);
  if (head.starts_with("\x1f\x8b") || (controls > kFewControls && controls > size / kControlShare))
    return "binary data, not a list";
  const auto first = head.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && head[first] == '<') return "an HTML or XML page, not a list";
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
  if (refusal_.empty() && (state_ == State::long_line || !pending_.empty())) lines("\n");
}

void ListReader::begin() {
  state_ = State::lines;
  const auto head = std::move(pending_);
  pending_.clear();
  std::string_view text = head;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  refusal_ = judge(text);
  lines(text);
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
      line(piece);
    } else {
      line(pending_.append(piece));
    }
    pending_.clear();
    state_ = State::lines;
    ++number_;
    bytes.remove_prefix(end + 1);
  }
}

void ListReader::line(std::string_view text) {
  parse_entry(format_, text, number_, sink_);
}

}  // namespace breakwater::categories

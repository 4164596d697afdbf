#include "proxy/feeds/list_check.h"

#include <string_view>

#include "proxy/feeds/files.h"

namespace breakwater::feeds {
namespace {

constexpr std::size_t kHead = 4096;
constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// `{`, or an array of values: `[Adblock Plus 2.0]` is none.
bool is_json(std::string_view text) {
  if (text.starts_with('{')) return true;
  if (!text.starts_with('[')) return false;
  const auto next = text.find_first_not_of(kSpace, 1);
  return next != std::string_view::npos &&
         std::string_view("{[]\"-0123456789").find(text[next]) != std::string_view::npos;
}

}  // namespace

std::optional<std::string> looks_like_no_list(const std::filesystem::path& file) {
  const auto head = read_head(file, kHead);
  if (!head) return "the file cannot be read: " + last_error();
  std::string_view text = *head;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return text.size() < kHead ? "an empty file, not a list" : "blanks, not a list";
  text.remove_prefix(first);
  if (text.starts_with('<')) return "an HTML or XML page, not a list";
  if (is_json(text)) return "JSON, not a list";
  return std::nullopt;
}

}  // namespace breakwater::feeds

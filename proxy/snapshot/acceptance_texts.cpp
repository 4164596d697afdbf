#include "proxy/snapshot/acceptance_texts.h"

#include "proxy/snapshot/loader.h"
#include "proxy/wire/utf8.h"

namespace breakwater::snapshot {
namespace {

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = wire::utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

/// "" where the text is sound.
std::string fault_of(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return "is empty";
  if (text.size() > rules::kMaxAcceptanceText) return "is larger than 64 KiB";
  return is_utf8(text) ? "" : "is not UTF-8";
}

}  // namespace

std::vector<std::filesystem::path> read_acceptance_texts(rules::AcceptanceTerms& terms,
                                                         categories::Diagnostics& diagnostics) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::vector<std::filesystem::path> files;
  for (auto* each : {&terms.english, &terms.welsh}) {
    if (each->file.empty()) continue;
    files.push_back(each->file);
    std::string error;
    auto text = read_file(each->file, error);
    if (text && text->starts_with(kByteOrderMark)) text->erase(0, kByteOrderMark.size());
    const auto fault = text ? fault_of(*text) : "cannot be read: " + error;
    if (fault.empty())
      each->content = std::move(*text);
    else
      diagnostics.push_back(
          {categories::Severity::error, each->file.string(), 0, 0, "the acceptable-use text " + fault});
  }
  return files;
}

}  // namespace breakwater::snapshot

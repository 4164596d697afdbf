#include "proxy/selftest/list_entry.h"

#include <algorithm>
#include <fstream>

#include "categories/host.h"

namespace breakwater::selftest {
namespace {

using categories::Catalogue;
using categories::Classification;
using categories::EntryKind;

constexpr std::size_t kWindow = 64 * 1024;  ///< of the file, from a random place on
constexpr int kMostLines = 500;
constexpr std::string_view kBetween = " \t\r\n|^/*,;\"'=#";  ///< what no host has, in any format of lists

/// The window, whole lines alone. A file that is not larger is read from its beginning.
std::string read_window(const std::filesystem::path& file, std::mt19937_64& random) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  std::ifstream in(file, std::ios::binary);
  if (error || !in) return {};
  const bool within = size > kWindow;
  if (within)
    in.seekg(static_cast<std::streamoff>(std::uniform_int_distribution<std::uintmax_t>(0, size - kWindow)(random)));
  std::string text(kWindow, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  if (within) text.erase(0, std::min(text.find('\n'), text.size()));
  return text;
}

/// The line of the list's own entry, where the word is a host that it blocks.
std::optional<std::uint32_t> line_of(const Catalogue& catalogue, categories::ListId list, const categories::Host& host,
                                     Catalogue::Scratch& scratch, Classification& found) {
  catalogue.classify(host, "", scratch, found);
  if (found.status != categories::ClassifyStatus::ok || found.allow || found.recategorised) return std::nullopt;
  const auto match = std::find_if(found.matches.begin(), found.matches.end(), [&](const categories::Match& one) {
    return one.list == list && one.kind == EntryKind::domain;
  });
  if (match == found.matches.end()) return std::nullopt;
  return match->line;
}

}  // namespace

std::optional<ListEntry> pick_entry(const Catalogue& catalogue, categories::ListId list,
                                    const std::filesystem::path& file, std::mt19937_64& random) {
  const auto text = read_window(file, random);
  const auto scratch = catalogue.make_scratch();
  if (text.empty() || !scratch) return std::nullopt;
  Classification found;
  const std::string_view all = text;
  auto at = std::uniform_int_distribution<std::size_t>(0, all.size() - 1)(random);
  for (int tries = 0; tries < kMostLines; ++tries) {
    const auto before = at == 0 ? std::string_view::npos : all.rfind('\n', at - 1);
    const auto begin = before == std::string_view::npos ? 0 : before + 1;
    const auto end = std::min(all.find('\n', begin), all.size());
    auto line = all.substr(begin, end - begin);
    while (!line.empty()) {
      const auto word = line.substr(0, line.find_first_of(kBetween));
      line.remove_prefix(std::min(word.size() + 1, line.size()));
      if (word.find('.') == std::string_view::npos) continue;
      const auto host = categories::normalise_host(word, categories::HostSource::person);
      if (!host || host->is_literal()) continue;
      if (const auto where = line_of(catalogue, list, *host, *scratch, found))
        return ListEntry{std::string(host->text()), *where};
    }
    at = end + 1 < all.size() ? end + 1 : 0;
  }
  return std::nullopt;
}

}  // namespace breakwater::selftest

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/quota/book.h"

namespace breakwater::quota {

/// STATE/quota/ledger.json, as it was at `time`.
struct Written {
  SysSeconds time{};
  People people;
};

/// One object of the file, without a line end: of one person.
std::string to_json(const std::string& key, const Person& person);
/// The whole file; people in the order of their keys.
std::string to_json(const Written& written);
/// nullopt where the text is not what to_json() gave. Never throws.
std::optional<Written> parse_book(std::string_view text);

/// What a gateway wrote last into its state. Absent: nobody has used anything. Anything wrong with it is told in
/// `error`, and then counting begins anew.
Written read_book(const std::filesystem::path& state, std::string& error);
/// Atomic, on disk, readable by its owner alone. Returns what went wrong.
std::optional<std::string> write_book(const std::filesystem::path& state, const Written& written);

}  // namespace breakwater::quota

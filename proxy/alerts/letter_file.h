#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proxy/alerts/outbox.h"

namespace breakwater::alerts {

/// A letter as its file holds it: a line of JSON, then the message.
std::string to_file(const Letter& letter);
/// nullopt: no such file. Never throws.
std::optional<Letter> parse_letter(std::string_view text);

/// 32 hexadecimal digits, by which files and messages are called: keys hold names of recipients.
std::string hash_of(std::string_view key);

/// Replaces a file that only its owner may read, by temporary file, fsync, rename and fsync of the folder. What went
/// wrong, or nullopt.
std::optional<std::string> replace_private_file(const std::filesystem::path& file, std::string_view text);

/// At most `most` bytes; nullopt where it cannot be read or is larger.
std::optional<std::string> read_private_file(const std::filesystem::path& file, std::size_t most);

}  // namespace breakwater::alerts

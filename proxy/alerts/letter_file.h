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

/// The letters of a folder, in no order. `damaged` is given each of its files that is none. Reads alone: while the
/// gateway sends, others may look.
std::vector<Letter> read_letters(const std::filesystem::path& folder,
                                 const std::function<void(const std::filesystem::path&)>& damaged);

/// What the file of a key is called.
std::string letter_name(std::string_view key);

}  // namespace breakwater::alerts

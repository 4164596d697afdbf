#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "proxy/safeguarding/chain.h"

/// `heads.jsonl` beside the database: the signed heads, one a line, each on disk before the next. They are in the chain
/// too; the file is there to be copied to where nobody who can change the chain can reach it.
namespace breakwater::safeguarding {

/// Cuts off a last line that a power cut has torn. "" or what went wrong; a file that is not there is none.
std::string mend_heads(const std::filesystem::path& file);

/// Adds it, on disk when "" is returned. A torn last line is cut off first.
std::string append_head(const std::filesystem::path& file, const Head& head);

/// All of them. False: a line is no sound head, as `fault` says. A file that is not there has no lines.
bool read_heads(const std::filesystem::path& file, std::vector<Head>& heads, std::string& fault);

}  // namespace breakwater::safeguarding

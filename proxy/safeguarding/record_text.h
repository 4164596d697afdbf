#pragma once

#include <string>
#include <string_view>

/// Names that the writer and the verifier of a chain share. Internal to this folder.
namespace breakwater::safeguarding {

inline constexpr const char* kHeadsFile = "heads.jsonl";
inline constexpr const char* kKeyMember = "chain_key";  ///< of the body of a Kind::key record
inline constexpr const char* kHeadMember = "head";      ///< of a Kind::head record, and of a line of kHeadsFile

/// The text in a member of a JSON object; "" where there is none.
std::string text_in(std::string_view json, const char* member);

}  // namespace breakwater::safeguarding

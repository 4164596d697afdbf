#include "proxy/cli/verification.h"

#include <filesystem>
#include <iostream>
#include <string_view>

#include "proxy/cli/terminal.h"
#include "proxy/safeguarding/private_file.h"

namespace breakwater::cli {
namespace {

using safeguarding::Head;
using safeguarding::Verification;

constexpr std::size_t kMaxMail = 16U << 20U;

/// All heads in a text, such as a mail's: a head is followed over the line ends that a mail program put into it.
std::vector<Head> find_heads(std::string_view text) {
  constexpr std::string_view kStart = "bwh1.";
  std::vector<Head> heads;
  for (auto at = text.find(kStart); at != std::string_view::npos; at = text.find(kStart, at + 1)) {
    std::string word;
    for (const char c : text.substr(at)) {
      if (c == '\r' || c == '\n' || c == '=') continue;  // "=": quoted-printable breaks lines with it
      if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '-' && c != '_') break;
      word += c;
      if (const auto head = safeguarding::parse_head(word); head && is_signed(*head)) {
        heads.push_back(*head);
        break;
      }
    }
  }
  return heads;
}

}  // namespace

std::optional<std::vector<Head>> heads_in(const std::string& given) {
  if (given.empty()) return std::vector<Head>{};
  std::string error;
  std::error_code ignored;
  const auto text =
      std::filesystem::exists(given, ignored) ? safeguarding::read_private(given, kMaxMail, error) : given;
  auto heads = text ? find_heads(*text) : std::vector<Head>{};
  if (!heads.empty()) return heads;
  fail("--head: there is no head in it whose signature holds" + (error.empty() ? error : ": " + error));
  return std::nullopt;
}

nlohmann::ordered_json verification_json(const Verification& found) {
  nlohmann::ordered_json json{{"ok", !found.fault}, {"records", found.records}, {"heads", found.heads}};
  json["head"] = found.head ? nlohmann::ordered_json(to_text(*found.head)) : nullptr;
  json["clock_set_back"] = found.set_back;
  json["names_deleted"] = found.names_deleted;
  json["bodies_deleted"] = found.bodies_deleted;
  json["deletions"] = nlohmann::ordered_json::array();
  for (const auto& deletion : found.deletions)
    json["deletions"].push_back({{"record", deletion.seq}, {"purpose", deletion.purpose}, {"records", deletion.count}});
  if (found.fault) json["fault"] = {{"record", found.fault->seq}, {"message", found.fault->message}};
  return json;
}

void print_verification(const Verification& found) {
  if (found.records > 0)
    std::cout << found.records << " records from " << utc_text(found.first) << " to " << utc_text(found.last) << '\n';
  if (found.head)
    std::cout << found.heads << " signed heads, the last of " << utc_text(found.head->time) << " for record "
              << found.head->seq << '\n';
  if (!found.set_back.empty())
    std::cout << "the clock was set back before " << found.set_back.size()
              << (found.set_back.size() == 1 ? " head, that" : " heads, the first of them that") << " for record "
              << found.set_back.front() << ": order is that of the chain\n";
  const auto& deletions = found.deletions;
  for (std::size_t i = 0; i < deletions.size(); ++i) {
    const auto first = i;
    auto count = deletions[i].count;
    const auto goes_on = [&] {
      return i + 1 < deletions.size() && deletions[i + 1].purpose == deletions[first].purpose &&
             deletions[i + 1].until == deletions[first].until;
    };
    for (; goes_on(); ++i)  // slices of one deletion stand in one line
      count += deletions[i + 1].count;
    std::cout << (first == i ? "record " : "records ") << deletions[first].seq;
    if (first < i) std::cout << " to " << deletions[i].seq;
    std::cout << (first == i ? " deletes " : " delete ")
              << (deletions[i].what == safeguarding::Deletion::What::all ? "all" : "names") << " of " << count
              << " records before " << utc_text(deletions[i].until) << ": " << deletions[i].purpose << '\n';
  }
  if (!found.fault) std::cout << (found.records > 0 ? "every record is as it was written\n" : "there are no records\n");
}

}  // namespace breakwater::cli

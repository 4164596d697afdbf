#include "proxy/backup/contents.h"

#include <algorithm>
#include <array>
#include <memory>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <unistd.h>

#include "categories/file.h"

namespace breakwater::backup {
namespace {

/// Files, and folders with all that is below them, whose names end in '/'. Left out are all keys (those of names must
/// go when they are destroyed; the others are made anew), lists, mail that waits, who is where now, and the access log.
constexpr auto kKept = std::to_array<std::string_view>(
    {kRecords, "heads.jsonl", "passes.log", "passes.json", "quota/ledger.json", "portal/"});

constexpr std::size_t kLongestName = 255;
constexpr std::size_t kSha256Digits = 64;

struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

bool is_kept(std::string_view name) {
  if (name.size() > kLongestName || name.find("..") != std::string_view::npos || name.ends_with('/')) return false;
  if (std::any_of(name.begin(), name.end(), [](char c) { return c < 0x20 || c >= 0x7f; })) return false;
  return std::any_of(kKept.begin(), kKept.end(), [name](std::string_view kept) {
    return kept.ends_with('/') ? name.starts_with(kept) : name == kept;
  });
}

std::string to_json(const Manifest& manifest) {
  auto files = nlohmann::ordered_json::array();
  for (const auto& [name, file] : manifest)
    files.push_back({{"name", name}, {"size", file.size}, {"sha256", file.sha256}});
  return nlohmann::ordered_json{{"breakwater_backup", 1}, {"files", std::move(files)}}.dump(1) + '\n';
}

std::optional<Manifest> parse_manifest(std::string_view text) {
  const auto value = nlohmann::json::parse(text, nullptr, false);
  if (!value.is_object() || value.value("breakwater_backup", nlohmann::json()) != 1 || !value.contains("files"))
    return std::nullopt;
  const auto& files = value["files"];
  if (!files.is_array() || files.size() > kMaxFiles) return std::nullopt;
  Manifest manifest;
  for (const auto& each : files) {
    if (!each.is_object()) return std::nullopt;
    const auto name = each.find("name");
    const auto size = each.find("size");
    const auto digest = each.find("sha256");
    if (name == each.end() || size == each.end() || digest == each.end()) return std::nullopt;
    if (!name->is_string() || !size->is_number_unsigned() || !digest->is_string()) return std::nullopt;
    if (!is_kept(name->get_ref<const std::string&>())) return std::nullopt;
    manifest[name->get<std::string>()] = {size->get<std::uint64_t>(), digest->get<std::string>()};
  }
  return manifest;
}

std::optional<File> measure(const std::filesystem::path& file) {
  const categories::File source{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  if (!source || !context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) return std::nullopt;
  File measured;
  std::array<char, 1 << 16> buffer{};
  for (;;) {
    const auto got = ::read(source.get(), buffer.data(), buffer.size());
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    measured.size += static_cast<std::uint64_t>(got);
    if (EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(got)) != 1) return std::nullopt;
  }
  std::array<unsigned char, kSha256Digits / 2> digest{};
  if (EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) return std::nullopt;
  constexpr std::string_view kDigits = "0123456789abcdef";
  measured.sha256.reserve(kSha256Digits);
  for (const auto byte : digest) {
    measured.sha256 += kDigits[byte >> 4U];
    measured.sha256 += kDigits[byte & 15U];
  }
  return measured;
}

}  // namespace breakwater::backup

#include "proxy/lists/locked_list.h"

#include <istream>
#include <vector>

#include <sys/resource.h>

#include "categories/image.h"
#include "categories/list_reader.h"
#include "categories/part.h"
#include "categories/sha256.h"

namespace breakwater::lists {
namespace {

class Sealing : public categories::EntrySink {
 public:
  explicit Sealing(const categories::SipKey& key) : part_(key) {}

  void domain(const categories::Host& host, std::uint32_t line) override {
    ++sealed_.entries;
    part_.host(host.text(), line);
  }
  void network(const categories::Network& network, std::uint32_t line) override {
    ++sealed_.entries;
    part_.network(network, line);
  }
  void pattern(categories::EntryKind kind, std::string_view text, std::uint32_t line) override {
    if (kind != categories::EntryKind::url) return refuse(line);
    ++sealed_.entries;
    part_.sealed_url(text, line);
  }
  void except(const categories::Host&, std::uint32_t line) override { refuse(line); }
  void until(std::chrono::sys_days day, std::uint32_t line) override { part_.until(day, line); }
  void include(std::string_view, std::uint32_t line, std::uint32_t) override { refuse(line); }
  void reject(std::uint32_t line, std::uint32_t, std::string) override { refuse(line); }
  void skip(std::string_view, std::uint32_t line, std::uint32_t) override { refuse(line); }

  Sealed sealed_;
  categories::PartWriter part_;

 private:
  void refuse(std::uint32_t line) {
    if (sealed_.rejected++ == 0) sealed_.first_rejected = line;
  }
};

}  // namespace

/// A limit of one byte is no room for a file, and is what the kernel takes as "no" for a pipe (core(5)).
void forbid_core_dumps() {
  const rlimit one_byte{1, 1};
  ::setrlimit(RLIMIT_CORE, &one_byte);
}

std::optional<std::chrono::seconds> age_of_locked(const std::filesystem::path& file, std::chrono::sys_seconds now) {
  std::error_code error;
  const auto written = std::filesystem::last_write_time(file, error);
  if (error) return std::nullopt;
  return now - std::chrono::floor<std::chrono::seconds>(std::chrono::file_clock::to_sys(written));
}

Sealed seal_list(std::istream& input, const categories::SipKey& key, const std::filesystem::path& file) {
  Sealing sealing{key};
  categories::ListReader reader{categories::ListFormat::automatic, sealing};
  categories::Sha256 sum;
  std::vector<char> buffer(1 << 16);
  while (input.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), input.gcount() > 0) {
    const std::string_view bytes{buffer.data(), static_cast<std::size_t>(input.gcount())};
    sum.update(bytes);
    reader.feed(bytes);
  }
  reader.finish();
  auto& sealed = sealing.sealed_;
  if (!reader.refusal().empty())
    sealed.error = reader.refusal();
  else if (sealed.entries == 0)
    sealed.error = "there is not a single host or URL in it";
  if (!sealed.error.empty()) return sealed;
  // A plain sum of the list would tell whoever has guessed it that they are right.
  const auto secret = std::to_string(key.k0) + std::to_string(key.k1);
  sum.update(secret);
  const auto part =
      sealing.part_.write(sum.hex(), reader.format(), static_cast<std::uint32_t>(sealed.rejected), 0, {}, {});
  categories::write_image(file, part, categories::Durability::synced, sealed.error);
  return sealed;
}

}  // namespace breakwater::lists

#include "proxy/safeguarding/secret_file.h"

#include "proxy/safeguarding/private_file.h"

namespace breakwater::safeguarding {

Result<crypto::Secret, std::string> load_or_make_secret(const std::filesystem::path& file) {
  if (!crypto::ready()) return std::string("libsodium cannot be used");
  const auto named = [&file](std::string_view what) { return file.string().append(": ").append(what); };
  const FolderLock lock(file.parent_path());
  std::string error;
  auto bytes = read_private(file, crypto::Secret::kBytes, error);
  if (!bytes && !error.empty()) return named(error);
  if (!bytes) {
    bytes = crypto::Secret::random().view();
    if (error = write_private(file, *bytes); !error.empty()) return named(error);
  }
  const crypto::Wipe wipe(*bytes);
  if (const auto secret = crypto::Secret::from(*bytes)) return *secret;
  return named("is no key: it has " + std::to_string(bytes->size()) + " bytes in place of 32");
}

}  // namespace breakwater::safeguarding

#pragma once

#include <array>
#include <filesystem>
#include <vector>

#include "proxy/identity/evidence.h"
#include "proxy/identity/state_file.h"

namespace breakwater::identity {

/// Where to look; an empty path is no source.
struct FileSourcePaths {
  std::filesystem::path devices;
  std::filesystem::path dnsmasq_leases;
  std::filesystem::path kea_leases4;
  std::filesystem::path kea_leases6;
};

/// The register and the lease files, read anew when they change. Not thread-safe.
class FileSources {
 public:
  static constexpr std::size_t kMaxBytes = 256 << 20;  ///< of one file

  explicit FileSources(const FileSourcePaths& paths);

  /// Reads what has changed into `evidence`. True where something was read. What is wrong goes to `diagnostics`: a
  /// register with a mistake leaves the last good one, a lease file that cannot be read leaves its leases until they
  /// end.
  bool look(Evidence& evidence, categories::Diagnostics& diagnostics);

 private:
  WatchedFiles devices_;
  std::array<WatchedFiles, 3> leases_;  ///< as Evidence::leases
};

}  // namespace breakwater::identity

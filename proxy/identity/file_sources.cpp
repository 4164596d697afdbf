#include "proxy/identity/file_sources.h"

namespace breakwater::identity {
namespace {

using Paths = std::vector<std::filesystem::path>;
using ReadLeases = void (*)(std::string_view, const std::string&, Leases&, categories::Diagnostics&);

Paths one(const std::filesystem::path& path) {
  return path.empty() ? Paths{} : Paths{path};
}

/// While Kea's lease file clean-up works, older leases stand beside the file that is written (Kea Administrator
/// Reference Manual, "Why Is Lease File Cleanup Necessary?"): in FILE.completed, or where that is not there in FILE.2
/// and FILE.1.
constexpr std::array<std::string_view, 4> kKeaSuffixes{".completed", ".2", ".1", ""};

Paths kea(const std::filesystem::path& file) {
  Paths paths;
  if (file.empty()) return paths;
  for (const auto suffix : kKeaSuffixes)
    paths.push_back(std::filesystem::path(file) += suffix);
  return paths;
}

bool is_there(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::exists(file, ignored);
}

void complain(const std::filesystem::path& file, const std::string& error, categories::Diagnostics& diagnostics) {
  diagnostics.push_back({categories::Severity::error, file.string(), 0, 0, "cannot be read: " + error});
}

void read_devices(const std::filesystem::path& file, Evidence& evidence, categories::Diagnostics& diagnostics) {
  std::string error;
  const auto text = read_text(file, FileSources::kMaxBytes, error);
  if (!text) return complain(file, error, diagnostics);
  auto devices = DeviceRegister::parse(*text, file.string(), diagnostics);
  if (!devices) return;
  evidence.devices = std::move(*devices);
  evidence.devices_name = file.filename().string();
}

/// The last of the files must be there.
void read_leases(Paths files, ReadLeases read, Leases& leases, categories::Diagnostics& diagnostics) {
  const auto last = files.back();
  std::erase_if(files, [&](const auto& file) { return file != last && !is_there(file); });
  if (files.front().extension() == kKeaSuffixes.front()) files = {files.front(), last};
  Leases fresh;
  for (const auto& file : files) {
    std::string error;
    const auto text = read_text(file, FileSources::kMaxBytes, error);
    if (!text) return complain(file, error, diagnostics);
    read(*text, file.filename().string(), fresh, diagnostics);
  }
  leases = std::move(fresh);
}

}  // namespace

FileSources::FileSources(const FileSourcePaths& paths)
    : devices_(one(paths.devices)),
      leases_{WatchedFiles(one(paths.dnsmasq_leases)), WatchedFiles(kea(paths.kea_leases4)),
              WatchedFiles(kea(paths.kea_leases6))} {}

bool FileSources::look(Evidence& evidence, categories::Diagnostics& diagnostics) {
  bool read = false;
  if (!devices_.files().empty() && devices_.look()) {
    read_devices(devices_.files().front(), evidence, diagnostics);
    read = true;
  }
  for (std::size_t i = 0; i < leases_.size(); ++i) {
    if (leases_[i].files().empty() || !leases_[i].look()) continue;
    read_leases(leases_[i].files(), i == 0 ? &read_dnsmasq_leases : &read_kea_leases, evidence.leases[i], diagnostics);
    read = true;
  }
  return read;
}

}  // namespace breakwater::identity

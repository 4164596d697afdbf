#pragma once

#include <filesystem>

#include "proxy/backup/backup.h"
#include "proxy/cli/check.h"

namespace breakwater::cli {

struct BackupOptions {
  std::filesystem::path state;
  std::filesystem::path file;
  backup::Existing existing = backup::Existing::keep;
};

int make_backup(const BackupOptions& options);
/// Refuses while a gateway runs on the state.
int restore(const BackupOptions& options);

}  // namespace breakwater::cli

#include "proxy/cli/backup.h"

#include <iostream>

#include <fmt/format.h>

#include "proxy/admin/control_socket.h"
#include "proxy/admin/request.h"
#include "proxy/cli/terminal.h"
#include "proxy/feeds/progress.h"

namespace breakwater::cli {

int make_backup(const BackupOptions& options) {
  std::string error;
  const auto made = backup::make(options.state, options.file, error);
  if (!made) return fail(error, kWrong);
  if (!error.empty()) fail(error);
  std::cout << fmt::format("{}: {} files, {}, without the keys to names\n", options.file.string(), made->files,
                           feeds::size_text(made->bytes));
  return 0;
}

int restore(const BackupOptions& options) {
  std::string error;
  admin::Request request;
  request.command = admin::Command::status;
  if (admin::ask(options.state, admin::to_line(request), error))
    return fail("a gateway runs on " + options.state.string() + ": end it first");
  const auto restored = backup::restore(options.file, options.state, options.existing, error);
  if (!restored) return fail(error, kWrong);
  std::cout << fmt::format("{} files, {} records, each as it was written\n", restored->files, restored->records);
  if (!restored->aside.empty()) std::cout << fmt::format("what was there before is in {}\n", restored->aside.string());
  return 0;
}

}  // namespace breakwater::cli

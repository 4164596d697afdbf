#include "proxy/admin/journal.h"

#include <fcntl.h>
#include <unistd.h>

#include "categories/file.h"

namespace breakwater::admin {

std::optional<std::string> Journal::append(std::string_view line) {
  constexpr mode_t kOwner = 0600;
  const categories::File file{::open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kOwner)};
  const auto size = file ? ::lseek(file.get(), 0, SEEK_END) : -1;
  if (size >= 0 && file.write(std::string(line) + '\n') && ::fdatasync(file.get()) == 0) return std::nullopt;
  auto error = file_.string() + ": " + categories::last_error();
  if (size >= 0 && ::ftruncate(file.get(), size) != 0) error += "; part of a line may be left";
  return error;
}

}  // namespace breakwater::admin

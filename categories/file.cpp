#include "categories/file.h"

#include <cerrno>
#include <system_error>

#include <unistd.h>

namespace breakwater::categories {

File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

bool File::write(std::span<const std::uint8_t> bytes) const {
  while (!bytes.empty()) {
    const auto size = ::write(fd_, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(size));
  }
  return true;
}

bool File::write(std::string_view text) const {
  return write({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string last_error() {
  return std::generic_category().message(errno);
}

}  // namespace breakwater::categories

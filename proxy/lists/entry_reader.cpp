#include "proxy/lists/entry_reader.h"

#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "categories/file.h"
#include "categories/list_reader.h"

namespace breakwater::lists {
namespace {

constexpr std::size_t kReadSize = 256 << 10;

}  // namespace

std::string read_entries(const categories::ListFile& file, categories::EntrySink& sink) {
  const categories::File input{::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!input) return categories::last_error();
  categories::ListReader reader{file.format, sink, file.path.filename().string()};
  std::vector<char> buffer(kReadSize);
  while (reader.refusal().empty()) {
    const auto size = ::read(input.get(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return categories::last_error();
    if (size == 0) break;
    reader.feed({buffer.data(), static_cast<std::size_t>(size)});
  }
  reader.finish();
  return std::string(reader.refusal());
}

}  // namespace breakwater::lists

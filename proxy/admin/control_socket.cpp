#include "proxy/admin/control_socket.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace breakwater::admin {
namespace {

constexpr timeval kPatience{10, 0};  // the gateway may be compiling lists
constexpr std::size_t kMostAnswer = 4 << 20;

}  // namespace

std::optional<ControlAddress> control_address(const std::filesystem::path& state) {
  categories::File folder{::open(state.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (!folder) return std::nullopt;
  auto path = "/proc/self/fd/" + std::to_string(folder.get()) + "/control";
  return ControlAddress{std::move(folder), std::move(path)};
}

std::optional<std::string> ask(const std::filesystem::path& state, const std::string& line, std::string& error) {
  const auto address = control_address(state);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (address) address->path.copy(std::data(name.sun_path), sizeof name.sun_path - 1);
  const categories::File socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  if (!address || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) {
    error = "no gateway answers at " + (state / "control").string() + ": " + categories::last_error();
    return std::nullopt;
  }
  std::string answer;
  if (::send(socket.get(), line.data(), line.size(), MSG_NOSIGNAL) == static_cast<::ssize_t>(line.size())) {
    std::array<char, 4096> buffer{};
    while (answer.size() < kMostAnswer && !answer.ends_with('\n')) {
      const auto got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
      if (got <= 0) break;
      answer.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
  if (!answer.ends_with('\n')) {
    error = "the gateway did not answer: " + categories::last_error();
    return std::nullopt;
  }
  answer.pop_back();
  return answer;
}

}  // namespace breakwater::admin

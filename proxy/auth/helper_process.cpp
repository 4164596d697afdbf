#include "proxy/auth/helper_process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <poll.h>
#include <sodium.h>
#include <spawn.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/wait.h>

extern char** environ;

namespace breakwater::auth {
namespace {

constexpr std::chrono::milliseconds kLookAtStop{100};

void append_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    if (plain)
      out += c;
    else
      out.append({'%', kHex[byte >> 4U], kHex[byte & 15U]});
  }
}

}  // namespace

std::string helper_line(std::string_view channel, const Credentials& credentials) {
  std::string line;
  line.reserve(channel.size() + 3 * (credentials.user.size() + credentials.password.size()) +
               2);  // nothing stays behind
  line = channel;
  append_encoded(line, credentials.user);
  line += ' ';
  append_encoded(line, credentials.password);
  line += '\n';
  return line;
}

HelperProcess::Answer parse_answer(std::string_view line) {
  const auto word = line.substr(0, line.find_first_of(" \r"));
  if (word == "OK") return HelperProcess::Answer::ok;
  if (word == "ERR") return HelperProcess::Answer::wrong;
  return HelperProcess::Answer::failed;  // BH, and what is none of the three
}

HelperProcess::HelperProcess(std::vector<std::string> command, Channels channels, std::chrono::milliseconds timeout,
                             const std::atomic<bool>& stop)
    : command_(std::move(command)), channels_(channels), timeout_(timeout), stop_(stop) {}

HelperProcess::~HelperProcess() {
  end();
}

bool HelperProcess::start() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return false;
  pipe_ = categories::File(ends[0]);
  const categories::File theirs(ends[1]);
  std::vector<char*> arguments;
  for (const auto& word : command_)
    arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, theirs.get(), 0);
  posix_spawn_file_actions_adddup2(&actions, theirs.get(), 1);
  // Signals that the gateway ignores or blocks are the program's own business again.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  sigaddset(&signals, SIGPIPE);
  sigaddset(&signals, SIGXFSZ);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int error = ::posix_spawn(&pid_, arguments[0], &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error == 0) return true;
  pid_ = -1;
  errno = error;
  return false;
}

void HelperProcess::end() {
  pipe_ = categories::File();
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

HelperProcess::Answer HelperProcess::fail(std::string_view why) {
  spdlog::error("proxy.auth.helper: {}; started again in {} s at the earliest", why, pause_.count());
  end();
  not_before_ = Steady::now() + pause_;
  pause_ = std::min(pause_ * 2, kLongestPause);
  return Answer::failed;
}

bool HelperProcess::wait(short events, Steady::time_point until) const {
  while (!stop_) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now());
    if (left <= std::chrono::milliseconds::zero()) return false;
    pollfd ready{pipe_.get(), events, 0};
    if (::poll(&ready, 1, static_cast<int>(std::min(left, kLookAtStop).count())) > 0) return true;
  }
  return false;
}

bool HelperProcess::send(std::string_view line, Steady::time_point until) {
  while (!line.empty()) {
    const auto sent = ::send(pipe_.get(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0)
      line.remove_prefix(static_cast<std::size_t>(sent));
    else if ((errno != EAGAIN && errno != EINTR) || !wait(POLLOUT, until))
      return false;
  }
  return true;
}

/// One line without its end. What the program says behind it would be the answer to nothing.
bool HelperProcess::receive(std::string& line, Steady::time_point until) {
  char piece[512];
  while (wait(POLLIN, until)) {
    const auto size = ::recv(pipe_.get(), piece, sizeof piece, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (size <= 0) return false;
    line.append(piece, static_cast<std::size_t>(size));
    if (const auto end = line.find('\n'); end != std::string::npos) {
      const bool whole = end + 1 == line.size();
      line.resize(end);
      return whole;
    }
    if (line.size() > kMaxAnswer) return false;
  }
  return false;
}

HelperProcess::Answer HelperProcess::ask(const Credentials& credentials) {
  const auto now = Steady::now();
  if (pid_ < 0) {
    if (now < not_before_) return Answer::failed;
    if (!start()) return fail("cannot be started: " + categories::last_error());
  }
  const auto until = now + timeout_;
  std::string channel;
  if (channels_ == Channels::numbered) channel = std::to_string(++questions_) + ' ';
  auto line = helper_line(channel, credentials);
  // An answer that came unasked would be taken for this one.
  pollfd early{pipe_.get(), POLLIN, 0};
  const bool in_step = ::poll(&early, 1, 0) == 0;
  const bool sent = in_step && send(line, until);
  sodium_memzero(line.data(), line.size());
  if (!in_step) return fail("it has ended, or spoke unasked");
  if (!sent) return fail("it does not listen");
  std::string answer;
  if (!receive(answer, until)) return fail("no answer of one line in time");
  pause_ = kFirstPause;
  if (!answer.starts_with(channel)) return fail("it answers what it was not asked");
  return parse_answer(std::string_view(answer).substr(channel.size()));
}

}  // namespace breakwater::auth

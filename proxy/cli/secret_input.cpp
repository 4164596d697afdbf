#include "proxy/cli/secret_input.h"

#include <fstream>
#include <iostream>

#include <sodium.h>
#include <termios.h>
#include <unistd.h>

#include "proxy/cli/terminal.h"

namespace breakwater::cli {
namespace {

/// While it lives, what is typed on standard input does not show.
class NoEcho {
 public:
  NoEcho() {
    if (!is_terminal_) return;
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;
  ~NoEcho() {
    if (is_terminal_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  bool is_terminal() const { return is_terminal_; }

 private:
  termios before_{};
  bool is_terminal_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
};

}  // namespace

std::optional<std::string> ask_secret(std::string_view what, Asked asked) {
  const NoEcho silence;
  std::string secret;
  std::string again;
  const auto ask = [&silence](std::string_view prompt, std::string& line) {
    if (silence.is_terminal()) std::cerr << prompt << ": " << std::flush;
    std::getline(std::cin, line);
    if (silence.is_terminal()) std::cerr << '\n';
  };
  ask(what, secret);
  if (!silence.is_terminal() || asked == Asked::once) return secret;
  ask("Again", again);
  const bool same = secret == again;
  sodium_memzero(again.data(), again.size());
  if (same) return secret;
  sodium_memzero(secret.data(), secret.size());
  fail("the two are not the same");
  return std::nullopt;
}

std::optional<std::string> read_passphrase(const std::filesystem::path& file, Asked asked) {
  if (file.empty()) return ask_secret("Passphrase", asked);
  std::ifstream stream(file);
  std::string line;
  if (std::getline(stream, line)) return line;
  fail(file.string() + ": holds no passphrase in its first line");
  return std::nullopt;
}

}  // namespace breakwater::cli

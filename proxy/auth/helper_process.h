#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "categories/file.h"
#include "proxy/auth/basic_credentials.h"

namespace breakwater::auth {

/// A program that knows accounts, in the line protocol of squid's basic authentication helpers: `user SP password LF`,
/// both percent-encoded, is answered `OK`, `ERR` or `BH`, perhaps with more behind it (squid's wiki,
/// Features/AddonHelpers); with channels a number stands before each question and comes back before its answer. Started
/// without a shell when it is first needed, and again after it has ended, failed or fallen silent, later each time. One
/// thread.
class HelperProcess {
 public:
  static constexpr std::size_t kMaxAnswer = 4096;  ///< bytes of a line; a helper that says more is ended
  static constexpr std::chrono::seconds kFirstPause{1};
  static constexpr std::chrono::seconds kLongestPause{60};

  enum class Channels : std::uint8_t { none, numbered };

  /// `stop` ends a question that is waited for.
  HelperProcess(std::vector<std::string> command, Channels channels, std::chrono::milliseconds timeout,
                const std::atomic<bool>& stop);
  ~HelperProcess();
  HelperProcess(const HelperProcess&) = delete;
  HelperProcess& operator=(const HelperProcess&) = delete;

  enum class Answer : std::uint8_t {
    ok,
    wrong,
    failed,  ///< it cannot say, or is not there
  };
  Answer ask(const Credentials& credentials);

 private:
  using Steady = std::chrono::steady_clock;

  bool start();
  void end();
  Answer fail(std::string_view why);
  bool wait(short events, Steady::time_point until) const;
  bool send(std::string_view line, Steady::time_point until);
  bool receive(std::string& line, Steady::time_point until);

  const std::vector<std::string> command_;
  const Channels channels_;
  const std::chrono::milliseconds timeout_;
  const std::atomic<bool>& stop_;
  categories::File pipe_;  ///< both ways: the program's standard input and output
  int pid_ = -1;
  unsigned questions_ = 0;
  Steady::time_point not_before_{};
  std::chrono::seconds pause_ = kFirstPause;
};

/// `channel` and behind it "ann a%20b\n" of "ann" and "a b".
std::string helper_line(std::string_view channel, const Credentials& credentials);
/// Without the channel.
HelperProcess::Answer parse_answer(std::string_view line);

}  // namespace breakwater::auth

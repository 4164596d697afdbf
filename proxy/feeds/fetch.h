#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "proxy/feeds/progress.h"
#include "rules/feed.h"

namespace breakwater::feeds {

/// By what a server tells versions of a file apart (RFC 9110 8.8); "": it does not.
struct Validators {
  std::string etag;
  std::string last_modified;
};

/// One file to be fetched.
struct Request {
  std::string url;
  rules::Transport transport = rules::Transport::https;
  Validators known;  ///< of the version at hand, which need not come again
  std::string proxy;
  std::filesystem::path ca;
  std::uint64_t max_bytes = 0;
  std::chrono::milliseconds timeout{};  ///< for all of it
  std::chrono::milliseconds stall{};    ///< without a byte arriving
};

enum class FetchResult : std::uint8_t {
  done,
  unchanged,  ///< as the version that `known` describes
  refused,    ///< by them or by us: trying again at once is of no use
  temporary,
  cancelled,
};

struct Fetched {
  FetchResult result = FetchResult::refused;
  std::string message;                  ///< why not, in a line of printable ASCII; "" where done
  Validators validators;                ///< of what came
  std::chrono::seconds retry_after{0};  ///< what the server asks for; 0: nothing
};

/// Fetches one file over HTTP(S) into `into`, which appears complete or not at all; what has come of it so far is kept
/// in `into` + ".part" (and ".part.json": of which version) and taken up again by the next attempt, if the server says
/// that it still has that very version. TLS 1.2 or later, always verified. Redirects, at most five, only to what the
/// transport allows. A proxy only as the request says, whatever the environment does. Blocks; ends within a second of
/// `cancel`.
Fetched fetch(const Request& request, const std::filesystem::path& into, Progress& progress,
              const std::atomic<bool>& cancel);

}  // namespace breakwater::feeds

#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "categories/url.h"
#include "proxy/app/clock.h"
#include "proxy/telemetry/sight.h"
#include "rules/engine.h"

namespace breakwater::app {

/// What is known of the request at hand: it becomes the access log's line and, where it is a concern, the safeguarding
/// record. Its strings are used again from request to request.
struct Transaction {
  using Steady = std::chrono::steady_clock;

  Clock::Milliseconds time;  ///< civil time of its first byte
  Steady::time_point began;
  std::string id;
  std::string method;
  std::string_view scheme;
  std::optional<categories::Host> host;
  std::string_view dialled;  ///< in place of the host; lasts for ever (see rules::safe_name)
  std::uint16_t port = 0;
  std::string path;           ///< plain HTTP
  std::string url;            ///< plain HTTP
  std::string search;         ///< the words of a search by plain HTTP
  std::string_view approach;  ///< see Approach; of what is a concern
  std::string referrer;
  std::string sni;
  std::string pseudonym;  ///< of who made an attempt; "": nothing is recorded of it
  std::string alpn;
  std::string_view ech;
  std::optional<telemetry::Sight> sight;  ///< none: it said nothing, or nothing for a site
  std::shared_ptr<rules::Engine> engine;  ///< pins the snapshot that the verdict points into
  rules::Verdict verdict;
  std::optional<rules::SysSeconds> opens;  ///< when what is blocked will be open
  std::string_view detail;
  enum class Kept : std::uint8_t { line, count } kept = Kept::line;  ///< count: it was somebody's own time
  std::uint16_t status = 0;
  std::uint64_t bytes_up = 0;    ///< from the client
  std::uint64_t bytes_down = 0;  ///< to the client
  std::chrono::microseconds head{};
  std::chrono::microseconds connect{};
  std::string_view end;

  void begin(Clock::Milliseconds now, Steady::time_point steady) {
    time = now;
    began = steady;
    id.clear();
    method.clear();
    scheme = {};
    host.reset();
    dialled = {};
    port = 0;
    path.clear();
    url.clear();
    search.clear();
    approach = {};
    referrer.clear();
    sni.clear();
    pseudonym.clear();
    alpn.clear();
    ech = {};
    sight.reset();
    verdict = {};
    opens.reset();
    detail = {};
    kept = Kept::line;
    status = 0;
    bytes_up = bytes_down = 0;
    head = connect = {};
    end = {};
  }
};

}  // namespace breakwater::app

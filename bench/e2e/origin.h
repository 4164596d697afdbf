#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "bench/e2e/options.h"

namespace breakwater::bench {

/// Serves until the process ends, on every loopback address. What a client sends first decides: a GET is answered with
/// a fixed body and kept alive; a TLS ClientHello with server_answer(), after which a stream_command() starts zeros
/// flowing down, or lets the client send up. Calls `listening` once with ADDR:PORT. Throws std::system_error.
[[noreturn]] void serve_origin(const OriginOptions& options, const std::function<void(const std::string&)>& listening);

}  // namespace breakwater::bench

#pragma once

#include <cstddef>
#include <string_view>

namespace breakwater::bench {

/// Why an exchange counts as an error. Each kind is counted apart.
enum class Failure {
  connect,       ///< refused, no route, no free port
  reset,         ///< the connection broke while sending or receiving
  closed_early,  ///< end of stream before the whole answer
  timeout,       ///< no whole answer in time
  malformed,     ///< not an HTTP response, or bytes after its end
  wrong_status,  ///< a status other than the expected one
  wrong_length,  ///< a body of another length
  wrong_answer,  ///< the tunnel does not deliver the origin's bytes
  no_data,       ///< a bulk stream that moved nothing at all
};
inline constexpr std::size_t kFailureKinds = 9;

std::string_view to_string(Failure failure);

}  // namespace breakwater::bench

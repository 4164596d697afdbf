#include "bench/e2e/failure.h"

namespace breakwater::bench {

std::string_view to_string(Failure failure) {
  switch (failure) {
    case Failure::connect:
      return "connect";
    case Failure::reset:
      return "reset";
    case Failure::closed_early:
      return "closed_early";
    case Failure::timeout:
      return "timeout";
    case Failure::malformed:
      return "malformed";
    case Failure::wrong_status:
      return "wrong_status";
    case Failure::wrong_length:
      return "wrong_length";
    case Failure::wrong_answer:
      return "wrong_answer";
    case Failure::no_data:
      return "no_data";
  }
  return "unknown";
}

}  // namespace breakwater::bench

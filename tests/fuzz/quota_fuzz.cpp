// Input: STATE/quota/ledger.json.

#include "proxy/quota/book_file.h"
#include "tests/fuzz/fuzz.h"

namespace breakwater::quota {
namespace {

void run(std::span<const std::uint8_t> input) {
  const auto written = parse_book({reinterpret_cast<const char*>(input.data()), input.size()});
  if (!written) return;
  const auto again = parse_book(to_json(*written));
  fuzz::require(again && again->time == written->time && again->people == written->people, "not what was written");
  Book book(written->people);
  book.forget_ended(written->time);
  fuzz::require(book.people().size() <= kMostPeople, "too many people");
}

const fuzz::Registration registered{"quota", &run};

}  // namespace
}  // namespace breakwater::quota

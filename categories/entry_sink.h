#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "categories/catalogue.h"

namespace breakwater::categories {

/// Takes what a list file says, in the order of its lines.
class EntrySink {
 public:
  virtual ~EntrySink() = default;
  /// A domain with all below it, or an address.
  virtual void domain(const Host& host, std::uint32_t line) = 0;
  /// More than one address, and no more than a registry gives out: at least /8, or /19 of IPv6.
  virtual void network(const Network& network, std::uint32_t line) = 0;
  /// What this list says of the host, and of what is below it, does not count (AdBlock's `@@`).
  virtual void except(const Host& host, std::uint32_t line) = 0;
  /// `url`: the beginning of a match text; `expression`: to be searched for in a match text; `keyword`: in its
  /// normal form.
  virtual void pattern(EntryKind kind, std::string_view text, std::uint32_t line) = 0;
  /// The entries of this line, which have just been given, hold until the end of this day and then no more. Where a
  /// line has a day that cannot be read, its entries are not given: there is only a reject().
  virtual void until(std::chrono::sys_days day, std::uint32_t line) = 0;
  /// The list goes on in another file: its name as it stands in the list, which may lead anywhere.
  virtual void include(std::string_view file, std::uint32_t line, std::uint32_t column) = 0;
  /// A line, or a word of it, that gives no entry and should have.
  virtual void reject(std::uint32_t line, std::uint32_t column, std::string message) = 0;
  /// A rule that is right but means nothing to a gateway; `what` is one of few constant phrases ("a rule for parts of
  /// pages"), by which they are counted.
  virtual void skip(std::string_view what, std::uint32_t line, std::uint32_t column) = 0;
};

}  // namespace breakwater::categories

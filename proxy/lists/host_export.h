#pragma once

#include <cstdint>

#include "categories/catalogue_builder.h"
#include "rules/engine.h"

namespace breakwater::lists {

/// Takes the hosts that are exported.
class HostTaker {
 public:
  virtual ~HostTaker() = default;
  /// A name with all below it is in a wanted category.
  virtual void block(const categories::Host& host) = 0;
  /// A name with all below it is not, though something above it is.
  virtual void pass(const categories::Host& host) = 0;
  virtual void network(const categories::Network& network) = 0;
};

/// What an export gave, and what it had to leave out.
struct ExportReport {
  std::uint64_t blocked = 0;
  std::uint64_t passed = 0;
  std::uint64_t networks = 0;      ///< single addresses too
  std::uint64_t patterns = 0;      ///< left out: URLs, expressions, keywords
  std::uint64_t includes = 0;      ///< left out: other files that a list includes
  std::uint64_t not_public = 0;    ///< left out: networks that are not of the Internet
  categories::Diagnostics errors;  ///< lists that could not be read
};

/// Gives the hosts of the lists that are in a wanted category, for what cannot ask the gateway: a resolver, a packet
/// filter. A catalogue holds hashes, so that the names come out of the lists' own files; whether each of them counts,
/// the snapshot's catalogue and policy say, by the rules of Engine::decide() for a group that may open no category: the
/// floor first, then essential hosts and the IT provider's word. A name below another that is given is left out.
/// Locked lists have no names to be given. What is in a category of `spared` is not given, whatever else it is in.
/// Memory: about 10 bytes for each name that is given.
ExportReport export_hosts(const categories::Sources& sources, const rules::Snapshot& snapshot,
                          const categories::CategorySet& wanted, const categories::CategorySet& spared,
                          HostTaker& taker);

}  // namespace breakwater::lists

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "categories/part.h"
#include "tests/categories/list_tree.h"

namespace breakwater::categories::test {

inline constexpr SipKey kLockedKey{7, 9};

/// A locked list of hosts ("a.example") and beginnings of match texts ("a.example/x"), which no more than its hashes
/// are kept of.
inline LockedList write_locked(const ListTree& tree, const std::string& name, const std::string& category,
                               const std::vector<std::string>& entries) {
  PartWriter writer{kLockedKey};
  std::uint32_t line = 0;
  for (const auto& entry : entries) {
    if (entry.find('/') == std::string::npos)
      writer.host(entry, ++line);
    else
      writer.sealed_url(entry, ++line);
  }
  const auto bytes = writer.write(name, ListFormat::domains, 0, 0, {}, {});
  const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  return {"locked/" + name, category, tree.write(name + ".part", text)};
}

}  // namespace breakwater::categories::test

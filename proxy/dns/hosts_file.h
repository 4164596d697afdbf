#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "categories/diagnostic.h"
#include "categories/ip_address.h"

namespace breakwater::dns {

/// Names with fixed addresses, in hosts-file syntax (hosts(5)); they win over the servers. Immutable.
class HostsFile {
 public:
  /// Bad lines go to `diagnostics`; the rest counts.
  static HostsFile parse(std::string_view text, const std::string& file, categories::Diagnostics& diagnostics);

  /// The addresses of a normalised name, in the order of the file; nullptr where it has none.
  const std::vector<categories::IpAddress>* find(std::string_view host) const;

  bool operator==(const HostsFile&) const = default;

 private:
  std::unordered_map<std::string, std::vector<categories::IpAddress>> names_;
};

}  // namespace breakwater::dns

#include "proxy/dns/hosts_file.h"

#include "categories/host.h"

namespace breakwater::dns {
namespace {

std::string_view next_word(std::string_view& rest) {
  const auto begin = rest.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return rest = {};
  const auto end = std::min(rest.find_first_of(" \t\r", begin), rest.size());
  const auto word = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return word;
}

}  // namespace

HostsFile HostsFile::parse(std::string_view text, const std::string& file, categories::Diagnostics& diagnostics) {
  HostsFile result;
  std::uint32_t number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    line = line.substr(0, line.find('#'));
    const auto first = next_word(line);
    if (first.empty()) continue;
    const auto complain = [&](std::string message) {
      diagnostics.push_back({categories::Severity::warning, file, number, 1, std::move(message)});
    };
    const auto address = categories::IpAddress::parse(first);
    if (!address) {
      complain("\"" + std::string(first) + "\" is no IP address");
      continue;
    }
    for (auto word = next_word(line); !word.empty(); word = next_word(line)) {
      const auto host = categories::normalise_host(word, categories::HostSource::person);
      if (!host) {
        complain("\"" + std::string(word) + "\" is no host name: " + std::string(to_string(host.error())));
        continue;
      }
      result.names_[std::string(host->text())].push_back(*address);
    }
  }
  return result;
}

const std::vector<categories::IpAddress>* HostsFile::find(std::string_view host) const {
  const auto found = names_.find(std::string(host));
  return found == names_.end() ? nullptr : &found->second;
}

}  // namespace breakwater::dns

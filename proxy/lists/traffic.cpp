#include "proxy/lists/traffic.h"

#include <fstream>
#include <string>
#include <string_view>
#include <unordered_map>

namespace breakwater::lists {
namespace {

constexpr std::size_t kMaxKinds = 500'000;  // hosts, by group and period

/// The value of a key that holds a text; "" where the line has none. In a line of the access log a quote within a text
/// is escaped, so that `,"key":"` is always a key. Hosts, groups and periods hold nothing that is escaped.
std::string_view field(std::string_view line, std::string_view key) {
  const auto at = line.find(key);
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + key.size());
  return line.substr(0, line.find('"'));
}

class Counting {
 public:
  void add(std::string_view line) {
    if (!line.ends_with('}')) return;  // it is being written, or was cut when the disk was full
    const auto host = field(line, R"(,"host":")");
    const auto group = field(line, R"(,"group":")");
    if (host.empty() || group.empty()) return;
    const auto period = field(line, R"(,"period":")");
    key_.assign(host).append(1, '\n').append(group).append(1, '\n').append(period);
    if (const auto known = numbers_.find(key_); known != numbers_.end())
      ++known->second;
    else if (numbers_.size() < kMaxKinds)
      numbers_.emplace(key_, 1);
  }

  std::vector<rules::Visits> take() {
    std::vector<rules::Visits> visits;
    visits.reserve(numbers_.size());
    for (const auto& [key, number] : numbers_) {
      const auto first = key.find('\n');
      const auto second = key.find('\n', first + 1);
      visits.push_back(
          {key.substr(0, first), key.substr(first + 1, second - first - 1), key.substr(second + 1), number});
    }
    return visits;
  }

 private:
  std::string key_;
  std::unordered_map<std::string, std::uint64_t> numbers_;
};

/// The last `most` bytes of a log, without the line that they begin in. Returns how many were looked at.
std::uint64_t read_tail(const std::filesystem::path& log, std::uint64_t most, Counting& counting) {
  std::error_code error;
  const auto size = std::filesystem::file_size(log, error);
  if (error) return 0;
  std::ifstream stream{log, std::ios::binary};
  std::string line;
  if (size > most) {
    stream.seekg(static_cast<std::streamoff>(size - most));
    std::getline(stream, line);
  }
  while (std::getline(stream, line))
    counting.add(line);
  return std::min<std::uint64_t>(size, most);
}

}  // namespace

std::vector<rules::Visits> recent_traffic(const std::filesystem::path& access_log, std::uint64_t most_bytes) {
  Counting counting;
  if (access_log.empty() || access_log == "-") return {};
  auto log = access_log;
  for (int rotated = 1; most_bytes > 0; ++rotated) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(log, ignored)) break;
    most_bytes -= read_tail(log, most_bytes, counting);
    log = access_log;
    log += "." + std::to_string(rotated);
  }
  return counting.take();
}

}  // namespace breakwater::lists

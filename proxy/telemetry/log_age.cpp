#include "proxy/telemetry/log_age.h"

#include <algorithm>
#include <fstream>
#include <string_view>

namespace breakwater::telemetry {
namespace {

constexpr std::string_view kBegin = R"({"time":")";
constexpr std::size_t kTimeLength = 24;    // "2026-11-23T10:00:00.000Z"
constexpr std::streamoff kTail = 1 << 20;  // more than any line

std::string time_in(std::string_view line) {
  const auto whole = line.starts_with(kBegin) && line.size() >= kBegin.size() + kTimeLength;
  return whole ? std::string(line.substr(kBegin.size(), kTimeLength)) : std::string();
}

}  // namespace

std::string first_time(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string start(kBegin.size() + kTimeLength, '\0');
  in.read(start.data(), static_cast<std::streamsize>(start.size()));
  return in ? time_in(start) : std::string();
}

std::string last_time(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  const auto size = static_cast<std::streamoff>(in.tellg());
  if (!in || size <= 0) return {};
  std::string tail(static_cast<std::size_t>(std::min(size, kTail)), '\0');
  in.seekg(size - static_cast<std::streamoff>(tail.size()));
  in.read(tail.data(), static_cast<std::streamsize>(tail.size()));
  std::string_view lines(tail);
  while (in && !lines.empty()) {
    lines = lines.substr(0, lines.find_last_not_of('\n') + 1);
    const auto before = lines.rfind('\n');
    const auto at = before == std::string_view::npos ? 0 : before + 1;
    if (auto time = time_in(lines.substr(at)); !time.empty()) return time;
    lines = lines.substr(0, at);
  }
  return {};
}

}  // namespace breakwater::telemetry

#include "proxy/telemetry/private_tally.h"

#include "proxy/telemetry/access_log.h"
#include "proxy/telemetry/time_text.h"

namespace breakwater::telemetry {

void PrivateTally::add(std::chrono::sys_seconds time, std::string_view group, std::string_view period,
                       std::span<const std::string_view> categories) {
  constexpr std::string_view kNone[] = {"uncategorised"};
  const Slot slot{time - time.time_since_epoch() % kSlot, std::string(group), std::string(period)};
  const std::lock_guard lock(mutex_);
  auto& counts = counts_[slot];
  for (const auto category : categories.empty() ? std::span<const std::string_view>(kNone) : categories) {
    const auto known = counts.find(category);
    known != counts.end() ? ++known->second : counts.emplace(category, 1).first->second;
  }
}

std::vector<std::string> PrivateTally::take(std::chrono::sys_seconds now) {
  std::vector<std::string> lines;
  const std::lock_guard lock(mutex_);
  while (!counts_.empty() && counts_.begin()->first.begin <= now - kSlot) {
    const auto& [slot, counts] = *counts_.begin();
    std::string line = R"({"time":")" + time_text(slot.begin) + R"(","event":"private_use","minutes":15,"group":)";
    append_json_string(line, slot.group);
    line += R"(,"period":)";
    append_json_string(line, slot.period);
    line += R"(,"categories":{)";
    for (const auto& [category, count] : counts) {
      if (line.back() != '{') line += ',';
      append_json_string(line, category);
      line += ':';
      line += count < kFewest ? "\"<3\"" : std::to_string(count);
    }
    lines.push_back(line.append("}}"));
    counts_.erase(counts_.begin());
  }
  return lines;
}

}  // namespace breakwater::telemetry

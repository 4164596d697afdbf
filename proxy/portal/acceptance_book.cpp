// {"time":"2026-11-23T09:01:12Z","person":"P-4T9ZQX2C","version":"2026-09","group":"learners","language":"en-GB",
//  "known_by":"user"}

#include "proxy/portal/acceptance_book.h"

#include <mutex>

#include <date/date.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace breakwater::portal {
namespace {

using nlohmann::ordered_json;

constexpr const char* kFile = "portal/acceptances.log";

constexpr std::pair<const char*, std::string Accepted::*> kMembers[] = {
    {"time", &Accepted::time},   {"person", &Accepted::person},     {"version", &Accepted::version},
    {"group", &Accepted::group}, {"language", &Accepted::language}, {"known_by", &Accepted::known_by},
};

ordered_json object_of(const Accepted& accepted) {
  ordered_json object;
  for (const auto& [name, member] : kMembers)
    object[name] = accepted.*member;
  return object;
}

}  // namespace

AcceptanceBook::AcceptanceBook(const std::filesystem::path& state, PersonTag tag,
                               const std::function<void(const std::string&)>& tell)
    : state_(state), tag_(std::move(tag)), book_(state / kFile) {
  std::uint64_t damaged = 0;
  if (const auto failed = read(known_, damaged)) tell(*failed);
  if (damaged != 0) tell(fmt::format("{}: {} damaged lines are left out", kFile, damaged));
}

std::optional<std::string> AcceptanceBook::read(std::unordered_set<std::string>& known, std::uint64_t& damaged) const {
  return read_acceptances(
      state_,
      [&known](const Accepted& accepted) {
        if (known.size() < kMost) known.insert(key(accepted));
      },
      damaged);
}

/// What is added meanwhile is on disk before it waits for the lock, and is known after it.
std::optional<std::string> AcceptanceBook::read_again() {
  const std::unique_lock lock(mutex_);
  std::unordered_set<std::string> known;
  std::uint64_t damaged = 0;
  if (auto failed = read(known, damaged)) return failed;
  known_ = std::move(known);
  edition_.fetch_add(1, std::memory_order_release);
  return std::nullopt;
}

std::string AcceptanceBook::key(const Accepted& recorded) {
  auto key = std::string(recorded.version).append("\n").append(recorded.person);
  if (recorded.known_by == "address") key.append("\n").append(recorded.time.substr(0, recorded.time.find('T')));
  return key;
}

Accepted AcceptanceBook::tagged(Accepted accepted) const {
  accepted.known_by = accepted.person.substr(0, accepted.person.find(':'));
  accepted.person = tag_(accepted.person);
  return accepted;
}

rules::Acceptance AcceptanceBook::of(std::string_view person, std::string_view version, rules::SysSeconds now) const {
  const auto wanted = key(tagged({date::format("%FT%TZ", now), std::string(person), std::string(version), {}, {}}));
  const std::shared_lock lock(mutex_);
  return known_.contains(wanted) ? rules::Acceptance::given : rules::Acceptance::missing;
}

std::optional<std::string> AcceptanceBook::add(const Accepted& accepted) {
  const auto recorded = tagged(accepted);
  auto known = key(recorded);
  {
    const std::shared_lock lock(mutex_);
    if (known_.contains(known)) return std::nullopt;
    if (known_.size() >= kMost) return "there are as many acceptances as can be kept";
  }
  if (auto failed = book_.append(object_of(recorded))) return failed;
  const std::unique_lock lock(mutex_);
  known_.insert(std::move(known));
  return std::nullopt;
}

std::optional<std::string> read_acceptances(const std::filesystem::path& state,
                                            const std::function<void(const Accepted&)>& visit, std::uint64_t& damaged) {
  return read_book(
      state / kFile,
      [&visit](const ordered_json& object) {
        Accepted accepted;
        for (const auto& [name, member] : kMembers)
          accepted.*member = text_of(object, name);
        visit(accepted);
      },
      damaged);
}

std::string to_json(const Accepted& accepted) {
  return object_of(accepted).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace breakwater::portal

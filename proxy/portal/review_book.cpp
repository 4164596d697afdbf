// {"time":"2026-11-23T10:05:00Z","kind":"review","reference":"7QK4M-2XP9D","person":"P-4T9ZQX2C",
//  "group":"learners","host":"www.example.org","category":"games","concern":"none","reason":"rule",
//  "text":"for unit 3"}

#include "proxy/portal/review_book.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "proxy/wire/utf8.h"

namespace breakwater::portal {
namespace {

using nlohmann::ordered_json;

constexpr const char* kFile = "portal/reviews.log";

constexpr std::pair<const char*, std::string Review::*> kMembers[] = {
    {"time", &Review::time},         {"kind", &Review::kind},       {"reference", &Review::reference},
    {"person", &Review::person},     {"group", &Review::group},     {"host", &Review::host},
    {"category", &Review::category}, {"concern", &Review::concern}, {"reason", &Review::reason},
    {"text", &Review::text},
};

ordered_json object_of(const Review& review) {
  ordered_json object;
  for (const auto& [name, member] : kMembers)
    object[name] = review.*member;
  return object;
}

/// U+0000 to U+001F, U+007F to U+009F
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
}

}  // namespace

ReviewBook::ReviewBook(const std::filesystem::path& state, PersonTag tag)
    : tag_(std::move(tag)), book_(state / kFile) {}

ReviewBook::Added ReviewBook::add(std::chrono::sys_days day, const Review& review, std::string& error) {
  const std::scoped_lock lock(mutex_);
  if (day != day_) {
    day_ = day;
    said_.clear();
    today_ = 0;
  }
  auto& said = said_[review.person];
  auto this_one = fmt::format("{} {}", review.kind, review.reference);
  if (std::ranges::find(said, this_one) != said.end()) return Added::kept;
  if (said.size() >= kPerPerson || today_ >= kPerDay) return Added::too_many;
  auto recorded = review;
  recorded.person = tag_(review.person);
  if (auto failed = book_.append(object_of(recorded))) {
    error = std::move(*failed);
    return Added::failed;
  }
  said.push_back(std::move(this_one));
  ++today_;
  return Added::kept;
}

std::optional<std::string> read_reviews(const std::filesystem::path& state,
                                        const std::function<void(const Review&)>& visit, std::uint64_t& damaged) {
  return read_book(
      state / kFile,
      [&visit](const ordered_json& object) {
        Review review;
        for (const auto& [name, member] : kMembers)
          review.*member = text_of(object, name);
        visit(review);
      },
      damaged);
}

std::string to_json(const Review& review) {
  return object_of(review).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string clean_review_text(std::string_view text) {
  std::string out;
  std::size_t characters = 0;
  while (!text.empty() && characters < kMaxReviewText) {
    const auto length = wire::utf8_length(text);
    if (length == 0)
      out += wire::kReplacement;
    else if (is_control(text.substr(0, length)))
      out += ' ';
    else
      out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
    ++characters;
  }
  out.erase(out.find_last_not_of(' ') + 1);
  return out;
}

}  // namespace breakwater::portal

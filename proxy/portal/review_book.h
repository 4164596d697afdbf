#pragma once

#include <chrono>
#include <map>
#include <vector>

#include "proxy/portal/book.h"

namespace breakwater::portal {

/// What somebody says of a request of theirs that was stopped.
struct Review {
  std::string time;  ///< RFC 3339, UTC
  std::string kind;  ///< "review": it should be open; "accident": it was not meant
  std::string reference;
  std::string person;  ///< to be added: rules::person_key(); as it was recorded: what stands for that
  std::string group;
  std::string host;
  std::string category;  ///< names, with ", " between them
  std::string concern;
  std::string reason;  ///< of the verdict
  std::string text;    ///< of the person, at most kMaxReviewText characters
};
inline constexpr std::size_t kMaxReviewText = 500;

/// Requests for review and reports of accidents, for the IT provider and the safeguarding lead: STATE/portal/
/// reviews.log. Thread-safe.
class ReviewBook {
 public:
  static constexpr std::size_t kPerPerson = 10;  ///< a day, since the gateway started
  static constexpr std::size_t kPerDay = 2000;

  ReviewBook(const std::filesystem::path& state, PersonTag tag);
  std::optional<std::string> open() { return book_.open(); }

  enum class Added : std::uint8_t { kept, too_many, failed };
  /// `day` is the civil day. The same of one reference is kept once, however often it is said. `error` says why it
  /// failed.
  Added add(std::chrono::sys_days day, const Review& review, std::string& error);

 private:
  const PersonTag tag_;
  Book book_;
  std::mutex mutex_;
  std::chrono::sys_days day_;
  std::map<std::string, std::vector<std::string>, std::less<>> said_;  ///< by person: kind and reference
  std::size_t today_ = 0;
};

/// All that were kept, in order. See read_book().
std::optional<std::string> read_reviews(const std::filesystem::path& state,
                                        const std::function<void(const Review&)>& visit, std::uint64_t& damaged);
std::string to_json(const Review& review);

/// What a person wrote, as it is kept: printable UTF-8 of kMaxReviewText characters at most, line ends as spaces.
std::string clean_review_text(std::string_view text);

}  // namespace breakwater::portal

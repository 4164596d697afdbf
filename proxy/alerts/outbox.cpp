#include "proxy/alerts/outbox.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "proxy/alerts/letter_file.h"
#include "proxy/safeguarding/private_file.h"

namespace breakwater::alerts {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::size_t kMaxCounts = 64 << 10;
constexpr std::size_t kMaxDone = 4096;
constexpr std::string_view kLeftOut = "left_out.json";

/// Less serious first, then the newer one.
bool gives_way(const Letter& left, const Letter& right) {
  return left.severity != right.severity ? left.severity < right.severity : left.queued > right.queued;
}

}  // namespace

Outbox::Outbox(fs::path folder, Milliseconds now, Tell tell, std::size_t most)
    : folder_(std::move(folder)), tell_(std::move(tell)), most_(most) {
  read(now);
}

fs::path Outbox::file_of(std::string_view key) const {
  return folder_ / letter_name(key);
}

fs::path Outbox::done_file_of(std::string_view key) const {
  return folder_ / "done" / hash_of(key);
}

void Outbox::read(Milliseconds now) {
  std::error_code error;
  auto letters = read_letters(folder_, [&](const fs::path& file) {
    auto aside = file;
    aside.replace_extension(".damaged");
    fs::rename(file, aside, error);
    tell_(aside.string() + ": this is no letter; a message may have been lost");
  });
  for (auto& letter : letters)
    letters_.emplace(std::string(letter.key), std::move(letter));
  for (const auto& entry : fs::directory_iterator(folder_ / "done", error))
    read_done(entry.path(), now);
  std::sort(sent_.begin(), sent_.end(), [](const Sent& a, const Sent& b) { return a.when < b.when; });
  // The end may have come between a letter's mark and its removal, or between a digest and the removal of its letters.
  std::erase_if(letters_, [this](const auto& one) {
    std::error_code ignored;
    return done_.contains(hash_of(one.first)) && fs::remove(file_of(one.first), ignored);
  });
  std::vector<const Letter*> digests;
  for (const auto& [key, letter] : letters_)
    if (!letter.merged.empty()) digests.push_back(&letter);
  for (const auto* digest : digests)
    drop_merged(*digest);
  std::string fault;
  const auto counts = safeguarding::read_private(folder_ / kLeftOut, kMaxCounts, fault);
  const auto json = counts ? Json::parse(*counts, nullptr, false) : Json();
  if (json.is_object())
    for (const auto& [recipient, count] : json.items())
      if (count.is_number_unsigned()) left_out_[recipient] = count.get<std::uint64_t>();
}

void Outbox::read_done(const fs::path& file, Milliseconds now) {
  std::string fault;
  const auto text = safeguarding::read_private(file, kMaxDone, fault);
  const auto json = text ? Json::parse(*text, nullptr, false) : Json();
  Milliseconds when = now;  // of a damaged one: it is done, and nothing else is known
  std::string sent_to;
  try {
    when = Milliseconds(std::chrono::milliseconds(json.at("when").get<std::int64_t>()));
    if (json.at("sent").get<bool>() && !json.contains("report")) json.at("recipient").get_to(sent_to);
  } catch (const Json::exception&) {
    tell_(file.string() + ": damaged; its message counts as done");
  }
  if (now - when > kRemembered) {
    std::error_code ignored;
    fs::remove(file, ignored);
    return;
  }
  done_.insert(file.filename());
  if (!sent_to.empty()) sent_.push_back({std::move(sent_to), when});
}

bool Outbox::knows(std::string_view key) const {
  return letters_.contains(key) || done_.contains(hash_of(key));
}

bool Outbox::write(const Letter& letter) {
  const auto fault = safeguarding::write_private(file_of(letter.key), to_file(letter));
  if (!fault.empty()) tell_(fault);
  return fault.empty();
}

Outbox::Added Outbox::add(Letter letter) {
  if (knows(letter.key)) return Added::known;
  if (letters_.size() >= most_) {
    const auto least = std::min_element(letters_.begin(), letters_.end(),
                                        [](const auto& a, const auto& b) { return gives_way(a.second, b.second); });
    const bool stays = !gives_way(least->second, letter);
    const auto& loser = stays ? letter : least->second;
    if (loser.of == Letter::Of::episode) {
      ++left_out_[loser.recipient];
      write_left_out();
    }
    if (stays) {
      mark(letter, Done::given_up, letter.queued);
      return Added::left_out;
    }
    finish(std::string(least->first), Done::given_up, letter.queued);
  }
  const bool written = write(letter);
  const auto added = letters_.emplace(std::string(letter.key), std::move(letter)).first;
  drop_merged(added->second);
  return written ? Added::queued : Added::failed;
}

/// Letters that a digest stands for are done, but were not sent.
void Outbox::drop_merged(const Letter& digest) {
  for (const auto& key : digest.merged)
    if (letters_.contains(key)) finish(key, Done::given_up, digest.queued);
}

void Outbox::keep(const Letter& letter) {
  const auto found = letters_.find(letter.key);
  if (found == letters_.end()) return;
  write(letter);
  found->second = letter;
}

void Outbox::finish(const std::string& key, Done done, Milliseconds when) {
  const auto found = letters_.find(key);
  if (found == letters_.end()) return;
  mark(found->second, done, when);
  std::error_code ignored;
  fs::remove(file_of(key), ignored);
  letters_.erase(found);
}

void Outbox::mark(const Letter& letter, Done done, Milliseconds when) {
  Json mark;
  mark["recipient"] = letter.recipient;
  mark["reference"] = letter.reference;
  mark["when"] = when.time_since_epoch().count();
  mark["sent"] = done == Done::sent;
  if (letter.of == Letter::Of::report) mark["report"] = true;
  const auto text = mark.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (const auto fault = safeguarding::write_private(done_file_of(letter.key), text); !fault.empty()) tell_(fault);
  done_.insert(hash_of(letter.key));
  if (done == Done::sent && letter.of == Letter::Of::episode) sent_.push_back({letter.recipient, when});
}

std::vector<Milliseconds> Outbox::sent_since(std::string_view recipient, Milliseconds since, Milliseconds until) const {
  std::vector<Milliseconds> times;
  for (const auto& sent : sent_)
    if (sent.recipient == recipient && sent.when > since && sent.when <= until) times.push_back(sent.when);
  return times;
}

std::uint64_t Outbox::left_out(const std::string& recipient) const {
  const auto found = left_out_.find(recipient);
  return found == left_out_.end() ? 0 : found->second;
}

std::uint64_t Outbox::take_left_out(const std::string& recipient) {
  const auto found = left_out_.find(recipient);
  if (found == left_out_.end()) return 0;
  const auto count = found->second;
  left_out_.erase(found);
  write_left_out();
  return count;
}

void Outbox::write_left_out() {
  Json counts = Json::object();
  for (const auto& [recipient, count] : left_out_)
    counts[recipient] = count;
  const auto text = counts.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (const auto fault = safeguarding::write_private(folder_ / kLeftOut, text); !fault.empty()) tell_(fault);
}

}  // namespace breakwater::alerts

#include "proxy/alerts/outbox.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "proxy/alerts/letter_file.h"

namespace breakwater::alerts {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::string_view kLetter = ".letter";
constexpr std::size_t kMaxFile = Outbox::kMaxMail + (64 << 10);
constexpr std::size_t kMaxDone = 4096;
constexpr std::string_view kLeftOut = "left_out.json";

/// Less serious first, then the newer one.
bool gives_way(const Letter& left, const Letter& right) {
  return left.severity != right.severity ? left.severity < right.severity : left.queued > right.queued;
}

void make_folder(const fs::path& folder) {
  std::error_code ignored;  // what is written there says it again
  fs::create_directories(folder, ignored);
  fs::permissions(folder, fs::perms::owner_all, ignored);
}

}  // namespace

Outbox::Outbox(fs::path folder, Milliseconds now, Tell tell, std::size_t most)
    : folder_(std::move(folder)), tell_(std::move(tell)), most_(most) {
  make_folder(folder_);
  make_folder(folder_ / "done");
  read(now);
}

fs::path Outbox::file_of(std::string_view key) const {
  return folder_ / hash_of(key).append(kLetter);
}

fs::path Outbox::done_file_of(std::string_view key) const {
  return folder_ / "done" / hash_of(key);
}

void Outbox::read(Milliseconds now) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    if (entry.path().extension() != kLetter) continue;
    const auto text = read_private_file(entry.path(), kMaxFile);
    auto letter = text ? parse_letter(*text) : std::nullopt;
    if (letter && file_of(letter->key) == entry.path()) {
      letters_.emplace(letter->key, std::move(*letter));
      continue;
    }
    auto aside = entry.path();
    aside.replace_extension(".damaged");
    fs::rename(entry.path(), aside, error);
    tell_(aside.string() + ": this is no letter; a message may have been lost");
  }
  for (const auto& entry : fs::directory_iterator(folder_ / "done", error))
    read_done(entry.path(), now);
  std::sort(sent_.begin(), sent_.end(), [](const Sent& a, const Sent& b) { return a.when < b.when; });
  // The end may have come between a letter's mark and its removal, or between a digest and the removal of its letters.
  std::erase_if(letters_, [this](const auto& one) {
    std::error_code ignored;
    return fs::exists(done_file_of(one.first), ignored) && fs::remove(file_of(one.first), ignored);
  });
  std::vector<const Letter*> digests;
  for (const auto& [key, letter] : letters_)
    if (!letter.merged.empty()) digests.push_back(&letter);
  for (const auto* digest : digests)
    drop_merged(*digest);
  const auto counts = read_private_file(folder_ / kLeftOut, kMaxFile);
  const auto json = counts ? Json::parse(*counts, nullptr, false) : Json();
  if (json.is_object())
    for (const auto& [recipient, count] : json.items())
      if (count.is_number_unsigned()) left_out_[recipient] = count.get<std::uint64_t>();
}

void Outbox::read_done(const fs::path& file, Milliseconds now) {
  const auto text = read_private_file(file, kMaxDone);
  const auto json = text ? Json::parse(*text, nullptr, false) : Json();
  if (!json.is_object()) return;
  const Milliseconds when(std::chrono::milliseconds(json.value("when", std::int64_t{0})));
  if (now - when > kRemembered) {
    std::error_code ignored;
    fs::remove(file, ignored);
  } else if (json.value("sent", false)) {
    sent_.push_back({json.value("recipient", std::string()), when});
  }
}

bool Outbox::knows(std::string_view key) const {
  std::error_code ignored;
  return letters_.contains(key) || fs::exists(done_file_of(key), ignored);
}

bool Outbox::write(const Letter& letter) {
  const auto fault = replace_private_file(file_of(letter.key), to_file(letter));
  if (fault) tell_(*fault);
  return !fault;
}

Outbox::Added Outbox::add(Letter letter) {
  if (knows(letter.key)) return Added::known;
  if (letters_.size() >= most_) {
    const auto least = std::min_element(letters_.begin(), letters_.end(),
                                        [](const auto& a, const auto& b) { return gives_way(a.second, b.second); });
    const bool stays = !gives_way(least->second, letter);
    ++left_out_[stays ? letter.recipient : least->second.recipient];
    write_left_out();
    if (stays) {
      mark(letter, Done::given_up, letter.queued);
      return Added::left_out;
    }
    finish(std::string(least->first), Done::given_up, letter.queued);
  }
  if (!write(letter)) return Added::failed;
  const auto added = letters_.emplace(letter.key, std::move(letter)).first;
  drop_merged(added->second);
  return Added::queued;
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
  const auto text = mark.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (const auto fault = replace_private_file(done_file_of(letter.key), text)) tell_(*fault);
  if (done == Done::sent) sent_.push_back({letter.recipient, when});
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
  if (const auto fault = replace_private_file(folder_ / kLeftOut, text)) tell_(*fault);
}

}  // namespace breakwater::alerts

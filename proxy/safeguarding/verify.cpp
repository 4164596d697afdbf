#include "proxy/safeguarding/verify.h"

#include <algorithm>

#include "proxy/safeguarding/heads_file.h"
#include "proxy/safeguarding/record_text.h"
#include "proxy/safeguarding/sealed.h"
#include "proxy/safeguarding/store.h"

namespace breakwater::safeguarding {
namespace {

std::string record_name(std::int64_t seq) {
  return "record " + std::to_string(seq);
}

}  // namespace

Verifier::Verifier(std::span<const Head> heads) {
  for (const auto& head : heads)
    heads_.emplace(head.seq, head);
}

void Verifier::fail(std::int64_t seq, std::string message) {
  if (!result_.fault) result_.fault = Verification::Fault{seq, std::move(message)};
}

void Verifier::add(const Record& record) {
  if (auto deletion = parse_deletion(record)) result_.deletions.push_back(*std::move(deletion));
  if (result_.fault) return;
  const auto expected = result_.records + 1;
  if (unlinked_) settle_link(record);
  if (record.seq > expected) {
    const auto last = record.seq - 1;
    fail(expected, expected == last
                       ? record_name(expected) + " was removed"
                       : "records " + std::to_string(expected) + " to " + std::to_string(last) + " were removed");
  }
  if (record.seq < expected) fail(record.seq, record_name(record.seq) + " has no place in the chain: it was inserted");
  if (result_.fault) return;

  result_.records = record.seq;
  if (record.seq == 1) result_.first = record.time;
  result_.last = record.time;
  check_parts(record);
  check_link(record);
  if (record.kind == Kind::key)
    if (const auto key = crypto::array_from_text<32>(text_in(record.body.value_or(""), kKeyMember))) keys_.insert(*key);
  if (record.kind == Kind::head) check_head(record);
  const auto [from, to] = heads_.equal_range(record.seq);
  const bool is_signed = std::all_of(from, to, [&](const auto& head) { return head.second.hash == record.hash; });
  if (!unlinked_ && !is_signed)
    fail(record.seq,
         record_name(record.seq) + " is not the one that was signed: it, or records before it, were written anew");
  before_ = record.hash;
}

void Verifier::check_parts(const Record& record) {
  if (record.body && crypto::digest(*record.body) != record.body_digest)
    fail(record.seq, "the body of " + record_name(record.seq) + " was edited");
  if (!record.sealed.empty() && crypto::digest(record.sealed) != record.sealed_digest)
    fail(record.seq, "the sealed part of " + record_name(record.seq) + " was edited");
  if (!record.body) losses_.push_back({record.seq, record.time, record.kind, Deletion::What::all});
  if (record.sealed.empty() && !is_nothing_sealed(record))
    losses_.push_back({record.seq, record.time, record.kind, Deletion::What::names});
}

void Verifier::check_link(const Record& record) {
  const auto hash = link(before_, record);
  if (hash == record.hash) return;
  computed_ = hash;
  unlinked_ = record;
}

/// The record before does not follow on its own. Where the next one follows on it, nothing but its own columns changed.
void Verifier::settle_link(const Record& next) {
  const auto broken = *std::exchange(unlinked_, std::nullopt);
  const auto name = record_name(broken.seq);
  if (link(broken.hash, next) == next.hash)
    fail(broken.seq, name + " was edited: its time, kind, reference or a digest is not what was written");
  else if (link(computed_, next) == next.hash)
    fail(broken.seq, "the hash of " + name + " was edited");
  else
    fail(broken.seq, name + " is not the one that was written here: records were removed, inserted, reordered or " +
                         "edited from here on");
}

void Verifier::check_head(const Record& record) {
  const auto head = parse_head(text_in(record.body.value_or(""), kHeadMember));
  const auto name = record_name(record.seq);
  if (!head) return fail(record.seq, name + " holds no head");
  if (!is_signed(*head)) return fail(record.seq, "the signature in " + name + " does not hold");
  if (!keys_.contains(head->key))
    return fail(record.seq, "the head in " + name + " is signed by a key that the chain does not name");
  if (head->seq != record.seq - 1 || head->hash != before_)
    return fail(record.seq,
                "the head in " + name + " was signed for another chain: records before it were written anew");
  ++result_.heads;
  if (result_.head && head->time < result_.head->time) result_.set_back.push_back(head->seq);
  result_.head = head;
}

/// What is gone without a deletion is a fault of its record, which may stand before one that was found already.
void Verifier::check_losses() {
  // Slices follow each other in the order of what they took: not all are looked through each time.
  std::size_t likely = 0;
  const auto& deletions = result_.deletions;
  const auto is_covered = [&](const Loss& loss) {
    for (std::size_t i = 0; i < deletions.size(); ++i) {
      const auto one = (likely + i) % deletions.size();
      if (!covers(deletions[one], loss)) continue;
      likely = one;
      return true;
    }
    return false;
  };
  for (const auto& loss : losses_) {
    if (result_.fault && result_.fault->seq <= loss.seq) return;
    const bool is_body = loss.what == Deletion::What::all;
    ++(is_body ? result_.bodies_deleted : result_.names_deleted);
    if (is_covered(loss)) continue;
    const std::string part = is_body ? "the body of " : "the sealed part of ";
    result_.fault = {loss.seq, part + record_name(loss.seq) + " was removed, and no deletion says so"};
  }
}

void Verifier::check_end() {
  if (unlinked_)
    return fail(unlinked_->seq,
                record_name(unlinked_->seq) + ", the last one, is not the one that was written here: it was edited");
  for (const auto& [seq, head] : heads_) {
    if (seq > result_.records)
      return fail(result_.records + 1, "the chain was cut: it ends with " + record_name(result_.records) +
                                           ", and a head was signed for " + record_name(seq));
    if (!keys_.contains(head.key))
      return fail(0, "the head for " + record_name(seq) + " is signed by a key that the chain does not name");
  }
}

Verification Verifier::finish() {
  if (!result_.fault) check_end();
  check_losses();
  return std::move(result_);
}

std::optional<Verification> verify_state(const std::filesystem::path& state, std::span<const Head> heads,
                                         std::string& error) {
  auto store = Store::open(state, Store::Mode::read_only);
  if (!store) {
    error = store.error().message;
    return std::nullopt;
  }
  std::vector<Head> all(heads.begin(), heads.end());
  std::string bad_head;
  const bool heads_are_sound = read_heads(state / kHeadsFile, all, bad_head);

  Verifier verifier(all);
  const auto failure = (*store)->each({}, [&verifier](const Record& record) { verifier.add(record); });
  auto result = verifier.finish();
  constexpr int kCorrupt = 11;  // SQLITE_CORRUPT
  if (failure && failure->code != kCorrupt) {
    error = failure->message;
    return std::nullopt;
  }
  if (failure) result.fault = {result.records + 1, failure->message};
  if (!heads_are_sound && !result.fault) result.fault = {0, bad_head};
  return result;
}

}  // namespace breakwater::safeguarding

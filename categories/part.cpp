#include "categories/part.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <numeric>

namespace breakwater::categories {
namespace {

enum class PartSection : std::uint8_t { hashes, lines, patterns, notes };
constexpr auto kReadLater = mask_of(PartSection::hashes, PartSection::lines);

/// Patterns as hashes of what they say, to compare two versions.
std::vector<std::uint64_t> pattern_hashes(const Part& part) {
  std::vector<std::uint64_t> hashes;
  for (const auto& pattern : part.patterns())
    hashes.push_back(siphash(SipKey{static_cast<std::uint64_t>(pattern.kind), 0}, pattern.text));
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  return hashes;
}

void count(std::span<const std::uint64_t> before, std::span<const std::uint64_t> after, Difference& difference) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < before.size() || j < after.size()) {
    if (j == after.size() || (i < before.size() && before[i] < after[j])) {
      ++difference.removed;
      ++i;
    } else if (i == before.size() || after[j] < before[i]) {
      ++difference.added;
      ++j;
    } else {
      ++i;
      ++j;
    }
  }
}

}  // namespace

Result<Part, CatalogueError> Part::open(const std::filesystem::path& file) {
  return load(Image::open(ImageKind::part, file, kReadLater));
}

Result<Part, CatalogueError> Part::from_bytes(std::vector<std::uint8_t> bytes) {
  return load(Image::from_bytes(ImageKind::part, std::move(bytes), kReadLater));
}

Result<Part, CatalogueError> Part::load(Result<Image, CatalogueError> image) {
  if (!image) return image.error();
  Part part{std::move(*image)};
  const auto hashes = part.image_.array<std::uint64_t>(PartSection::hashes);
  const auto lines = part.image_.array<std::uint32_t>(PartSection::lines);
  if (!hashes || !lines || hashes->size() != lines->size() || !part.read_notes()) return CatalogueError::corrupt;
  part.hosts_ = {*hashes, *lines};
  return part;
}

std::optional<HashedHosts> Part::hosts() const {
  if (!image_.is_sound(PartSection::hashes) || !image_.is_sound(PartSection::lines)) return std::nullopt;
  return hosts_;
}

bool Part::read_notes() {
  SectionReader patterns{image_.section(PartSection::patterns)};
  while (!patterns.at_end()) {
    const auto kind = patterns.number<EntryKind>();
    const auto line = patterns.number<std::uint32_t>();
    const auto text = patterns.text();
    if (!text || *kind > EntryKind::keyword) return false;
    patterns_.push_back({*kind, *line, *text});
  }

  SectionReader notes{image_.section(PartSection::notes)};
  const auto digest = notes.text();
  const auto format = notes.number<ListFormat>();
  const auto rejected = notes.number<std::uint32_t>();
  const auto skipped = notes.number<std::uint32_t>();
  const auto urls = notes.number<std::uint64_t>();
  if (!urls || *format > ListFormat::v2fly) return false;
  digest_ = *digest;
  format_ = *format;
  rejected_ = *rejected;
  skipped_ = *skipped;
  kinds_.urls = *urls;
  for (auto& word : kinds_.prefixes) {
    const auto bits = notes.number<std::uint64_t>();
    if (!bits) return false;
    word = *bits;
  }
  const auto each = [&notes](auto&& read) {
    const auto number = notes.number<std::uint32_t>();
    for (std::uint32_t i = 0; number && i < *number; ++i)
      if (!read()) return false;
    return number.has_value();
  };
  return each([&] {
           const auto line = notes.number<std::uint32_t>();
           const auto day = notes.number<std::int32_t>();
           if (day) expiries_.push_back({*line, std::chrono::sys_days{std::chrono::days{*day}}});
           return day.has_value();
         }) &&
         each([&] {
           const auto line = notes.number<std::uint32_t>();
           const auto host = notes.text();
           if (host) shared_suffixes_.push_back({*line, *host});
           return host.has_value();
         }) &&
         each([&] {
           const auto file = notes.text();
           const auto line = notes.number<std::uint32_t>();
           const auto column = notes.number<std::uint32_t>();
           const auto message = notes.text();
           if (message)
             diagnostics_.push_back({Severity::warning, std::string{*file}, *line, *column, std::string{*message}});
           return message.has_value();
         }) &&
         each([&] {
           const auto file = notes.text();
           const auto stamp = notes.text();
           if (stamp) includes_.push_back({*file, std::string{*stamp}});
           return stamp.has_value();
         }) &&
         notes.at_end();
}

std::optional<Difference> compare(const Part& before, const Part& after) {
  const auto hosts_before = before.hosts();
  const auto hosts_after = after.hosts();
  if (!hosts_before || !hosts_after) return std::nullopt;
  Difference difference;
  count(hosts_before->hashes, hosts_after->hashes, difference);
  count(pattern_hashes(before), pattern_hashes(after), difference);
  return difference;
}

void PartWriter::reserve(std::size_t hosts) {
  for (auto& stretch : hosts_)
    stretch.reserve(hosts / kStretches);
}

void PartWriter::add(std::uint64_t hash, std::uint32_t line) {
  if (count_ == tidy_at_) {
    tidy();
    tidy_at_ = std::max(tidy_at_, 2 * count_);
  }
  hosts_[hash >> 56].push_back({hash, line});
  ++count_;
}

/// A list that says one name a million times takes the room of one. Exceptions and entries of a name stay apart; one
/// that ends on some day is no reason to forget those after it.
void PartWriter::tidy() {
  count_ = 0;
  for (auto& stretch : hosts_) {
    tidy(stretch);
    count_ += stretch.size();
  }
}

/// Hashes are spread evenly: each goes near to its place at once, and only there is anything compared.
void PartWriter::sort(std::vector<Hashed>& stretch) {
  constexpr std::size_t kTogether = 4;
  const auto places = stretch.size() / kTogether + 1;
  const auto place = [places](const Hashed& entry) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::size_t>(Wide{entry.hash * kStretches} * places >> 64);
  };
  std::vector<std::uint32_t> ends(places);
  for (const auto& entry : stretch)
    ++ends[place(entry)];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<Hashed> sorted(stretch.size());
  for (auto entry = stretch.rbegin(); entry != stretch.rend(); ++entry)
    sorted[--ends[place(*entry)]] = *entry;
  const auto begins = std::move(ends);
  for (std::size_t i = 0; i < places; ++i) {
    const auto end = i + 1 < places ? begins[i + 1] : sorted.size();
    std::sort(sorted.begin() + begins[i], sorted.begin() + static_cast<std::ptrdiff_t>(end),
              [](const Hashed& a, const Hashed& b) { return a.hash != b.hash ? a.hash < b.hash : a.line < b.line; });
  }
  stretch = std::move(sorted);
}

void PartWriter::tidy(std::vector<Hashed>& stretch) const {
  sort(stretch);
  const auto ends = [this](std::uint32_t line) {
    return !expiries_.empty() && std::ranges::binary_search(expiries_, line & ~kExceptLine, {}, &Part::Expiry::line);
  };
  const auto end = std::unique(stretch.begin(), stretch.end(), [&ends](const Hashed& kept, const Hashed& next) {
    return kept.hash == next.hash && (kept.line & kExceptLine) == (next.line & kExceptLine) && !ends(kept.line);
  });
  stretch.erase(end, stretch.end());
}

void PartWriter::network(const Network& network, std::uint32_t line) {
  kinds_.add_prefix(network.prefix);
  add(network_key(key_, network.address, network.prefix), line);
}

void PartWriter::sealed_url(std::string_view match_text, std::uint32_t line) {
  ++kinds_.urls;
  add(url_key(key_, match_text), line);
}

void PartWriter::pattern(EntryKind kind, std::string_view text, std::uint32_t line) {
  patterns_.push_back({kind, line, std::string{text}});
}

void PartWriter::shared_suffix(std::string_view host, std::uint32_t line) {
  constexpr std::size_t kMost = 10'000;
  if (shared_suffixes_.size() < kMost) shared_suffixes_.push_back({EntryKind::domain, line, std::string{host}});
}

std::vector<std::uint8_t> PartWriter::write(std::string_view digest, ListFormat format, std::uint32_t rejected,
                                            std::uint32_t skipped, const Diagnostics& diagnostics,
                                            const std::vector<Part::Include>& includes) {
  tidy();
  SectionWriter patterns;
  for (const auto& pattern : patterns_) {
    patterns.number(static_cast<std::uint8_t>(pattern.kind));
    patterns.number(pattern.line);
    patterns.text(pattern.text);
  }
  SectionWriter notes;
  notes.text(digest);
  notes.number(static_cast<std::uint8_t>(format));
  notes.number(rejected);
  notes.number(skipped);
  notes.number(kinds_.urls);
  for (const auto word : kinds_.prefixes)
    notes.number(word);
  notes.number(static_cast<std::uint32_t>(expiries_.size()));
  for (const auto& [line, day] : expiries_) {
    notes.number(line);
    notes.number(static_cast<std::int32_t>(day.time_since_epoch().count()));
  }
  notes.number(static_cast<std::uint32_t>(shared_suffixes_.size()));
  for (const auto& suffix : shared_suffixes_) {
    notes.number(suffix.line);
    notes.text(suffix.text);
  }
  notes.number(static_cast<std::uint32_t>(diagnostics.size()));
  for (const auto& diagnostic : diagnostics) {
    notes.text(diagnostic.file);
    notes.number(diagnostic.line);
    notes.number(diagnostic.column);
    notes.text(diagnostic.message);
  }
  notes.number(static_cast<std::uint32_t>(includes.size()));
  for (const auto& [file, stamp] : includes) {
    notes.text(file.string());
    notes.text(stamp);
  }

  ImageWriter image{ImageKind::part, host_key(key_, Part::kKeyMark)};
  constexpr std::size_t kRoomForTheRest = 4096;
  image.reserve(count_ * (sizeof(std::uint64_t) + sizeof(std::uint32_t)) + patterns.bytes().size() +
                notes.bytes().size() + kRoomForTheRest);
  const auto put_each = [&](PartSection section, auto member) {
    using Value = std::remove_cvref_t<decltype(Hashed{}.*member)>;
    auto at = image.add_array<Value>(section, count_).begin();
    for (const auto& stretch : hosts_)
      at = std::ranges::transform(stretch, at, member).out;
  };
  put_each(PartSection::hashes, &Hashed::hash);
  put_each(PartSection::lines, &Hashed::line);
  hosts_ = {};
  image.add(PartSection::patterns, patterns.bytes());
  image.add(PartSection::notes, notes.bytes());
  return std::move(image).finish();
}

}  // namespace breakwater::categories

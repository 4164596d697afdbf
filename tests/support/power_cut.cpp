#include "tests/support/power_cut.h"

#include <algorithm>
#include <fstream>
#include <set>

namespace breakwater::test {
namespace {

namespace fs = std::filesystem;
using What = DiskStep::What;

constexpr std::size_t kSector = 512;

void put(std::string& data, std::size_t offset, std::string_view bytes) {
  if (data.size() < offset + bytes.size()) data.resize(offset + bytes.size());
  data.replace(offset, bytes.size(), bytes);
}

void apply(const DiskStep& step, std::string& data) {
  if (step.what == What::write) put(data, step.offset, step.bytes);
  if (step.what == What::truncate) data.resize(step.offset);
}

/// Each piece of it that lies in one sector reaches the disk or not, or as garbage.
void tear(const DiskStep& step, std::string& data, std::mt19937& random, double kept) {
  constexpr double kGarbage = 0.02;
  std::bernoulli_distribution is_kept(kept);
  std::bernoulli_distribution is_garbage(kGarbage);
  const std::string_view bytes(step.bytes);
  for (std::size_t at = 0; at < bytes.size();) {
    const auto size = std::min(bytes.size() - at, kSector - (step.offset + at) % kSector);
    if (is_kept(random)) {
      std::string piece(bytes.substr(at, size));
      if (kept < 1 && is_garbage(random))
        for (auto& byte : piece)
          byte = static_cast<char>(random());
      put(data, step.offset + at, piece);
    }
    at += size;
  }
}

}  // namespace

void PowerCut::Entries::apply(const DiskStep& step) {
  switch (step.what) {
    case What::create:
    case What::make_folder:
      files[step.path] = step.file;
      break;
    case What::rename:
      if (const auto found = files.find(step.path); found != files.end()) {
        files[step.other] = found->second;
        files.erase(step.path);
      }
      break;
    default:
      files.erase(step.path);
  }
}

PowerCut::PowerCut(fs::path folder, const std::vector<DiskStep>& steps) : folder_(std::move(folder)), steps_(steps) {}

void PowerCut::take(const DiskStep& step) {
  switch (step.what) {
    case What::create:
    case What::make_folder:
    case What::rename:
    case What::remove:
      entry_steps_[step.path.parent_path()].push_back(&step);
      break;
    case What::write:
    case What::truncate:
      data_steps_[step.file].push_back(&step);
      break;
    case What::sync:
      for (const auto* one : data_steps_[step.file])
        apply(*one, data_[step.file]);
      data_steps_[step.file].clear();
      break;
    case What::sync_folder:
      for (const auto* one : entry_steps_[step.path])
        entries_.apply(*one);
      entry_steps_[step.path].clear();
      break;
    case What::promise:
      promised_.push_back(step.bytes);
      break;
  }
}

std::string PowerCut::left_of(int file, std::mt19937& random, double kept) const {
  std::string data;
  if (const auto synced = data_.find(file); synced != data_.end()) data = synced->second;
  const auto open = data_steps_.find(file);
  if (open == data_steps_.end()) return data;
  std::bernoulli_distribution is_kept(kept);
  for (const auto* step : open->second) {
    if (step->what == What::write)
      tear(*step, data, random, kept);
    else if (is_kept(random))
      apply(*step, data);
  }
  return data;
}

/// A step that is lost takes with it all later ones of its names.
PowerCut::Entries PowerCut::entries_left(std::mt19937& random, double kept) const {
  auto entries = entries_;
  std::bernoulli_distribution is_kept(kept);
  for (const auto& [folder, steps] : entry_steps_) {
    std::set<fs::path> lost;
    for (const auto* step : steps) {
      if (is_kept(random) && !lost.contains(step->path) && !lost.contains(step->other)) {
        entries.apply(*step);
        continue;
      }
      lost.insert(step->path);
      if (!step->other.empty()) lost.insert(step->other);
    }
  }
  return entries;
}

void PowerCut::write_to(const fs::path& to, std::size_t at, std::mt19937& random) {
  for (; next_ < at; ++next_)
    take(steps_[next_]);
  // Also all or nothing: what a kernel that was about to write, or had long written, would leave.
  constexpr std::array kShares{0.0, 0.1, 0.5, 0.9, 1.0};
  const double kept = kShares[random() % kShares.size()];
  const auto entries = entries_left(random, kept);
  for (const auto& [path, file] : entries.files) {  // a folder stands before what is in it
    const auto target = to / path.lexically_relative(folder_);
    std::error_code ignored;
    if (!fs::is_directory(target.parent_path(), ignored)) continue;  // its folder is lost, and so is this
    if (file == 0)
      fs::create_directory(target);
    else
      std::ofstream(target, std::ios::binary) << left_of(file, random, kept);
  }
}

}  // namespace breakwater::test

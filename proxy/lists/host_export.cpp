#include "proxy/lists/host_export.h"

#include <algorithm>

#include <boost/unordered/unordered_flat_set.hpp>

#include "categories/list_files.h"
#include "categories/siphash.h"
#include "proxy/lists/entry_reader.h"

namespace breakwater::lists {
namespace {

using categories::Host;
using categories::ListRole;
using categories::Network;

/// What entries are read for.
enum class Purpose : std::uint8_t { to_block, to_correct };

class Export : public categories::EntrySink {
 public:
  Export(const rules::Snapshot& snapshot, const categories::CategorySet& wanted, const categories::CategorySet& spared,
         HostTaker& taker)
      : snapshot_(snapshot),
        wanted_(wanted),
        spared_(spared),
        floor_(wanted & snapshot.policy.floor),
        taker_(taker),
        scratch_(snapshot.catalogue->make_scratch()) {}

  void read(const categories::ListFile& file) {
    const auto id = snapshot_.catalogue->categories().find(file.category);
    const bool is_wanted = id && wanted_.test(*id);
    const bool corrects = file.role == ListRole::allow || file.role == ListRole::exception ||
                          file.role == ListRole::recategorise || (id && spared_.test(*id));
    if (!is_wanted && !corrects) return;
    purpose_ = is_wanted ? Purpose::to_block : Purpose::to_correct;
    if (auto error = read_entries(file, *this); !error.empty())
      report_.errors.push_back({categories::Severity::error, file.path.string(), 0, 0, std::move(error)});
  }

  /// An essential host, one that a list corrects, or one that is spared: needed where something above it is blocked.
  void correct(const Host& host) {
    if (host.is_literal() || counts(host) || !is_covered(host) || !is_first(host.text())) return;
    ++report_.passed;
    taker_.pass(host);
  }

  ExportReport take() { return std::move(report_); }

  void domain(const Host& host, std::uint32_t line) override {
    if (purpose_ == Purpose::to_correct) return correct(host);
    if (host.is_literal()) return network({host.address(), 128}, line);
    if (!counts(host) || is_covered(host) || !is_first(host.text())) return;
    ++report_.blocked;
    taker_.block(host);
  }

  void network(const Network& network, std::uint32_t) override {
    if (purpose_ == Purpose::to_correct) return;
    if (!categories::is_public(network.address)) {
      ++report_.not_public;
      return;
    }
    // Of a network, whether its first address is excepted says whether it is.
    const auto first = categories::normalise_host(network.address.to_string(), categories::HostSource::person);
    if (!first || !counts(*first) || !is_first(network.to_string())) return;
    ++report_.networks;
    taker_.network(network);
  }

  void except(const Host& host, std::uint32_t) override { correct(host); }
  void pattern(categories::EntryKind, std::string_view, std::uint32_t) override {
    if (purpose_ == Purpose::to_block) ++report_.patterns;
  }
  void include(std::string_view, std::uint32_t, std::uint32_t) override { ++report_.includes; }
  // The catalogue knows which days are past; what is wrong with a line was told when it was made.
  void until(std::chrono::sys_days, std::uint32_t) override {}
  void reject(std::uint32_t, std::uint32_t, std::string) override {}
  void skip(std::string_view, std::uint32_t, std::uint32_t) override {}

 private:
  static bool is_by_hand(ListRole role) { return role == ListRole::local || role == ListRole::recategorise; }

  /// A name has no path, and patterns cannot be given: only entries that are hosts say anything here.
  bool is_meant(const categories::Match& match, const categories::CategorySet& categories) const {
    return match.kind == categories::EntryKind::domain && match.role != ListRole::locked &&
           categories.test(match.category);
  }

  bool counts(const Host& host) {
    auto& found = classification_;
    snapshot_.catalogue->classify(host, {}, *scratch_, found);
    for (const auto& match : found.matches)
      if (is_meant(match, spared_)) return false;
    for (const auto& match : found.matches)
      if (is_meant(match, floor_)) return true;
    if (snapshot_.policy.is_essential(host)) return false;
    const bool by_hand_alone = found.allow || found.recategorised;
    for (const auto& match : found.matches)
      if (is_meant(match, wanted_) && (!by_hand_alone || is_by_hand(match.role))) return true;
    return false;
  }

  /// Is it below a name that is given?
  bool is_covered(const Host& host) {
    const auto dot = host.text().find('.');
    if (dot == std::string_view::npos) return false;
    const auto parent = categories::normalise_host(host.text().substr(dot + 1), categories::HostSource::wire);
    return parent && counts(*parent);
  }

  /// Hashes as the catalogue's own: two names with the same one are not met.
  bool is_first(std::string_view name) { return given_.insert(categories::siphash(key_, name)).second; }

  const rules::Snapshot& snapshot_;
  categories::CategorySet wanted_;
  categories::CategorySet spared_;
  categories::CategorySet floor_;
  HostTaker& taker_;
  categories::Catalogue::ScratchPtr scratch_;
  categories::Classification classification_;
  categories::SipKey key_{0x6578706f7274, 0x686f737473};
  boost::unordered_flat_set<std::uint64_t> given_;
  Purpose purpose_ = Purpose::to_block;
  ExportReport report_;
};

}  // namespace

ExportReport export_hosts(const categories::Sources& sources, const rules::Snapshot& snapshot,
                          const categories::CategorySet& wanted, const categories::CategorySet& spared,
                          HostTaker& taker) {
  Export work(snapshot, wanted, spared, taker);
  for (const auto& source : sources.all) {
    std::vector<std::filesystem::path> inputs;
    categories::Diagnostics told_before;
    for (const auto& file : categories::find_list_files(source, sources, inputs, told_before))
      work.read(file);
  }
  std::vector<std::string_view> essential(snapshot.policy.essential().begin(), snapshot.policy.essential().end());
  std::sort(essential.begin(), essential.end());
  for (const auto name : essential)
    if (const auto host = categories::normalise_host(name, categories::HostSource::wire)) work.correct(*host);
  return work.take();
}

}  // namespace breakwater::lists

#include "proxy/snapshot/loader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <date/date.h>

#include "categories/image.h"
#include "categories/part_cache.h"
#include "proxy/lists/list_state.h"
#include "proxy/lists/traffic.h"
#include "proxy/snapshot/acceptance_texts.h"
#include "proxy/snapshot/calendars.h"
#include "proxy/snapshot/list_changes.h"
#include "proxy/snapshot/recipient_keys.h"
#include "proxy/snapshot/sources.h"
#include "rules/civil_time.h"
#include "rules/policy_file.h"
#include "rules/toml_reader.h"

namespace breakwater::snapshot {
namespace {

using categories::Catalogue;
using categories::Severity;
using lists::ListState;
using lists::Version;

constexpr std::chrono::days kReadAgain{7};  ///< calendars, of which only the events of the year ahead are kept
constexpr std::uintmax_t kPolicyMost = 256u << 20;

using CataloguePtr = std::shared_ptr<const Catalogue>;

template <class Items>
void append(Items& all, const Items& more) {
  all.insert(all.end(), more.begin(), more.end());
}

std::string date_of(rules::SysSeconds when, const date::time_zone& zone) {
  constexpr std::size_t kDate = 10;  // "2026-11-23"
  return rules::format_civil(when, zone).substr(0, kDate);
}

/// One run from policy text to snapshot.
class Loader {
 public:
  explicit Loader(const LoadRequest& request) : request_(request) {}

  Loaded look() {
    if (!parse()) return finish();
    open_state();
    if (read()) load_as_it_is();
    return finish();
  }

  Loaded put_in_force(Extent extent) {
    if (!parse()) return finish();
    open_state();
    if (!state_) {
      if (read()) load_as_it_is();
      return finish();
    }
    const auto one_at_a_time = state_->lock();
    current_ = state_->current();
    if (!find_restored() || !read()) return finish();
    if (const auto catalogue = reuse(); catalogue && !request_.restore) {
      loaded_.snapshot = resolve(catalogue);
      if (current_) loaded_.version = current_->number;
      if (extent == Extent::put_in_force) state_->clear_refusal();
    } else if (auto image = compile()) {
      const auto compiled = extent == Extent::put_in_force ? stage(std::move(*image)) : open(std::move(*image));
      if (const auto next = resolve(compiled)) change_to(next, extent);
      std::error_code ignored;
      std::filesystem::remove(state_->next_catalogue(), ignored);
    }
    return finish();
  }

  Loaded last_good() {
    if (!parse()) return finish();
    open_state();
    if (!state_) return finish();
    loaded_.inputs.clear();
    read_calendars();
    if (auto opened = Catalogue::open(state_->catalogue()))
      loaded_.snapshot = resolve(*opened);
    else
      complain(Severity::error, state_->catalogue(),
               "there is no last good version: " + std::string{to_string(opened.error())});
    return finish();
  }

 private:
  void complain(Severity severity, const std::filesystem::path& file, std::string message) {
    loaded_.diagnostics.push_back({severity, file.string(), 0, 0, std::move(message)});
  }

  bool parse() {
    loaded_.inputs.push_back(request_.policy);
    std::string error;
    const auto text = read_file(request_.policy, error);
    if (!text) {
      complain(Severity::error, request_.policy, "cannot be read: " + error);
      return false;
    }
    policy_ = rules::PolicyFile::parse(*text, request_.policy, loaded_.diagnostics);
    // What is wrong with the lists comes when the policy is right.
    if (!policy_) rules::check_names(*text, request_.policy, &Loader::compile_alone, loaded_.diagnostics);
    return policy_ != nullptr;
  }

  static CataloguePtr compile_alone(const categories::Sources& sources) {
    categories::BuildReport report;
    auto image = categories::build_catalogue(sources, report);
    return image ? open(std::move(*image)) : nullptr;
  }

  void open_state() {
    if (request_.state.empty()) return;
    std::string error;
    state_ = ListState::open(request_.state, error);
    if (!state_) complain(Severity::warning, request_.state, "nothing of the lists can be kept: " + error);
    if (state_) current_ = state_->current();
  }

  void load_as_it_is() {
    auto catalogue = reuse();
    if (auto image = catalogue ? std::nullopt : compile()) catalogue = open(std::move(*image));
    loaded_.snapshot = resolve(catalogue);
  }

  bool find_restored() {
    if (!request_.restore) return true;
    target_ = state_->version(*request_.restore);
    if (target_ && current_) return true;
    complain(Severity::error, request_.state,
             "there is no version " + std::to_string(*request_.restore) + " to go back to");
    return false;
  }

  void read_calendars() {
    events_ = snapshot::read_calendars(*policy_, request_.state, request_.staged, request_.now, loaded_.diagnostics);
  }

  bool read() {
    read_calendars();
    categories::BuildOptions options;
    options.today = rules::parse_date(date_of(request_.now, policy_->zone()));
    if (state_) {
      options.key = state_->key();
      options.cache = state_->cache();
      if (current_) options.held = current_->held;
    }
    sources_.emplace(*policy_, request_.state, state_ ? &*state_ : nullptr, request_.staged, request_.now,
                     loaded_.diagnostics);
    if (target_) options.held = hold_back(read_disk(options), *target_);
    held_ = options.held;
    options.locked = sources_->locked();
    builder_.emplace(sources_->sources(), std::move(options));
    return builder_->read(report_) && !categories::has_errors(loaded_.diagnostics) && is_restored();
  }

  categories::BuildReport read_disk(categories::BuildOptions options) const {
    options.held.clear();
    categories::BuildReport report;  // its errors come again when the lists are read to be put in force
    categories::CatalogueBuilder{sources_->sources(), std::move(options)}.read(report);
    return report;
  }

  /// A rollback puts in force what was, whole, or nothing: the rehearsal does not stop it.
  bool is_restored() {
    if (!target_) return true;
    for (const auto& then : target_->lists) {
      if (then.role == categories::ListRole::locked) continue;
      const auto now = std::ranges::find(report_.lists, then.name, &categories::ListInfo::name);
      if (now != report_.lists.end() &&
          report_.origins[static_cast<std::size_t>(now - report_.lists.begin())].digest == then.digest)
        continue;
      complain(Severity::error, request_.state,
               "version " + std::to_string(target_->number) + " cannot be had again: its " + then.name + " is gone");
    }
    return !categories::has_errors(loaded_.diagnostics);
  }

  /// The compiled file in force, where it is made of the same lists and can be trusted.
  CataloguePtr reuse() {
    if (!state_) return nullptr;
    if (auto opened = Catalogue::open(state_->catalogue())) before_ = *opened;
    return before_ && before_->fingerprint() == builder_->fingerprint() ? before_ : nullptr;
  }

  std::optional<std::vector<std::uint8_t>> compile() {
    auto image = builder_->compile(report_);
    if (!is_restored()) return std::nullopt;  // of what is damaged, another version may have been read
    return image;
  }

  static CataloguePtr open(std::vector<std::uint8_t> image) {
    auto opened = Catalogue::from_image(std::move(image));
    return opened ? *opened : nullptr;
  }

  /// The catalogue as it is to be served: from a file, whose pages take the place of the image.
  CataloguePtr stage(std::vector<std::uint8_t> image) {
    const auto file = state_->next_catalogue();
    std::error_code ignored;
    std::filesystem::remove(file, ignored);  // of a gateway that died between this and keep()
    std::string error;
    if (!categories::write_image(file, image, categories::Durability::synced, error)) {
      complain(Severity::warning, file, "the compiled lists could not be kept: " + error);
      return open(std::move(image));
    }
    image = {};
    auto opened = Catalogue::open(file);
    if (opened) return *opened;
    complain(Severity::error, file,
             "the compiled lists could not be read again: " + std::string{to_string(opened.error())});
    return nullptr;
  }

  std::shared_ptr<const rules::Snapshot> resolve(const CataloguePtr& catalogue) {
    if (!catalogue) return nullptr;
    auto resolved = policy_->resolve(*catalogue, loaded_.diagnostics);
    if (!resolved) return nullptr;
    events_.put_into(*resolved);
    if (resolved->acceptance) {
      texts_ = read_acceptance_texts(*resolved->acceptance, loaded_.diagnostics);
      if (categories::has_errors(loaded_.diagnostics)) return nullptr;
    }
    append(texts_, read_recipient_keys(resolved->recipients, request_.now, loaded_.diagnostics));
    if (categories::has_errors(loaded_.diagnostics)) return nullptr;
    return std::make_shared<const rules::Snapshot>(rules::Snapshot{catalogue, std::move(*resolved), request_.gate});
  }

  void change_to(const std::shared_ptr<const rules::Snapshot>& next, Extent extent) {
    auto version = describe(*next);
    if (current_ && current_->fingerprint == version.fingerprint && !target_) {
      // The lists of the current version; only the compiled file was lost.
      loaded_.snapshot = next;
      loaded_.version = current_->number;
      if (extent == Extent::put_in_force) keep();
      return;
    }
    rehearse(next, version);
    const auto& rehearsal = *loaded_.rehearsal;
    // Who goes back has decided to; what was in force once may all the same not empty a category of the floor.
    const bool accepted = rehearsal.may_be_accepted() && (target_ || !request_.accept.empty());
    if (!rehearsal.objections.empty() && !accepted) return refuse(extent);
    loaded_.snapshot = next;
    if (extent == Extent::rehearse_only) return;
    version.rehearsal = rehearsal.lines();
    if (!rehearsal.objections.empty()) version.accepted = target_ ? version.why : request_.accept;
    if (!keep()) return;
    if (const auto failed = state_->record(version))
      complain(Severity::warning, request_.state, "the version could not be recorded: " + *failed);
    loaded_.version = version.number;
    state_->clear_refusal();
  }

  /// What was staged is the compiled file in force. False: it could not be, which is told.
  bool keep() {
    std::error_code error;
    std::filesystem::rename(state_->next_catalogue(), state_->catalogue(), error);
    if (error && error != std::errc::no_such_file_or_directory)  // not staged: told there
      complain(Severity::warning, state_->catalogue(), "the compiled lists could not be kept: " + error.message());
    return !error;
  }

  void refuse(Extent extent) {
    const auto lines = loaded_.rehearsal->lines();
    for (const auto& objection : loaded_.rehearsal->objections)
      complain(Severity::error, request_.policy, "the lists are refused: " + objection.message);
    if (extent == Extent::put_in_force) state_->note({request_.now, request_.why, lines});
  }

  /// The lists as they were read, and how they differ from those in force.
  Version describe(const rules::Snapshot& next) const {
    Version version;
    version.time = request_.now;
    version.why = request_.why;
    version.fingerprint = builder_->fingerprint();
    version.cache_files = report_.cache_files;
    version.held = lists::still_held(held_, report_);
    if (target_) {
      version.restores = target_->restores != 0 ? target_->restores : target_->number;
      version.why = "rollback to " + std::to_string(version.restores);
    }
    version.lists = describe_lists(report_, next.catalogue->categories(), in_force(), part_cache(), request_.now);
    return version;
  }

  const Version* in_force() const { return current_ ? &*current_ : nullptr; }
  categories::PartCache part_cache() const { return {state_->cache(), state_->key()}; }

  void rehearse(const std::shared_ptr<const rules::Snapshot>& next, const Version& version) {
    std::shared_ptr<const rules::Snapshot> before;
    if (before_) {
      categories::Diagnostics ignored;  // the policy may name what those lists do not know
      if (auto policy = policy_->resolve(*before_, ignored))
        before = std::make_shared<const rules::Snapshot>(rules::Snapshot{before_, std::move(*policy), request_.gate});
    }
    const auto visits = lists::recent_traffic(request_.access_log, lists::kTrafficBytes);
    const auto changes = feed_changes(in_force(), version, policy_->feeds());
    const auto suffixes =
        new_shared_suffixes(report_, next->catalogue->categories(), in_force(), version, part_cache());
    loaded_.rehearsal = rules::rehearse({before, next, visits, changes, suffixes, policy_->own_hosts()});
  }

  Loaded finish() {
    append(loaded_.diagnostics, report_.diagnostics);
    append(loaded_.inputs, report_.inputs);
    append(loaded_.inputs, events_.inputs);
    append(loaded_.inputs, texts_);
    loaded_.origins = report_.origins;
    if (policy_) loaded_.self_tests = policy_->self_tests();
    if (sources_) {
      append(loaded_.inputs, sources_->inputs());
      for (const auto& source : sources_->sources().all)
        loaded_.inputs.push_back(source.path);
    }
    if (state_) loaded_.inputs.push_back(state_->changed());
    if (loaded_.snapshot)
      for (const auto& list : loaded_.snapshot->catalogue->lists())
        loaded_.entries += list.entries;
    if (report_.changes_on)
      loaded_.changes_at = rules::parse_civil(date::format("%FT00:00", *report_.changes_on), policy_->zone());
    if (!events_.inputs.empty())
      loaded_.changes_at = std::min(loaded_.changes_at.value_or(rules::SysSeconds::max()), request_.now + kReadAgain);
    return std::move(loaded_);
  }

  const LoadRequest& request_;
  Loaded loaded_;
  std::unique_ptr<const rules::PolicyFile> policy_;
  std::optional<ListState> state_;
  std::optional<Version> current_;
  std::optional<Version> target_;  ///< to be restored
  CalendarEvents events_;
  std::vector<std::filesystem::path> texts_;  ///< of [acceptance], and keys of [[recipient]]
  lists::HeldLists held_;
  std::optional<LocalSources> sources_;
  std::optional<categories::CatalogueBuilder> builder_;
  categories::BuildReport report_;
  CataloguePtr before_;  ///< in force in the state directory so far
};

/// Of [centre], wherever else the policy has mistakes.
std::string centre_value(const std::filesystem::path& policy, std::string_view key) {
  std::string error;
  const auto text = read_file(policy, error);
  if (!text) return {};
  rules::DiagnosticSink sink(policy.string(), *text);
  const auto parsed = rules::parse_toml(*text, sink);
  return parsed ? std::string((*parsed)["centre"][key].value_or(std::string_view())) : std::string();
}

}  // namespace

std::optional<std::string> read_file(const std::filesystem::path& file, std::string& error) {
  std::error_code code;
  const auto size = std::filesystem::file_size(file, code);
  if (code) {
    error = code.message();
    return std::nullopt;
  }
  if (size > kPolicyMost) {
    error = "larger than 256 MiB";
    return std::nullopt;
  }
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (size != 0) text << stream.rdbuf();
  if (!stream || !text) {
    error = std::strerror(errno);
    return std::nullopt;
  }
  return std::move(text).str();
}

Loaded look(const LoadRequest& request) {
  return Loader{request}.look();
}

Loaded put_in_force(const LoadRequest& request, Extent extent) {
  return Loader{request}.put_in_force(extent);
}

Loaded last_good(const LoadRequest& request) {
  return Loader{request}.last_good();
}

std::string centre_of(const std::filesystem::path& policy) {
  return centre_value(policy, "name");
}

const date::time_zone* zone_of(const std::filesystem::path& policy) {
  return rules::find_zone(centre_value(policy, "timezone"));
}

}  // namespace breakwater::snapshot

#include "rules/policy_file.h"

#include <algorithm>

#include "rules/policy_draft.h"

namespace breakwater::rules {

struct PolicyFile::Impl {
  PolicyDraft draft;
};

PolicyFile::PolicyFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PolicyFile::~PolicyFile() = default;

std::unique_ptr<const PolicyFile> PolicyFile::parse(std::string_view text, const std::filesystem::path& file,
                                                    categories::Diagnostics& diagnostics) {
  DiagnosticSink sink(file.string(), text);
  auto impl = std::make_unique<Impl>(Impl{parse_policy(text, file, sink)});
  const bool usable = !sink.has_errors();
  sink.move_to(diagnostics);
  if (!usable) return nullptr;
  return std::unique_ptr<const PolicyFile>(new PolicyFile(std::move(impl)));
}

const categories::Sources& PolicyFile::sources() const {
  return impl_->draft.sources;
}

const std::vector<Feed>& PolicyFile::feeds() const {
  return impl_->draft.feeds;
}

const std::vector<LockedSlot>& PolicyFile::locked() const {
  return impl_->draft.locked;
}

const std::vector<Timetable>& PolicyFile::timetables() const {
  return impl_->draft.timetables;
}

const std::vector<Group>& PolicyFile::groups() const {
  return impl_->draft.groups;
}

const std::vector<Calendar>& PolicyFile::calendars() const {
  return impl_->draft.calendars;
}

const std::vector<std::string>& PolicyFile::own_hosts() const {
  return impl_->draft.own_hosts;
}

const date::time_zone& PolicyFile::zone() const {
  return *impl_->draft.zone;
}

const std::vector<SelfTest>& PolicyFile::self_tests() const {
  return impl_->draft.self_tests;
}

std::optional<Policy> PolicyFile::resolve(const categories::Catalogue& catalogue,
                                          categories::Diagnostics& diagnostics) const {
  DiagnosticSink sink(impl_->draft.file, impl_->draft.text);
  auto policy = resolve_policy(impl_->draft, catalogue, sink);
  sink.move_to(diagnostics);
  return policy;
}

void check_names(std::string_view text, const std::filesystem::path& file,
                 const std::function<std::shared_ptr<const categories::Catalogue>(const categories::Sources&)>& compile,
                 categories::Diagnostics& diagnostics) {
  DiagnosticSink told_before(file.string(), text);
  const auto draft = parse_policy(text, file, told_before);
  if (draft.sources.all.empty()) return;
  const auto catalogue = compile(draft.sources);
  if (!catalogue) return;
  DiagnosticSink sink(draft.file, draft.text);
  check_names(draft, *catalogue, sink);
  sink.move_to(diagnostics);
}

}  // namespace breakwater::rules

#include "categories/catalogue_builder.h"

#include <algorithm>
#include <limits>
#include <set>

#include "categories/built_in_categories.h"
#include "categories/canary.h"
#include "categories/catalogue_tables.h"
#include "categories/host_index.h"
#include "categories/image.h"
#include "categories/list_files.h"
#include "categories/part_cache.h"
#include "categories/part_reader.h"
#include "categories/pattern_compiler.h"

namespace breakwater::categories {
namespace {

/// A list and its part, in the order in which they get their ids.
struct PlacedPart {
  std::string name;
  CategoryId category = 0;
  ListRole role = ListRole::feed;
  ListOrigin origin;
  Part part;
};

ExpiredLines expired_lines(const Part& part, std::optional<std::chrono::sys_days> today) {
  std::vector<std::uint32_t> lines;
  for (const auto& [line, day] : part.expiries())
    if (today && day < *today) lines.push_back(line);
  return ExpiredLines{std::move(lines)};
}

}  // namespace

struct CatalogueBuilder::Impl {
  Impl(const Sources& all_sources, BuildOptions build_options)
      : sources(all_sources), options(with_key(std::move(build_options))), cache(options.cache, key()) {}

  static BuildOptions with_key(BuildOptions given) {
    if (!given.key) given.key = random_key();
    return given;
  }
  SipKey key() const { return options.key.value_or(SipKey{}); }

  struct Range {
    const Source* source = nullptr;
    std::size_t first = 0;
    std::size_t last = 0;
  };

  static void error(BuildReport& report, const std::filesystem::path& file, std::string message) {
    report.diagnostics.push_back({Severity::error, file.string(), 0, 0, std::move(message)});
  }

  bool read(BuildReport& report);
  void read(const Source& source, BuildReport& report);
  void read(const ListFile& file, const std::filesystem::path& root, BuildReport& report);
  void read(const LockedList& list, BuildReport& report);
  void place_absent(BuildReport& report);
  void place(std::string name, const std::string& category, ListRole role, const std::filesystem::path& file, Part part,
             BuildReport& report);
  CategoryId category(const std::string& name, ListRole role, const std::filesystem::path& file, BuildReport& report);
  std::uint64_t fingerprint() const;
  std::optional<std::vector<std::uint8_t>> compile(BuildReport& report);
  void check_not_empty(const Range& range, BuildReport& report) const;
  std::vector<std::uint64_t> add_canaries(std::vector<ListInfo>& lists) const;
  std::optional<std::vector<HashedHosts>> hosts_of_parts() const;

  const Sources& sources;
  BuildOptions options;
  PartCache cache;
  CategoryTable table;
  std::vector<ListFile> files;
  std::vector<PlacedPart> parts;
  std::vector<Range> ranges;  ///< the lists of each source
};

CategoryId CatalogueBuilder::Impl::category(const std::string& name, ListRole role, const std::filesystem::path& file,
                                            BuildReport& report) {
  if (name.empty() && (role == ListRole::allow || role == ListRole::exception)) return 0;
  const bool known = table.find(name).has_value();
  const auto id = table.add(name);
  if (!id) {
    error(report, file,
          table.size() == kMaxCategories ? "there are more than " + std::to_string(kMaxCategories) + " categories"
                                         : '"' + name + "\" is not the name of a category");
    return 0;
  }
  if ((role == ListRole::local || role == ListRole::recategorise) && !known) {
    const auto taxonomy = built_in_categories();
    const auto meant = nearest(name, {taxonomy.begin(), taxonomy.end()});
    if (!meant.empty())
      report.diagnostics.push_back(
          {Severity::warning, file.string(), 0, 0,
           "the category \"" + name + "\" is new; did you mean \"" + std::string{meant} + "\"?"});
  }
  return *id;
}

void CatalogueBuilder::Impl::place(std::string name, const std::string& category_name, ListRole role,
                                   const std::filesystem::path& file, Part part, BuildReport& report) {
  if (parts.size() > std::numeric_limits<ListId>::max()) return error(report, file, "there are too many lists");
  ListOrigin origin{file, std::string{part.digest()}, {}};
  if (const auto held = options.held.find(name);
      held != options.held.end() && held->second.instead_of == part.digest()) {
    if (held->second.use.empty()) return;
    if (auto other = cache.find(held->second.use)) {
      origin.on_disk = std::exchange(origin.digest, held->second.use);
      part = std::move(*other);
    } else {
      report.diagnostics.push_back(
          {Severity::warning, file.string(), 0, 0, "the version that was held is gone; the one on disk is taken"});
    }
  }
  for (const auto& diagnostic : part.diagnostics())
    report.diagnostics.push_back(diagnostic);
  for (const auto& [line, host] : part.shared_suffixes())
    report.shared_suffixes.push_back({static_cast<ListId>(parts.size()), line, std::string{host}});
  for (const auto& [line, day] : part.expiries())
    if (options.today && day >= *options.today)
      report.changes_on = std::min(report.changes_on.value_or(day + std::chrono::days{1}), day + std::chrono::days{1});
  const auto id = category(category_name, role, file, report);
  const auto expired = expired_lines(part, options.today);
  report.lists.push_back(
      {name, id, role, 0, part.rejected(), part.skipped(), static_cast<std::uint32_t>(expired.size()), part.format()});
  report.cache_files.push_back(origin.digest + ".part");
  report.origins.push_back(origin);
  parts.push_back({std::move(name), id, role, std::move(origin), std::move(part)});
}

void CatalogueBuilder::Impl::read(const ListFile& file, const std::filesystem::path& root, BuildReport& report) {
  report.inputs.push_back(file.path);
  files.push_back(file);
  auto part = cache.find(file);
  if (!part) {
    const auto stamp = PartCache::stamp(file.path);
    auto bytes = read_part(file, root, key(), report.diagnostics);
    if (!bytes) return;
    auto made = cache.keep(file, stamp, std::move(*bytes));
    if (!made) return error(report, file.path, "cannot be compiled: " + std::string{to_string(made.error())});
    part = std::move(*made);
  }
  for (const auto& include : part->includes())
    report.inputs.push_back(include.file);
  place(file.name, file.category, file.role, file.path, std::move(*part), report);
}

void CatalogueBuilder::Impl::read(const Source& source, BuildReport& report) {
  const auto first = parts.size();
  auto root = source.path;
  std::error_code ignored;
  if (!std::filesystem::is_directory(root, ignored)) root = root.parent_path();
  for (const auto& file : find_list_files(source, sources, report.inputs, report.diagnostics))
    read(file, root, report);
  ranges.push_back({&source, first, parts.size()});
}

/// What is wrong with a locked list is for its keeper to tell; here it may only not be silent.
void CatalogueBuilder::Impl::read(const LockedList& list, BuildReport& report) {
  auto part = Part::open(list.part);
  if (!part)
    return error(
        report, list.part,
        "the locked list \"" + list.name + "\": " + std::string{to_string(part.error())} + ": import it again");
  if (!part->is_of(key()))
    return error(report, list.part, "the locked list \"" + list.name + "\" was made with another key: import it again");
  if (!part->hosts())
    return error(report, list.part, "the locked list \"" + list.name + "\" is damaged: import it again");
  place(list.name, list.category, ListRole::locked, {}, std::move(*part), report);
}

/// Lists that were taken back and are no longer on disk.
void CatalogueBuilder::Impl::place_absent(BuildReport& report) {
  for (const auto& [name, held] : options.held) {
    if (!held.instead_of.empty() || std::ranges::count(files, name, &ListFile::name) > 0) continue;
    if (auto part = cache.find(held.use))
      place(name, held.category, held.role, {}, std::move(*part), report);
    else
      report.diagnostics.push_back(
          {Severity::warning, name, 0, 0, "is not on disk, and the version that was held is gone"});
  }
}

bool CatalogueBuilder::Impl::read(BuildReport& report) {
  report = {};
  table = {};
  files.clear();
  parts.clear();
  ranges.clear();
  if (!options.key) {
    error(report, {}, "OpenSSL gives no random bytes");
    return false;
  }
  for (const auto& source : sources.all)
    read(source, report);
  for (const auto& list : options.locked)
    read(list, report);
  place_absent(report);
  cache.save(files);
  return !has_errors(report.diagnostics);
}

std::uint64_t CatalogueBuilder::Impl::fingerprint() const {
  SectionWriter text;
  text.text("with canaries");
  text.number(host_key(key(), "key"));
  for (const auto& placed : parts) {
    text.text(placed.name);
    text.text(table.name(placed.category));
    text.number(static_cast<std::uint8_t>(placed.role));
    text.text(placed.origin.digest);
    text.number(std::uint64_t{expired_lines(placed.part, options.today).size()});
  }
  return siphash(SipKey{}, {reinterpret_cast<const char*>(text.bytes().data()), text.bytes().size()});
}

void CatalogueBuilder::Impl::check_not_empty(const Range& range, BuildReport& report) const {
  for (auto list = range.first; list < range.last; ++list)
    if (report.lists[list].entries > 0) return;
  const auto severity = range.source->role == ListRole::feed ? Severity::error : Severity::warning;
  report.diagnostics.push_back({severity, range.source->path.string(), 0, 0, "has not a single entry"});
}

/// Of all parts. nullopt: some are damaged, and gone from the cache now.
std::optional<std::vector<HashedHosts>> CatalogueBuilder::Impl::hosts_of_parts() const {
  std::vector<HashedHosts> all;
  for (const auto& placed : parts) {
    if (const auto hosts = placed.part.hosts())
      all.push_back(*hosts);
    else
      cache.drop(placed.part.digest());
  }
  if (all.size() < parts.size()) return std::nullopt;
  return all;
}

std::optional<std::vector<std::uint8_t>> CatalogueBuilder::Impl::compile(BuildReport& report) {
  auto hosts_of_list = hosts_of_parts();
  if (!hosts_of_list && read(report)) hosts_of_list = hosts_of_parts();
  if (!hosts_of_list) {
    error(report, options.cache, "what was compiled before is damaged");
    return std::nullopt;
  }
  ImageWriter image{ImageKind::catalogue, fingerprint()};
  HostIndexBuilder hosts{key()};
  PatternCompiler patterns{options.cache};
  for (std::size_t list = 0; list < parts.size(); ++list) {
    const auto id = static_cast<ListId>(list);
    const auto& part = parts[list].part;
    const auto expired = expired_lines(part, options.today);
    for (const auto& pattern : part.patterns())
      if (expired.holds(pattern.line))
        patterns.add(pattern.kind, pattern.text, make_target(id, pattern.line), parts[list].role);
    hosts.add(part.kinds());
    hosts.add(id, (*hosts_of_list)[list], expired);
  }
  std::vector<PatternCompiler::Refusal> refusals;
  std::string message;
  if (!patterns.write(image, report.lists, refusals, message)) error(report, {}, message);
  for (const auto& name : patterns.used())
    report.cache_files.push_back(name);
  std::map<std::size_t, std::size_t> refused;
  for (const auto& [target, why] : refusals) {
    const auto list = list_of(target);
    ++report.lists[list].rejected;
    if (++refused[list] <= kKeptPerList)
      report.diagnostics.push_back({Severity::warning, parts[list].origin.file.string(), line_of(target), 1, why});
  }
  for (const auto& [list, number] : refused)
    if (number > kKeptPerList)
      report.diagnostics.push_back({Severity::warning, parts[list].origin.file.string(), 0, 0,
                                    std::to_string(number - kKeptPerList) + " more patterns that no engine takes"});
  const auto read_lists = report.lists.size();
  const auto canaries = add_canaries(report.lists);
  constexpr std::uint32_t kFirstLine = 1;
  for (std::size_t i = 0; i < canaries.size(); ++i)
    hosts.add(static_cast<ListId>(read_lists + i), {{&canaries[i], 1}, {&kFirstLine, 1}});
  hosts.write(image, report.lists);
  for (const auto& range : ranges)
    check_not_empty(range, report);
  std::for_each(report.lists.begin() + static_cast<std::ptrdiff_t>(read_lists), report.lists.end(),
                [](ListInfo& canary) { canary.entries = 0; });
  write_tables(table, report.lists, image);
  report.lists.resize(read_lists);
  if (has_errors(report.diagnostics)) return std::nullopt;
  return std::move(image).finish();
}

/// Behind all that was read: a list each, whose one host is returned. A name that is too long for a host has none.
std::vector<std::uint64_t> CatalogueBuilder::Impl::add_canaries(std::vector<ListInfo>& lists) const {
  std::vector<std::uint64_t> hashes;
  for (std::size_t id = 0; id < table.size(); ++id) {
    const auto category = static_cast<CategoryId>(id);
    const auto host = normalise_host(canary_host(table.name(category)), HostSource::person);
    if (!host || lists.size() > std::numeric_limits<ListId>::max()) continue;
    hashes.push_back(host_key(key(), host->text()));
    lists.push_back({canary_list(table.name(category)), category});
  }
  return hashes;
}

CatalogueBuilder::CatalogueBuilder(const Sources& sources, BuildOptions options)
    : impl_(std::make_unique<Impl>(sources, std::move(options))) {}
CatalogueBuilder::~CatalogueBuilder() = default;

bool CatalogueBuilder::read(BuildReport& report) {
  return impl_->read(report);
}

std::uint64_t CatalogueBuilder::fingerprint() const {
  return impl_->fingerprint();
}

std::optional<std::vector<std::uint8_t>> CatalogueBuilder::compile(BuildReport& report) {
  return impl_->compile(report);
}

std::optional<std::vector<std::uint8_t>> build_catalogue(const Sources& sources, BuildReport& report) {
  CatalogueBuilder builder{sources, {}};
  if (!builder.read(report)) return std::nullopt;
  return builder.compile(report);
}

}  // namespace breakwater::categories

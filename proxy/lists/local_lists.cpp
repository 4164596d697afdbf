#include "proxy/lists/local_lists.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <tuple>

#include "categories/catalogue_builder.h"
#include "categories/keyword.h"
#include "categories/list_files.h"
#include "categories/url.h"
#include "proxy/lists/locked_folder.h"

namespace breakwater::lists {
namespace {

namespace fs = std::filesystem;
using categories::ListFormat;

constexpr std::string_view kRecategorise = "recategorise/";

/// Cut at each '\n'; a '\r' stays with its line. A text that ends with a line end gives an empty last line.
std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  for (;;) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

std::string join_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines)
    text.append(&line == &lines.front() ? "" : "\n").append(line);
  return text;
}

/// Behind the last line, whose line end, or the want of one, becomes its own. Returns its number.
std::size_t append_line(std::vector<std::string>& lines, const std::string& line) {
  const bool crlf = lines.size() > 1 && lines.front().ends_with('\r');
  const std::string end = crlf ? "\r" : "";
  if (!lines.back().empty()) {
    lines.back() += end;
    lines.push_back(line);
    return lines.size();
  }
  lines.back() = line + end;
  lines.emplace_back();
  return lines.size() - 1;
}

bool is_of_domains(std::string_view key) {
  return key.starts_with("domain ") || key.starts_with("network ") || key.starts_with("expression ");
}

/// Fills in the kind that the entry looks like, and what the reader makes of it.
ReadLine read_entry(LocalEntry& entry) {
  if (entry.text.find_first_of("\r\n") != std::string::npos) return {"", "an entry is one line"};
  const bool by_look = entry.kind == ListFormat::automatic;
  if (by_look) entry.kind = ListFormat::domains;
  auto read = read_line(entry.kind, entry.text);
  if (!read.refusal.empty()) return read;
  if (read.key.empty()) return {"", "there is no entry: what begins with \"#\", \"!\" or \";\" is a comment"};
  const auto lines = std::count(read.key.begin(), read.key.end(), '\n');
  if (lines > 1) return {"", "that is more than one entry"};
  if (by_look && !is_of_domains(read.key)) entry.kind = ListFormat::urls;
  return read;
}

/// `automatic` for what is not named after a kind of list.
ListFormat kind_of(const fs::path& file) {
  const auto name = file.filename().string();
  if (!categories::keyword_language(name).empty()) return ListFormat::keywords;
  return categories::find_list_format(name).value_or(ListFormat::automatic);
}

/// The line that says just this, or the end.
std::vector<std::string>::iterator find_key(std::vector<std::string>& lines, const fs::path& file,
                                            const std::string& key) {
  const auto kind = kind_of(file);
  const auto name = file.filename().string();
  const auto language = categories::keyword_language(name);
  return std::ranges::find_if(lines,
                              [&](const std::string& line) { return read_line(kind, line, language).key == key; });
}

std::string without_cr(std::string line) {
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

EditResult refused(std::string message) {
  return {EditStatus::refused, std::move(message), {}, 0, {}};
}
EditResult failed(std::string message) {
  return {EditStatus::failed, std::move(message), {}, 0, {}};
}

/// All lists of a category, its plain file beside the folders included.
std::vector<fs::path> files_of(const fs::path& folder, const std::string& category) {
  std::vector<fs::path> files;
  const auto add_from = [&files](const fs::path& from, auto&& wanted) {
    std::error_code error;
    for (fs::directory_iterator at{from, error}, end; !error && at != end; at.increment(error))
      if (at->is_regular_file(error) && wanted(at->path())) files.push_back(at->path());
  };
  add_from(folder / category, [](const fs::path& file) { return kind_of(file) != ListFormat::automatic; });
  add_from(folder, [&category](const fs::path& file) { return file.stem() == category; });
  std::ranges::sort(files);
  return files;
}

/// As the gateway would meet it: of https only the host.
std::optional<categories::Url> parse_target(std::string_view target, std::string& buffer) {
  constexpr std::string_view kHttps = "https://";
  const bool has_scheme = target.find("://") != std::string_view::npos;
  const bool bare_v6 = categories::IpAddress::parse(target) && target.find(':') != std::string_view::npos;
  buffer = has_scheme ? "" : "http://";
  buffer.append(bare_v6 ? "[" : "").append(target).append(bare_v6 ? "]" : "");
  auto url = categories::parse_url(buffer, categories::HostSource::person);
  if (!url) return std::nullopt;
  if (target.starts_with(kHttps) || target.find('/') == std::string_view::npos) url->path = {};
  return *url;
}

}  // namespace

std::string LocalLists::refuse_category(std::string_view category, NewCategory new_category) const {
  if (category == "allow") return {};
  auto name = category;
  if (name.starts_with(kRecategorise)) name.remove_prefix(kRecategorise.size());
  categories::CategoryTable table;
  auto known = table.names();
  if (table.find(name)) return {};
  const auto quoted = '"' + std::string{category} + '"';
  known.push_back("allow");
  const std::string near{categories::nearest(name, known)};
  if (!table.add(name)) return quoted + " is not the name of a category: lower case with hyphens, PARENT/CHILD at most";
  std::error_code error;
  if (new_category == NewCategory::make || fs::is_directory(folder_ / category, error)) return {};
  return "no category " + quoted + (near.empty() ? "" : "; did you mean \"" + near + "\"?") +
         " (--new-category makes one)";
}

EditResult LocalLists::add(const LocalEntry& entry, const EntryNote& note, NewCategory new_category) const {
  if (auto why = refuse_category(entry.category, new_category); !why.empty()) return refused(std::move(why));
  if (const auto why = refuse_reason(note.reason); !why.empty()) return refused(std::string{why});
  const auto folder = LockedFolder::lock(folder_);
  if (!folder) return failed(folder.error());
  return edit(**folder, entry, note);
}

EditResult LocalLists::edit(const LockedFolder& folder, const LocalEntry& wanted, const EntryNote& note) const {
  auto entry = wanted;
  const auto read = read_entry(entry);
  if (!read.refusal.empty()) return refused(read.refusal);

  EditResult result;
  const auto file = fs::path{entry.category} / std::string{to_string(entry.kind)};
  result.file = folder_ / file;
  std::string text;
  if (auto why = folder.read(file, text)) return failed(*std::move(why));
  auto lines = split_lines(text);
  EntryLine line{entry.text, note};
  if (const auto found = find_key(lines, file, read.key); found != lines.end()) {
    const auto old = split_line(entry.kind, *found);
    line.entry = old.entry;
    if (note.reason.empty()) line.note.reason = old.note.reason;
    result.line = static_cast<std::uint32_t>(found - lines.begin() + 1);
    result.text = join_line(line);
    result.status = EditStatus::unchanged;
    if (old.note.until == line.note.until && old.note.reason == line.note.reason) {
      result.text = without_cr(*found);
      return result;
    }
    result.status = EditStatus::changed;
    *found = result.text + (found->ends_with('\r') ? "\r" : "");
  } else {
    result.status = EditStatus::added;
    result.text = join_line(line);
    result.line = static_cast<std::uint32_t>(append_line(lines, result.text));
  }
  // Not every kind of list takes notes.
  const auto whole = read_line(entry.kind, result.text);
  if (!whole.refusal.empty()) return refused(whole.refusal);
  if (whole.key != read.key) return refused("a list of this kind takes no date or reason behind an entry");
  if (auto why = folder.replace(file, join_lines(lines))) return failed(*std::move(why));
  return result;
}

EditResult LocalLists::remove(const LocalEntry& wanted) const {
  if (auto why = refuse_category(wanted.category, NewCategory::make); !why.empty()) return refused(std::move(why));
  auto entry = wanted;
  const auto read = read_entry(entry);
  if (!read.refusal.empty()) return refused(read.refusal);
  const auto folder = LockedFolder::lock(folder_);
  if (!folder) return failed(folder.error());

  EditResult result{EditStatus::absent, '"' + entry.text + "\" is not in " + entry.category, {}, 0, {}};
  std::vector<std::string> others;
  for (const auto& path : files_of(folder_, entry.category)) {
    const auto file = path.lexically_relative(folder_);
    std::string text;
    if (auto why = (*folder)->read(file, text)) return failed(*std::move(why));
    auto lines = split_lines(text);
    const auto before = lines.size();
    for (auto found = find_key(lines, file, read.key); found != lines.end(); found = find_key(lines, file, read.key)) {
      const auto number = static_cast<std::uint32_t>(found - lines.begin() + 1);
      if (result.status == EditStatus::absent) result = {EditStatus::removed, {}, path, number, without_cr(*found)};
      lines.erase(found);
    }
    if (lines.size() < before)
      if (auto why = (*folder)->replace(file, join_lines(lines))) return failed(*std::move(why));
    for (const auto& line : lines)
      others.push_back(split_line(kind_of(file), line).entry);
  }
  if (result.status == EditStatus::removed) return result;
  const std::vector<std::string_view> candidates(others.begin(), others.end());
  if (const auto near = categories::nearest(entry.text, candidates); !near.empty())
    result.message += "; near it: " + std::string{near};
  return result;
}

std::optional<std::vector<CoveringLine>> LocalLists::find(std::string_view target,
                                                          categories::Diagnostics& diagnostics) const {
  std::string buffer;
  const auto url = parse_target(target, buffer);
  if (!url) {
    diagnostics.push_back({categories::Severity::error, std::string{target}, 0, 0, "is no host and no URL"});
    return std::nullopt;
  }
  // Each file becomes a source of its own in one category, so that the catalogue names every line that matches.
  std::vector<fs::path> inputs;
  const categories::Source local{"local", folder_, ListFormat::automatic, "", categories::ListRole::local};
  const auto files = categories::find_list_files(local, {}, inputs, diagnostics);
  categories::Sources sources;
  std::map<std::string, fs::path, std::less<>> paths;
  for (const auto& file : files) {
    const auto name = "f" + std::to_string(paths.size());
    paths.emplace(name + '/' + file.path.filename().string(), file.path);
    sources.all.push_back({name, file.path, file.format, "allow", categories::ListRole::local});
  }
  categories::BuildReport report;
  auto image = categories::build_catalogue(sources, report);
  diagnostics.insert(diagnostics.end(), report.diagnostics.begin(), report.diagnostics.end());
  const auto catalogue = image ? categories::Catalogue::from_image(std::move(*image)) : categories::CatalogueError::io;
  if (!catalogue) return std::nullopt;

  std::string match_text;
  if (!url->path.empty()) categories::append_match_text(match_text, url->host, url->path);
  categories::Classification classification;
  const auto scratch = (*catalogue)->make_scratch();
  (*catalogue)->classify(url->host, match_text, *scratch, classification);
  if (classification.status != categories::ClassifyStatus::ok) return std::nullopt;

  std::vector<CoveringLine> covering;
  for (const auto& match : classification.matches) {
    const auto file = paths.find((*catalogue)->lists()[match.list].name);
    if (file == paths.end()) continue;  // a canary, which no file holds
    CoveringLine found{file->second, match.line, {}};
    std::ifstream in{found.file, std::ios::binary};
    for (std::uint32_t line = 0; line < found.line && std::getline(in, found.text); ++line) {
    }
    found.text = without_cr(std::move(found.text));
    covering.push_back(std::move(found));
  }
  std::ranges::sort(covering, {}, [](const CoveringLine& one) { return std::tie(one.file, one.line); });
  return covering;
}

}  // namespace breakwater::lists

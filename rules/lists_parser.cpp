#include "rules/lists_parser.h"

#include <algorithm>
#include <system_error>

#include "rules/download_parser.h"
#include "rules/quantity_reader.h"

namespace breakwater::rules {
namespace {

using categories::ListFormat;
using categories::ListRole;

constexpr std::size_t kMaxFeeds = 256;
constexpr std::size_t kMaxLocked = 16;
constexpr std::int64_t kMaxPercent = 100'000;
constexpr std::string_view kReserved[] = {"local", "exceptions", "locked"};

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

bool is_folder(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

class ListsParser {
 public:
  ListsParser(const std::filesystem::path& folder, CategoryNames& category_names, DiagnosticSink& sink)
      : folder_(folder), category_names_(category_names), sink_(sink) {}

  Lists parse(TomlTable& table) {
    UniqueNames names("list", sink_);
    auto feeds = table.tables("feed");
    keep_first(kMaxFeeds, "feeds", feeds, sink_);
    for (auto& one : feeds)
      feed(one, names);
    auto slots = table.tables("locked");
    keep_first(kMaxLocked, "locked lists", slots, sink_);
    for (auto& one : slots)
      locked(one, names);
    if (auto map_table = table.table("map")) map(*map_table);
    if (const auto text = table.label("local")) local(*text);
    if (const auto text = table.label("exceptions")) exceptions(*text);
    table.check_unknown();
    return std::move(lists_);
  }

 private:
  std::filesystem::path path_of(const Text& text) const { return (folder_ / text.value).lexically_normal(); }

  void local(const Text& text) {
    const auto path = path_of(text);
    if (is_folder(path))
      lists_.sources.all.push_back({"local", path, ListFormat::automatic, "", ListRole::local});
    else if (is_there(path))
      sink_.error(text.place, "local: " + in_quotes(text.value) + " is no folder");
    else
      sink_.warning(text.place, "local: there is no folder " + in_quotes(text.value) + ", so no local list counts");
  }

  void exceptions(const Text& text) {
    const auto path = path_of(text);
    if (is_there(path))
      lists_.sources.all.push_back({"exceptions", path, ListFormat::automatic, "", ListRole::exception});
    else
      sink_.error(text.place, "exceptions: there is no file or folder " + in_quotes(text.value));
  }

  void feed(TomlTable& table, UniqueNames& names) {
    categories::Source source;
    Feed feed;
    feed.name = source.name = name_of(table, "feed", names);
    if (auto licence = table.label("licence")) feed.licence = std::move(licence->value);
    percent(table, "shrink", 100, feed.limits.shrink);
    percent(table, "grow", kMaxPercent, feed.limits.grow);
    feed.download = parse_download(table, folder_, sink_);
    const auto path = table.label("path");
    if (table.has("path") == table.has("url"))
      sink_.error(table.has("url") ? table.place("url") : table.place(),
                  table.has("url") ? "a feed has a path or a url, not both" : table.name() + " needs a path or a url");
    if (path) {
      source.path = path_of(*path);
      if (!is_there(source.path))
        sink_.error(path->place, "path: there is no file or folder " + in_quotes(path->value));
    }
    if (const auto format = table.text("format")) {
      if (const auto found = categories::find_list_format(format->value))
        source.format = *found;
      else
        sink_.error(format->place,
                    "unknown format " + in_quotes(format->value) + " (" + categories::list_format_names() + ")");
    }
    if (auto category = table.text("category"); category && category_names_.check(*category)) {
      if (path && is_folder(source.path))
        sink_.error(category->place, "category is for a single file, and " + in_quotes(path->value) + " is a folder");
      source.category = std::move(category->value);
    }
    table.check_unknown();
    lists_.sources.all.push_back(std::move(source));
    lists_.feeds.push_back(std::move(feed));
  }

  void locked(TomlTable& table, UniqueNames& names) {
    LockedSlot slot;
    slot.name = name_of(table, "locked list", names);
    if (auto category = table.text("category", Need::required); category && category_names_.check(*category))
      slot.category = std::move(category->value);
    if (const auto age = read_duration(table, "max_age", {"1m", "8784h"}, sink_))
      slot.max_age = std::chrono::duration_cast<std::chrono::seconds>(*age);
    table.check_unknown();
    lists_.locked.push_back(std::move(slot));
  }

  /// Names of folders, and parts of the names of lists.
  std::string name_of(TomlTable& table, std::string_view kind, UniqueNames& names) {
    auto name = table.label("name", Need::required);
    if (!name) return "";
    names.add(*name);
    const auto refuse = [&](std::string_view why) {
      sink_.error(name->place, std::string(kind) + " name " + in_quotes(name->value) + std::string(why));
    };
    if (std::find(std::begin(kReserved), std::end(kReserved), name->value) != std::end(kReserved))
      refuse(" is reserved");
    else if (name->value.find('/') != std::string::npos || !categories::CategoryTable().add(name->value))
      refuse(" must be lower case with hyphens");
    return std::move(name->value);
  }

  void percent(TomlTable& table, std::string_view key, std::int64_t most, std::uint32_t& to) {
    const auto number = table.number(key);
    if (!number) return;
    if (number->value < 0 || number->value > most)
      sink_.error(number->place, std::string(key) + ": " + std::to_string(number->value) + " is out of bounds (0 to " +
                                     std::to_string(most) + " percent)");
    else
      to = static_cast<std::uint32_t>(number->value);
  }

  void map(TomlTable& table) {
    for (auto& [from, to] : table.entries()) {
      const auto slash = from.value.find('/');
      if (slash == std::string::npos || slash == 0 || slash + 1 == from.value.size())
        sink_.error(from.place, in_quotes(from.value) + " must be \"feed/folder\"");
      else
        find_named(Text{from.value.substr(0, slash), from.place}, "feed", lists_.sources.all, sink_);
      if (category_names_.check(to)) lists_.sources.map.insert_or_assign(std::move(from.value), std::move(to.value));
    }
  }

  const std::filesystem::path& folder_;
  CategoryNames& category_names_;
  DiagnosticSink& sink_;
  Lists lists_;
};

}  // namespace

Lists parse_lists(TomlTable& table, const std::filesystem::path& folder, CategoryNames& category_names,
                  DiagnosticSink& sink) {
  return ListsParser(folder, category_names, sink).parse(table);
}

}  // namespace breakwater::rules

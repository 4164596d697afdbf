#include "rules/lists_parser.h"

#include <algorithm>
#include <array>
#include <system_error>

namespace breakwater::rules {
namespace {

using categories::ListFormat;
using categories::ListRole;

constexpr std::size_t kMaxFeeds = 256;

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

  categories::Sources parse(TomlTable& table) {
    UniqueNames names("feed", sink_);
    auto feeds = table.tables("feed");
    keep_first(kMaxFeeds, "feeds", feeds, sink_);
    for (auto& one : feeds)
      feed(one, names);
    if (auto map_table = table.table("map")) map(*map_table);
    if (const auto text = table.label("local")) local(*text);
    if (const auto text = table.label("exceptions")) exceptions(*text);
    table.check_unknown();
    return std::move(sources_);
  }

 private:
  std::filesystem::path path_of(const Text& text) const { return (folder_ / text.value).lexically_normal(); }

  void local(const Text& text) {
    const auto path = path_of(text);
    if (is_folder(path))
      sources_.all.push_back({"local", path, ListFormat::automatic, "", ListRole::local});
    else if (is_there(path))
      sink_.error(text.place, "local: " + in_quotes(text.value) + " is no folder");
    else
      sink_.warning(text.place, "local: there is no folder " + in_quotes(text.value) + ", so no local list counts");
  }

  void exceptions(const Text& text) {
    const auto path = path_of(text);
    if (is_there(path))
      sources_.all.push_back({"exceptions", path, ListFormat::automatic, "", ListRole::exception});
    else
      sink_.error(text.place, "exceptions: there is no file or folder " + in_quotes(text.value));
  }

  void feed(TomlTable& table, UniqueNames& names) {
    categories::Source source;
    if (auto name = table.label("name", Need::required)) {
      names.add(*name);
      if (name->value == "local" || name->value == "exceptions")
        sink_.error(name->place, "feed name " + in_quotes(name->value) + " is reserved");
      else if (name->value.find('/') != std::string::npos || !categories::CategoryTable().add(name->value))
        sink_.error(name->place, "feed name " + in_quotes(name->value) + " must be lower case with hyphens");
      source.name = std::move(name->value);
    }
    const auto path = table.label("path", Need::required);
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
    sources_.all.push_back(std::move(source));
  }

  void map(TomlTable& table) {
    for (auto& [from, to] : table.entries()) {
      const auto slash = from.value.find('/');
      if (slash == std::string::npos || slash == 0 || slash + 1 == from.value.size())
        sink_.error(from.place, in_quotes(from.value) + " must be \"feed/folder\"");
      else
        find_named(Text{from.value.substr(0, slash), from.place}, "feed", sources_.all, sink_);
      if (category_names_.check(to)) sources_.map.insert_or_assign(std::move(from.value), std::move(to.value));
    }
  }

  const std::filesystem::path& folder_;
  CategoryNames& category_names_;
  DiagnosticSink& sink_;
  categories::Sources sources_;
};

}  // namespace

categories::Sources parse_lists(TomlTable& table, const std::filesystem::path& folder, CategoryNames& category_names,
                                DiagnosticSink& sink) {
  return ListsParser(folder, category_names, sink).parse(table);
}

}  // namespace breakwater::rules

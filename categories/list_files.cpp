#include "categories/list_files.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "categories/e2guardian_list.h"

namespace breakwater::categories {
namespace {

namespace fs = std::filesystem;

constexpr std::pair<std::string_view, ListFormat> kListNames[] = {
    {"domains", ListFormat::domains},
    {"expressions", ListFormat::expressions},
    {"keywords", ListFormat::keywords},
    {"urls", ListFormat::urls},
};
constexpr int kDepth = 2;  // PARENT/CHILD
constexpr std::string_view kRecategorise = "recategorise";

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// "Wild_Ads" -> "wild-ads"
std::string as_category(std::string_view name) {
  auto text = lower(std::string{name});
  for (char& c : text)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/')) c = '-';
  return text;
}

/// What stands beside lists in their repositories.
bool is_no_list(const fs::path& path) {
  const auto stem = lower(path.stem().string());
  return stem.starts_with('.') || stem == "license" || stem == "licence" || stem == "readme" ||
         lower(path.extension().string()) == ".md";
}

/// The format that a file's name says in every tree: "domains", "keywords", "keywords.en" (of one language).
std::optional<ListFormat> named_format(std::string_view name) {
  constexpr std::string_view kOfLanguage = "keywords.";
  if (name.starts_with(kOfLanguage) && name.size() > kOfLanguage.size()) return ListFormat::keywords;
  const auto* known = std::ranges::find(kListNames, name, &std::pair<std::string_view, ListFormat>::first);
  if (known == std::end(kListNames)) return std::nullopt;
  return known->second;
}

class Finder {
 public:
  Finder(const Source& source, const Sources& sources, std::vector<fs::path>& inputs, Diagnostics& diagnostics)
      : source_(source), sources_(sources), inputs_(inputs), diagnostics_(diagnostics) {}

  std::vector<ListFile> find() {
    std::error_code error;
    const auto status = fs::status(source_.path, error);
    if (fs::is_regular_file(status)) {
      add(source_.path, source_.path.filename().string(), source_.path.stem().string(), source_.format);
    } else if (fs::is_directory(status)) {
      if (!has_own_format()) tree(source_.path, "", kDepth, std::nullopt);
      const bool by_hand = source_.role != ListRole::feed;
      if (source_.format != ListFormat::squidguard && (by_hand || files_.empty())) format_tree();
    } else {
      report(source_.path, error ? error.message() : "is neither a file nor a folder");
    }
    std::sort(files_.begin(), files_.end(), [](const ListFile& a, const ListFile& b) { return a.name < b.name; });
    return std::move(files_);
  }

 private:
  void report(const fs::path& path, std::string message) {
    diagnostics_.push_back({Severity::error, path.string(), 0, 0, std::move(message)});
  }

  std::vector<fs::path> entries(const fs::path& folder) {
    inputs_.push_back(folder);
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator at{folder, error}, end; !error && at != end; at.increment(error))
      found.push_back(at->path());
    if (error) report(folder, error.message());
    return found;
  }

  bool has_own_format() const {
    return source_.format != ListFormat::automatic && source_.format != ListFormat::squidguard;
  }

  /// Files by hand and of a feed without CATEGORY folders: one category a file; those of a format of their own may
  /// stand in folders.
  void format_tree() {
    if (!has_own_format()) return plain_files();
    auto root = source_.path;
    std::error_code error;
    if (source_.format == ListFormat::v2fly && fs::is_directory(root / "data", error)) root /= "data";
    tree(root, "", kDepth, source_.format);
  }

  /// `category` is the way from the source's folder to this one; where `others` is set, files of other names than
  /// kListNames are taken as well.
  void tree(const fs::path& folder, const std::string& category, int depth, std::optional<ListFormat> others) {
    for (const auto& path : entries(folder)) {
      const auto name = path.filename().string();
      std::error_code error;
      const auto status = fs::status(path, error);
      auto way = category;
      if (!way.empty()) way += '/';
      way += name;
      const auto named = named_format(name);
      if (fs::is_regular_file(status) && named)
        add(path, way, category, *named);
      else if (fs::is_regular_file(status) && others && !is_no_list(path))
        add_other(path, way, category, *others);
      else if (fs::is_directory(status) && !name.starts_with('.') && (depth > 0 || way == kRecategorise))
        tree(path, way, depth - (way != kRecategorise), others);
    }
  }

  void add_other(const fs::path& path, const std::string& way, const std::string& category, ListFormat format) {
    if (format == ListFormat::v2fly && path.has_extension()) return;
    if (format != ListFormat::e2guardian) {
      auto folder = category.empty() ? "" : category + '/';
      return add(path, way, folder += path.stem().string(), format);
    }
    const auto kind = e2guardian_kind(path.filename().string());
    if (kind == E2guardianKind::sites_and_urls || kind == E2guardianKind::expressions ||
        (kind == E2guardianKind::exceptions && source_.role != ListRole::feed)) {
      add(path, way, category, format);
    } else if (kind) {
      const auto* why = *kind == E2guardianKind::exceptions ? "a feed can allow nothing: the list is passed over"
                                                            : "means nothing to a gateway: the list is passed over";
      diagnostics_.push_back({Severity::warning, path.string(), 0, 0, why});
    }
  }

  void plain_files() {
    for (const auto& path : entries(source_.path)) {
      const auto name = path.filename().string();
      std::error_code error;
      if (fs::is_regular_file(path, error) && !named_format(name) && !is_no_list(path))
        add(path, name, path.stem().string(), source_.format);
    }
  }

  /// `way` leads from the source to the file, `folder` is the feed's word for the category.
  void add(const fs::path& path, const std::string& way, const std::string& folder, ListFormat format) {
    const auto is_in = [&folder](std::string_view top) {
      return folder.starts_with(top) && (folder.size() == top.size() || folder[top.size()] == '/');
    };
    auto role = source_.role;
    auto meant = folder;
    if (role == ListRole::local && is_in("allow")) role = ListRole::allow;
    if (role == ListRole::local && is_in(kRecategorise)) {
      if (folder.size() <= kRecategorise.size() + 1)
        return report(path, "stands in no folder of a category: recategorise/CATEGORY/" + path.filename().string());
      role = ListRole::recategorise;
      meant.erase(0, kRecategorise.size() + 1);
    }
    const bool has_category = role != ListRole::allow && role != ListRole::exception;
    files_.push_back({path, source_.name + '/' + way, has_category ? category(meant) : "", role, format});
  }

  std::string category(const std::string& folder) const {
    if (!source_.category.empty()) return source_.category;
    if (const auto found = sources_.map.find(source_.name + '/' + folder); found != sources_.map.end())
      return found->second;
    if (const auto built_in = built_in_mapping(source_.name, folder); !built_in.empty()) return std::string{built_in};
    auto own = as_category(folder);
    if (source_.role == ListRole::local) return own;
    std::replace(own.begin(), own.end(), '/', '-');
    auto feed = as_category(source_.name);
    return own.empty() ? feed : feed + '/' + own;
  }

  const Source& source_;
  const Sources& sources_;
  std::vector<fs::path>& inputs_;
  Diagnostics& diagnostics_;
  std::vector<ListFile> files_;
};

}  // namespace

std::vector<ListFile> find_list_files(const Source& source, const Sources& sources, std::vector<fs::path>& inputs,
                                      Diagnostics& diagnostics) {
  return Finder{source, sources, inputs, diagnostics}.find();
}

}  // namespace breakwater::categories

#include "categories/list_files.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

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
      if (source_.format == ListFormat::automatic || source_.format == ListFormat::squidguard)
        tree(source_.path, "", 0);
      const bool by_hand = source_.role != ListRole::feed;
      if (source_.format != ListFormat::squidguard && (by_hand || files_.empty())) plain_files();
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

  /// `category` is the way from the source's folder to this one.
  void tree(const fs::path& folder, const std::string& category, int depth) {
    for (const auto& path : entries(folder)) {
      const auto name = path.filename().string();
      std::error_code error;
      const auto status = fs::status(path, error);
      auto way = category;
      if (!way.empty()) way += '/';
      way += name;
      const auto* known = std::ranges::find(kListNames, name, &std::pair<std::string_view, ListFormat>::first);
      if (fs::is_regular_file(status) && known != std::end(kListNames))
        add(path, way, category, known->second);
      else if (fs::is_directory(status) && depth < kDepth && !name.starts_with('.'))
        tree(path, way, depth + 1);
    }
  }

  void plain_files() {
    for (const auto& path : entries(source_.path)) {
      const auto name = path.filename().string();
      std::error_code error;
      const bool listed = std::ranges::any_of(kListNames, [&name](const auto& known) { return known.first == name; });
      if (fs::is_regular_file(path, error) && !listed && !is_no_list(path))
        add(path, name, path.stem().string(), source_.format);
    }
  }

  /// `way` leads from the source to the file, `folder` is the feed's word for the category.
  void add(const fs::path& path, const std::string& way, const std::string& folder, ListFormat format) {
    auto role = source_.role;
    if (role == ListRole::local && (folder == "allow" || folder.starts_with("allow/"))) role = ListRole::allow;
    const bool has_category = role == ListRole::feed || role == ListRole::local;
    files_.push_back({path, source_.name + '/' + way, has_category ? category(folder) : "", role, format});
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

#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "categories/catalogue_builder.h"
#include "categories/url.h"

namespace breakwater::categories::test {

/// A folder of lists that goes away with the test.
class ListTree {
 public:
  ListTree() {
    auto name = (std::filesystem::temp_directory_path() / "breakwater-lists-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    root_ = name;
  }
  ListTree(const ListTree&) = delete;
  ListTree& operator=(const ListTree&) = delete;
  ~ListTree() { std::filesystem::remove_all(root_); }

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path write(const std::string& way, std::string_view text) const {
    auto path = root_ / way;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
    return path;
  }
  Source feed(const std::string& name = "feed") const {
    return {name, root_ / name, ListFormat::automatic, "", ListRole::feed};
  }
  Source local() const { return {"local", root_ / "local", ListFormat::automatic, "", ListRole::local}; }
  Source exceptions() const {
    return {"exceptions", root_ / "exceptions", ListFormat::automatic, "", ListRole::exception};
  }

 private:
  std::filesystem::path root_;
};

/// A catalogue with working memory, asked in plain text.
class Asked {
 public:
  explicit Asked(const Sources& sources, BuildOptions options = {}) {
    CatalogueBuilder builder{sources, std::move(options)};
    auto image = builder.read(report) ? builder.compile(report) : std::nullopt;
    if (!image) throw std::runtime_error("no catalogue: " + all(report.diagnostics));
    const auto made = Catalogue::from_image(std::move(*image));
    if (!made) throw std::runtime_error(std::string{to_string(made.error())});
    catalogue = *made;
    scratch = catalogue->make_scratch();
  }

  /// `target` is a URL, or a host of which no more is known.
  const Classification& operator()(std::string_view target) {
    std::string text;
    if (target.starts_with("http://")) {
      const auto url = parse_url(target, HostSource::wire);
      if (!url) throw std::runtime_error("not a URL: " + std::string{target});
      append_match_text(text, url->host, url->path);
      catalogue->classify(url->host, text, *scratch, answer);
    } else {
      const auto host = normalise_host(target, HostSource::wire);
      if (!host) throw std::runtime_error("not a host: " + std::string{target});
      catalogue->classify(*host, text, *scratch, answer);
    }
    return answer;
  }
  /// Names of the categories, joined with spaces, in the order of their ids.
  std::string categories(std::string_view target) { return names((*this)(target).categories); }
  std::string names(const CategorySet& set) const {
    std::string text;
    for (std::size_t id = 0; id < catalogue->categories().size(); ++id)
      if (set[id])
        text += (text.empty() ? "" : " ") + std::string{catalogue->categories().name(static_cast<CategoryId>(id))};
    return text;
  }
  static std::string all(const Diagnostics& diagnostics) {
    std::string text;
    for (const auto& diagnostic : diagnostics)
      text += to_string(diagnostic) + '\n';
    return text;
  }

  BuildReport report;
  std::shared_ptr<const Catalogue> catalogue;
  Catalogue::ScratchPtr scratch;
  Classification answer;
};

/// The real lists, where they are on this machine.
inline std::optional<std::filesystem::path> real_lists(const std::string& feed) {
  const char* shared = std::getenv("BREAKWATER_SHARED");
  const auto root =
      shared ? std::filesystem::path{shared} : std::filesystem::path{BREAKWATER_SOURCE_DIR} / ".." / "shared";
  auto lists = root / "data" / "lists" / feed;
  if (!std::filesystem::is_directory(lists)) return std::nullopt;
  return lists;
}

}  // namespace breakwater::categories::test

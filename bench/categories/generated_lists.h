#pragma once

// Lists that look like the public ones, always the same, and the catalogues that are made of them.

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "categories/catalogue.h"
#include "categories/catalogue_builder.h"
#include "categories/image.h"

namespace breakwater::categories::bench {

inline std::string random_domain(std::mt19937_64& random) {
  static constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
  static constexpr std::string_view kEndings[] = {".com", ".net", ".org", ".co.uk", ".de", ".top", ".xyz", ".info"};
  std::string name;
  for (auto length = 6 + random() % 12; length > 0; --length)
    name += kLetters[random() % kLetters.size()];
  return name.append(kEndings[random() % std::size(kEndings)]);
}

inline std::vector<std::string> domains(std::size_t count) {
  std::mt19937_64 random{1};
  std::vector<std::string> names(count);
  std::generate(names.begin(), names.end(), [&random] { return random_domain(random); });
  return names;
}

/// URLs as feeds list them, one of each host.
inline std::vector<std::string> urls_of(const std::vector<std::string>& names) {
  std::vector<std::string> urls;
  urls.reserve(names.size());
  for (const auto& name : names)
    urls.push_back(name + "/wp-content/uploads/2025/" + name.substr(0, 5) + ".html");
  return urls;
}

/// In the shapes that the public lists have: words between signs, directories, the answers of search engines, hosts
/// with numbers, names of files.
inline std::vector<std::string> expressions(std::size_t count) {
  std::mt19937_64 random{3};
  const auto word = [&random] {
    constexpr std::string_view kConsonants = "bcdfghklmnprstvwz";
    constexpr std::string_view kVowels = "aeiou";
    std::string text;
    for (auto length = 3 + random() % 2; length > 0; --length)
      text.append(1, kConsonants[random() % kConsonants.size()]).append(1, kVowels[random() % kVowels.size()]);
    return text;
  };
  std::vector<std::string> all(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto& text = all[i];
    switch (i % 5) {
      case 0:
        text.append("(^|[-.?+=/_0-9])").append(word()).append("(").append(word()).append("|s)?($|[-.?+=/_0-9])");
        break;
      case 1:
        text.append("(/").append(word()).append("/|/").append(word()).append("/|").append(word()).append("s/)");
        break;
      case 2:
        text.append(word()).append("\\..*/(search|results)\\?.*q=").append(word());
        break;
      case 3:
        text.append("^[a-z0-9.-]*").append(word()).append("[0-9]+\\.").append("(com|net|top)/");
        break;
      default:
        text.append("/").append(word()).append("[^/]*\\.(exe|zip|apk)$");
    }
  }
  return all;
}

inline double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// A file of this process, gone when this is.
struct ScratchFile {
  explicit ScratchFile(std::string_view name = "image")
      : path(std::filesystem::temp_directory_path() /
             ("breakwater-bench-" + std::to_string(::getpid()) + '-').append(name)) {}
  ~ScratchFile() { std::filesystem::remove(path); }
  std::filesystem::path path;
};

/// A catalogue compiled from the lines of one list, or of two.
struct Built {
  std::size_t size = 0;
  double seconds = 0;
  std::vector<std::uint8_t> image;
};

inline Built build(const std::vector<std::string>& lines, const std::vector<std::string>& expressions = {}) {
  const ScratchFile file{"list"};
  const ScratchFile expressions_file{"expressions"};
  const auto write = [](const std::filesystem::path& path, const std::vector<std::string>& all) {
    std::ofstream out{path};
    for (const auto& line : all)
      out << line << '\n';
  };
  write(file.path, lines);
  Sources sources;
  sources.all.push_back({"bench", file.path, ListFormat::domains, "gambling", ListRole::feed});
  if (!expressions.empty()) {
    write(expressions_file.path, expressions);
    sources.all.push_back({"expressions", expressions_file.path, ListFormat::expressions, "games", ListRole::feed});
  }
  BuildReport report;
  const auto begin = std::chrono::steady_clock::now();
  auto image = build_catalogue(sources, report);
  if (!image || !report.diagnostics.empty()) throw std::runtime_error("the lists are not taken whole");
  return {lines.size(), seconds_since(begin), std::move(*image)};
}

/// As a gateway does it: from a file.
inline std::shared_ptr<const Catalogue> opened(const std::vector<std::uint8_t>& image) {
  const ScratchFile file;
  std::string error;
  if (!write_image(file.path, image, Durability::cached, error)) throw std::runtime_error(error);
  return *Catalogue::open(file.path);
}

}  // namespace breakwater::categories::bench

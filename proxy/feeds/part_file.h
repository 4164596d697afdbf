#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/feeds/files.h"

namespace breakwater::feeds {

/// What has come of a file so far (FILE.part), and beside it (FILE.part.json) of which URL and version it is part. Two
/// versions are never glued: only a strong entity tag (RFC 9110 8.8.1) makes a part worth keeping.
class PartFile {
 public:
  PartFile(const std::filesystem::path& file, std::string url);

  /// Of the part that may be taken up; "" where there is none.
  const std::string& etag() const { return etag_; }
  std::uint64_t size() const { return size_; }

  /// Begins to write: behind what is there, or anew as part of the version `etag`.
  std::optional<std::string> append();
  std::optional<std::string> begin(const std::string& etag);
  std::optional<std::string> write(std::string_view bytes);
  /// All has come: the part becomes the file.
  std::optional<std::string> complete();
  void discard();

 private:
  std::optional<std::string> open(int flags);
  std::string fault(std::string_view what) const;

  std::filesystem::path file_;
  std::filesystem::path part_;
  std::filesystem::path note_;
  std::string url_;
  std::string etag_;
  std::uint64_t size_ = 0;
  File output_;
};

/// A strong entity tag of printable ASCII and at most 256 bytes.
bool is_strong_etag(std::string_view etag);

}  // namespace breakwater::feeds

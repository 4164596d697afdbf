#include "proxy/feeds/part_file.h"

#include <system_error>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace breakwater::feeds {
namespace {

constexpr std::size_t kMaxNote = 8192;

}  // namespace

bool is_strong_etag(std::string_view etag) {
  return etag.size() > 2 && etag.starts_with('"') && etag.ends_with('"');
}

PartFile::PartFile(const std::filesystem::path& file, std::string url)
    : file_(file), part_(file.string() + ".part"), note_(file.string() + ".part.json"), url_(std::move(url)) {
  const auto text = read_head(note_, kMaxNote);
  const auto note = nlohmann::json::parse(text.value_or(""), nullptr, false);
  std::error_code error;
  const auto size = std::filesystem::file_size(part_, error);
  if (error || size == 0 || !note.is_object() || !note.contains("url") || note["url"] != url_ ||
      !note.contains("etag") || !note["etag"].is_string())
    return;
  etag_ = note["etag"].get<std::string>();
  size_ = size;
}

std::string PartFile::fault(std::string_view what) const {
  return std::string(what) + ' ' + part_.string() + ": " + last_error();
}

std::optional<std::string> PartFile::open(int flags) {
  output_ = File(::open(part_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, kFileMode));
  if (!output_) return fault("cannot open");
  return std::nullopt;
}

std::optional<std::string> PartFile::append() {
  return open(O_APPEND);
}

std::optional<std::string> PartFile::begin(const std::string& etag) {
  // In this order no part ever lies beside the note of another version.
  discard();
  if (auto wrong = open(O_TRUNC)) return wrong;
  if (!is_strong_etag(etag)) return std::nullopt;
  etag_ = etag;
  return replace_file(note_, nlohmann::json{{"url", url_}, {"etag", etag_}}.dump());
}

std::optional<std::string> PartFile::write(std::string_view bytes) {
  if (!output_.write(bytes)) return fault("cannot write");
  size_ += bytes.size();
  return std::nullopt;
}

std::optional<std::string> PartFile::complete() {
  if (::fsync(output_.get()) != 0) return fault("cannot sync");
  if (::rename(part_.c_str(), file_.c_str()) != 0) return fault("cannot rename");
  discard();
  return std::nullopt;
}

void PartFile::discard() {
  output_ = File();
  ::unlink(note_.c_str());
  ::unlink(part_.c_str());
  etag_.clear();
  size_ = 0;
}

}  // namespace breakwater::feeds

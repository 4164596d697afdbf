// Of a HAR file counts
// {"log":{"entries":[{"request":{"url":"https://..."},"response":{"content":{"mimeType":"text/html"}},
//                                          "_resourceType":"document"}, ...]}}
// and nothing else is kept: the bodies that such a file holds make it large.

#include "proxy/cli/lesson_sites.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "categories/url.h"

namespace breakwater::cli {
namespace {

using nlohmann::json;

/// What browsers write into _resourceType.
constexpr auto kKinds =
    std::to_array<std::string_view>({"document", "eventsource", "fetch", "font", "image", "manifest", "media", "ping",
                                     "preflight", "script", "stylesheet", "websocket", "xhr"});

/// As the browser says it, else by "text/html; charset=utf-8" and the like.
std::string_view kind_of(std::string_view type, std::string_view mime) {
  if (const auto known = std::ranges::find(kKinds, type); known != kKinds.end()) return *known;
  const auto has = [mime](std::string_view part) { return mime.find(part) != std::string_view::npos; };
  if (has("html")) return "document";
  if (has("javascript") || has("ecmascript")) return "script";
  if (mime.starts_with("image/")) return "image";
  if (has("css")) return "stylesheet";
  if (has("font")) return "font";
  return mime.starts_with("video/") || mime.starts_with("audio/") ? "media" : "other";
}

class HarReader final : public json::json_sax_t {
 public:
  std::vector<LessonSite> sites;
  std::string error;

  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }

  bool string(string_t& value) override {
    if (at({"log", "entries", "", "request", "url"}))
      url_ = std::move(value);
    else if (at({"log", "entries", "", "response", "content", "mimeType"}))
      mime_ = std::move(value);
    else if (at({"log", "entries", "", "_resourceType"}))
      type_ = std::move(value);
    return true;
  }
  bool key(string_t& name) override {
    path_.back() = std::move(name);
    return true;
  }
  bool start_object(std::size_t /*size*/) override { return open(); }
  bool start_array(std::size_t /*size*/) override {
    has_entries_ |= at({"log", "entries"});
    return open();
  }
  bool end_object() override {
    path_.pop_back();
    return !at({"log", "entries", ""}) || end_entry();
  }
  bool end_array() override {
    path_.pop_back();
    return true;
  }
  bool parse_error(std::size_t position, const std::string& /*token*/, const json::exception& /*why*/) override {
    error = "is no JSON from byte " + std::to_string(position) + " on";
    return false;
  }
  bool has_entries() const { return has_entries_; }

 private:
  /// The names of the members around; "" within an array.
  bool at(std::initializer_list<std::string_view> path) const { return std::ranges::equal(path_, path); }

  bool open() {
    if (path_.size() == kMaxHarDepth) return stop("is nested deeper than 64 levels");
    path_.emplace_back();
    return true;
  }
  bool stop(std::string why) {
    error = std::move(why);
    return false;
  }

  bool end_entry() {
    const auto kind = kind_of(type_, mime_);
    if (url_.starts_with("ws:") || url_.starts_with("wss:")) url_.replace(0, 2, "http");
    const auto parsed = categories::parse_url(url_, categories::HostSource::person);
    const bool is_local = !url_.starts_with("http");  // data:, blob:, an extension's own
    // What is no URL is judged as it stands, and so is told.
    const auto target = parsed ? std::string(parsed->host.text()) : url_;
    url_.clear();
    mime_.clear();
    type_.clear();
    if (is_local) return true;
    const auto [known, is_new] = places_.emplace(target, sites.size());
    if (is_new) {
      if (sites.size() == kMaxLessonSites) return stop("names more than 10000 hosts");
      sites.push_back({target, 0, {}});
    }
    auto& site = sites[known->second];
    ++site.requests;
    const auto place = std::ranges::lower_bound(site.as, kind);
    if (place == site.as.end() || *place != kind) site.as.emplace(place, kind);
    return true;
  }

  std::vector<std::string> path_;
  std::unordered_map<std::string, std::size_t> places_;
  std::string url_;
  std::string mime_;
  std::string type_;
  bool has_entries_ = false;
};

std::optional<std::vector<LessonSite>> read_har(const std::string& text, std::string& error) {
  HarReader reader;
  const bool whole = json::sax_parse(text, &reader);
  error = reader.error;
  if (whole && !reader.has_entries()) error = "is JSON without log.entries, so no HAR file";
  if (!error.empty()) return std::nullopt;
  return std::move(reader.sites);
}

}  // namespace

std::optional<std::vector<LessonSite>> read_lesson(std::istream& stream, std::string& error) {
  std::string text;
  for (std::array<char, 64 * 1024> buffer{}; stream && text.size() <= kMaxLessonBytes;) {
    stream.read(buffer.data(), buffer.size());
    text.append(buffer.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (text.size() > kMaxLessonBytes) {
    error = "is larger than 64 MiB";
    return std::nullopt;
  }
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text[first] == '{') return read_har(text, error);
  std::vector<LessonSite> sites;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto line = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    const auto from = line.find_first_not_of(" \t\r");
    if (from == std::string_view::npos || line[from] == '#') continue;
    if (sites.size() == kMaxLessonSites) {
      error = "names more than 10000 sites";
      return std::nullopt;
    }
    sites.push_back({std::string(line.substr(from, line.find_last_not_of(" \t\r") + 1 - from)), 0, {}});
  }
  return sites;
}

}  // namespace breakwater::cli

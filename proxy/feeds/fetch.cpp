#include "proxy/feeds/fetch.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include <curl/curl.h>

#include "proxy/feeds/part_file.h"

namespace breakwater::feeds {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr long kMaxRedirects = 5;
constexpr auto kConnect = milliseconds(15'000);
constexpr std::size_t kMaxField = 256;
constexpr std::size_t kMaxMessage = 200;

struct Cleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, Cleanup>;
using Fields = std::unique_ptr<curl_slist, Cleanup>;

bool add_field(Fields& fields, const std::string& field) {
  auto* const longer = curl_slist_append(fields.get(), field.c_str());
  if (!longer) return false;
  static_cast<void>(fields.release());
  fields.reset(longer);
  return true;
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::string printable(std::string_view text) {
  std::string out(text.substr(0, kMaxMessage));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c < 0x20 || c >= 0x7f; }, '?');
  return out;
}

std::string seconds_text(milliseconds time) {
  return std::to_string(time.count() / 1000) + " s";
}

bool starts_libcurl() {
  static const bool started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return started;
}

/// One attempt. libcurl calls back into it.
class Transfer {
 public:
  Transfer(const Request& request, const std::filesystem::path& into, Progress& progress,
           const std::atomic<bool>& cancel)
      : request_(request), part_(into, request.url), progress_(progress), cancel_(cancel) {}

  Fetched run() {
    if (part_.size() > request_.max_bytes) part_.discard();
    handle_.reset(starts_libcurl() ? curl_easy_init() : nullptr);
    if (!handle_ || !prepare()) return {FetchResult::refused, "libcurl does not start", {}, {}};
    moved_at_ = Clock::now();
    return judge(curl_easy_perform(handle_.get()));
  }

  /// The server has no such part any more: the next run() begins anew.
  bool is_past_the_end() const { return status() == 416; }
  void forget_part() { part_.discard(); }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    sound_ &= curl_easy_setopt(handle_.get(), option, value) == CURLE_OK;
  }

  bool prepare() {
    set(CURLOPT_ERRORBUFFER, error_.data());
    set(CURLOPT_URL, request_.url.c_str());
    const char* const schemes = request_.transport == rules::Transport::https ? "https" : "http,https";
    set(CURLOPT_PROTOCOLS_STR, schemes);
    set(CURLOPT_REDIR_PROTOCOLS_STR, schemes);
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, kMaxRedirects);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    if (!request_.ca.empty()) {
      set(CURLOPT_CAINFO, request_.ca.c_str());
      set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    }
    set(CURLOPT_PROXY, request_.proxy.c_str());  // set and empty, it overrides the environment
    set(CURLOPT_NOPROXY, "");
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(CURLOPT_USERAGENT, "breakwater/" BREAKWATER_VERSION);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request_.timeout.count()));
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(kConnect, request_.timeout).count()));
    set(CURLOPT_HTTP_CONTENT_DECODING, 0L);
    set(CURLOPT_WRITEFUNCTION, &Transfer::on_bytes);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
    set(CURLOPT_XFERINFODATA, this);
    return sound_ && fields();
  }

  bool fields() {
    bool added = add_field(fields_, "Accept-Encoding: identity");
    if (!request_.known.etag.empty()) added &= add_field(fields_, "If-None-Match: " + request_.known.etag);
    if (!request_.known.last_modified.empty())
      added &= add_field(fields_, "If-Modified-Since: " + request_.known.last_modified);
    if (!part_.etag().empty()) {
      added &= add_field(fields_, "Range: bytes=" + std::to_string(part_.size()) + '-');
      added &= add_field(fields_, "If-Range: " + part_.etag());
    }
    set(CURLOPT_HTTPHEADER, fields_.get());
    return added && sound_;
  }

  long status() const {
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    return status;
  }

  /// Of the last response; "" where it is absent, too long or not printable.
  std::string field(const char* name) const {
    curl_header* header = nullptr;
    if (curl_easy_header(handle_.get(), name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK) return {};
    const std::string_view value = header->value;
    return value.size() <= kMaxField && is_printable(value) ? std::string(value) : std::string();
  }

  /// The first bytes of a body, or the end of one without any: is it the file, or the rest of the part? False: neither.
  bool start() {
    started_ = true;
    const auto code = status();
    if (code != 200 && code != 206) return false;  // told by its status
    validators_ = {field("ETag"), field("Last-Modified")};
    if (code == 200) return keep(part_.begin(validators_.etag));
    // RFC 9110 15.3.7: the range that was asked for, of the version that was asked for.
    const bool fits = !part_.etag().empty() && validators_.etag == part_.etag() &&
                      field("Content-Range").starts_with("bytes " + std::to_string(part_.size()) + '-');
    if (fits) return keep(part_.append());
    part_.discard();
    return give_up(FetchResult::temporary, "the server sent another part than was asked for");
  }

  bool give_up(FetchResult result, std::string message) {
    given_up_ = {result, printable(message), {}, {}};
    return false;
  }

  bool keep(std::optional<std::string> fault) { return !fault || give_up(FetchResult::refused, std::move(*fault)); }

  bool too_large() {
    part_.discard();
    return give_up(FetchResult::refused, "larger than max_bytes (" + size_text(request_.max_bytes) + ')');
  }

  bool take(std::string_view bytes) {
    if (!started_ && !start()) return false;
    curl_off_t announced = 0;  // of what comes now; -1: nobody knows
    curl_easy_getinfo(handle_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    const auto room = request_.max_bytes - part_.size();
    const bool announces_too_much = received_ == 0 && announced > 0 && static_cast<std::uint64_t>(announced) > room;
    if (announces_too_much || bytes.size() > room) return too_large();
    received_ += bytes.size();
    return keep(part_.write(bytes));
  }

  static std::size_t on_bytes(char* bytes, std::size_t, std::size_t size, void* self) {
    return static_cast<Transfer*>(self)->take({bytes, size}) ? size : CURL_WRITEFUNC_ERROR;
  }

  /// Called at least once a second, whatever happens.
  bool goes_on(std::uint64_t received, std::uint64_t announced) {
    if (cancel_) return give_up(FetchResult::cancelled, "cancelled");
    long heads = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_HEADER_SIZE, &heads);
    const auto moved = received + static_cast<std::uint64_t>(heads);
    const auto now = Clock::now();
    if (moved != moved_) {
      moved_ = moved;
      moved_at_ = now;
    } else if (now - moved_at_ > request_.stall) {
      return give_up(FetchResult::temporary, "no byte came for " + seconds_text(request_.stall));
    }
    const auto before = part_.size() - received_;
    if (received_ > 0) progress_.moved(part_.size(), announced > 0 ? before + announced : 0);
    return true;
  }

  static int on_progress(void* self, curl_off_t announced, curl_off_t received, curl_off_t, curl_off_t) {
    return static_cast<Transfer*>(self)->goes_on(static_cast<std::uint64_t>(received),
                                                 static_cast<std::uint64_t>(announced))
               ? 0
               : 1;
  }

  Fetched judge(CURLcode code) {
    if (!given_up_.message.empty()) return given_up_;
    if (code != CURLE_OK && !(started_ && status() != 200 && status() != 206)) return failure(code);
    switch (status()) {
      case 200:
      case 206:
        if (!started_ && !start()) return given_up_;
        if (auto fault = part_.complete()) return {FetchResult::refused, printable(*fault), {}, {}};
        return {FetchResult::done, "", validators_, {}};
      case 304:
        if (request_.known.etag.empty() && request_.known.last_modified.empty()) break;
        return {FetchResult::unchanged, "", request_.known, {}};
      case 408:  // Request Timeout
      case 416:  // Range Not Satisfiable: of a part that is gone
      case 425:  // Too Early
      case 429:  // Too Many Requests
        return answered(FetchResult::temporary);
      default:
        if (status() >= 500) return answered(FetchResult::temporary);
    }
    return answered(FetchResult::refused);
  }

  Fetched answered(FetchResult result) const {
    curl_off_t retry_after = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RETRY_AFTER, &retry_after);
    return {result, "the server answers " + std::to_string(status()), {}, std::chrono::seconds(retry_after)};
  }

  bool is_connected() const {
    curl_off_t when = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_PRETRANSFER_TIME_T, &when);
    return when > 0;
  }

  Fetched failure(CURLcode code) const {
    const auto* const words = error_[0] != '\0' ? error_.data() : curl_easy_strerror(code);
    switch (code) {
      case CURLE_OPERATION_TIMEDOUT:
        return {FetchResult::temporary,
                is_connected() ? "took longer than " + seconds_text(request_.timeout) : "no connection in time",
                {},
                {}};
      case CURLE_PARTIAL_FILE:
        return {FetchResult::temporary, "the connection ended before the file did", {}, {}};
      case CURLE_UNSUPPORTED_PROTOCOL:
        return {FetchResult::refused,
                request_.transport == rules::Transport::https ? "redirected to what is not https"
                                                              : "redirected to what is neither http nor https",
                {},
                {}};
      case CURLE_TOO_MANY_REDIRECTS:
        return {FetchResult::refused, "more than " + std::to_string(kMaxRedirects) + " redirects", {}, {}};
      case CURLE_COULDNT_RESOLVE_PROXY:
      case CURLE_COULDNT_RESOLVE_HOST:
      case CURLE_COULDNT_CONNECT:
      case CURLE_GOT_NOTHING:
      case CURLE_SEND_ERROR:
      case CURLE_RECV_ERROR:
      case CURLE_SSL_CONNECT_ERROR:
      case CURLE_HTTP2:
      case CURLE_HTTP2_STREAM:
      case CURLE_PROXY:
        return {FetchResult::temporary, printable(words), {}, {}};
      default:
        return {FetchResult::refused, printable(words), {}, {}};
    }
  }

  const Request& request_;
  PartFile part_;
  Progress& progress_;
  const std::atomic<bool>& cancel_;
  Fields fields_;
  Handle handle_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  bool sound_ = true;
  bool started_ = false;
  std::uint64_t received_ = 0;  ///< of the body, in this attempt
  std::uint64_t moved_ = 0;
  Clock::time_point moved_at_;
  Validators validators_;
  Fetched given_up_;
};

}  // namespace

Fetched fetch(const Request& request, const std::filesystem::path& into, Progress& progress,
              const std::atomic<bool>& cancel) {
  {
    Transfer transfer(request, into, progress, cancel);
    auto fetched = transfer.run();
    if (!transfer.is_past_the_end()) return fetched;
    transfer.forget_part();
  }
  return Transfer(request, into, progress, cancel).run();
}

}  // namespace breakwater::feeds

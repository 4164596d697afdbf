#include "proxy/alerts/smtp.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include <curl/curl.h>

#include "proxy/safeguarding/private_file.h"

namespace breakwater::alerts {
namespace {

using Outcome = SmtpResult::Outcome;

constexpr std::size_t kMaxPassword = 1024;
constexpr std::size_t kMaxMessage = 200;

struct Cleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

bool starts_libcurl() {
  static const bool started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return started;
}

std::string printable(std::string_view text) {
  std::string out(text.substr(0, kMaxMessage));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c < 0x20 || c >= 0x7f; }, '?');
  return out;
}

/// The first line of the file.
std::optional<std::string> read_password(const std::filesystem::path& file) {
  std::string error;
  auto text = safeguarding::read_private(file, kMaxPassword, error);
  if (text) text->erase(std::min(text->find_first_of("\r\n"), text->size()));
  return text;
}

/// One message on its way. libcurl calls back into it.
class Transfer {
 public:
  Transfer(const SmtpOptions& options, std::string_view mail, const std::atomic<bool>& cancel)
      : options_(options), rest_(mail), cancel_(cancel) {}

  SmtpResult run(const std::string& to) {
    handle_.reset(starts_libcurl() ? curl_easy_init() : nullptr);
    if (!handle_) return {Outcome::unreachable, "libcurl does not start"};
    if (!options_.user.empty()) {
      const auto password = read_password(options_.password_file);
      if (!password) return {Outcome::unreachable, "smtp.password_file cannot be read"};
      set(CURLOPT_USERNAME, options_.user.c_str());
      set(CURLOPT_PASSWORD, password->c_str());
    }
    prepare(to);
    if (!sound_) return {Outcome::unreachable, "libcurl refuses the settings"};
    return judge(curl_easy_perform(handle_.get()));
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    sound_ &= curl_easy_setopt(handle_.get(), option, value) == CURLE_OK;
  }

  long use_ssl() const {
    switch (options_.tls) {
      case Tls::required:
        return CURLUSESSL_ALL;
      case Tls::if_offered:
        return CURLUSESSL_TRY;
      case Tls::none:
        return CURLUSESSL_NONE;
    }
    return CURLUSESSL_ALL;
  }

  void prepare(const std::string& to) {
    set(CURLOPT_ERRORBUFFER, error_.data());
    set(CURLOPT_URL, options_.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(CURLOPT_USE_SSL, use_ssl());
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    if (!options_.ca.empty()) {
      set(CURLOPT_CAINFO, options_.ca.c_str());
      set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    }
    set(CURLOPT_PROXY, "");  // set and empty, it overrides the environment
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
    set(CURLOPT_MAIL_FROM, ("<" + options_.from + ">").c_str());
    recipients_.reset(curl_slist_append(nullptr, ("<" + to + ">").c_str()));
    sound_ &= recipients_ != nullptr;
    set(CURLOPT_MAIL_RCPT, recipients_.get());
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READFUNCTION, &Transfer::on_read);
    set(CURLOPT_READDATA, this);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
    set(CURLOPT_XFERINFODATA, this);
  }

  static std::size_t on_read(char* out, std::size_t, std::size_t room, void* self) {
    auto& rest = static_cast<Transfer*>(self)->rest_;
    const auto size = rest.copy(out, room);
    rest.remove_prefix(size);
    return size;
  }

  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Transfer*>(self)->cancel_ ? 1 : 0;
  }

  SmtpResult judge(CURLcode code) {
    if (code == CURLE_OK) return {Outcome::sent, ""};
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    const std::string_view said = error_[0] != '\0' ? error_.data() : curl_easy_strerror(code);
    // libcurl's words for an answer that ends MAIL, RCPT or DATA, and for one to the message's end.
    const bool answered = code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY;
    if (answered && status >= 500 && status < 600) return {Outcome::refused, printable(said)};
    if (answered && status >= 400 && status < 500) return {Outcome::try_later, printable(said)};
    return {Outcome::unreachable, printable(said).append(advice(code))};
  }

  static std::string_view advice(CURLcode code) {
    switch (code) {
      case CURLE_USE_SSL_FAILED:
        return " (the server offers no STARTTLS: see smtp.tls, or use smtps://)";
      case CURLE_PEER_FAILED_VERIFICATION:
        return " (is smtp.ca the authority of its certificate, and smtp.url its name?)";
      case CURLE_LOGIN_DENIED:
        return " (see smtp.user and smtp.password_file)";
      case CURLE_COULDNT_RESOLVE_HOST:
      case CURLE_COULDNT_CONNECT:
        return " (see smtp.url)";
      default:
        return "";
    }
  }

  const SmtpOptions& options_;
  std::string_view rest_;
  const std::atomic<bool>& cancel_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  std::unique_ptr<curl_slist, Cleanup> recipients_;
  std::unique_ptr<CURL, Cleanup> handle_;
  bool sound_ = true;
};

}  // namespace

SmtpResult send_mail(const SmtpOptions& options, const std::string& to, std::string_view mail,
                     const std::atomic<bool>& cancel) {
  return Transfer(options, mail, cancel).run(to);
}

}  // namespace breakwater::alerts

#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace breakwater::telemetry {

using SysMilliseconds = std::chrono::sys_time<std::chrono::milliseconds>;

/// One line of the access log: a request when it ends, or a tunnel when it ends. Empty views and unset values are left
/// out of the line, so that each line holds only what is known. Views must last through AccessLog::write().
struct AccessRecord {
  SysMilliseconds time;  ///< when it began
  std::string_view id;
  std::string_view client;
  std::string_view group;
  std::string_view user;
  std::string_view method;
  std::string_view scheme;
  std::string_view door;  ///< "intercepted"; "" where the client asked the gateway
  std::string_view host;
  std::string_view dialled;  ///< the name dialled in its place, where that is another
  std::uint16_t port = 0;
  std::string_view url;     ///< plain HTTP only
  std::string_view search;  ///< the words of a search
  std::string_view sni;
  std::string_view alpn;  ///< "h2,http/1.1"
  std::string_view ech;   ///< "present" where the hello has the extension
  std::string_view action;
  std::string_view reason;
  std::string_view detail;  ///< for `malformed` and errors: the phrase
  std::vector<std::string_view> categories;
  std::string_view list;
  std::uint32_t line = 0;
  std::string_view rule;
  std::string_view pass;   ///< id of the lesson pass that let it through
  std::string_view quota;  ///< name of the one that is used up
  std::string_view period;
  std::uint16_t status = 0;
  std::uint64_t bytes_up = 0;
  std::uint64_t bytes_down = 0;
  std::chrono::microseconds ms_head{0};
  std::chrono::microseconds ms_connect{0};
  std::chrono::microseconds ms_total{0};
  std::string_view end;  ///< tunnels: client, origin, idle, bell, reload, pass, quota, identity, shutdown, error
};

inline constexpr std::size_t kMaxFieldBytes = 4096;  ///< of one value in a line; what is cut ends in a marker

/// Appends the record as one JSON object and nothing that could end a line: quotes, backslashes, control characters
/// (U+0000 to U+001F, DEL, U+0080 to U+009F), U+2028 and U+2029 are escaped, and a byte that is not UTF-8 becomes
/// U+FFFD. Values are cut at kMaxFieldBytes. Key order as in the interface description. The time, `categories`, the
/// bytes and `ms_total` are always there.
void append_json(std::string& out, const AccessRecord& record);

/// Appends a JSON string literal, quotes included, escaped by the same rules; of any length.
void append_json_string(std::string& out, std::string_view text);

struct AccessLogOptions {
  std::filesystem::path file;  ///< "-" is standard output
  std::uint64_t rotate_bytes = 64 << 20;
  std::size_t keep = 10;  ///< rotated files
};

/// The access log: JSON lines through spdlog, formatted by the caller's thread, gathered and written by one thread of
/// its own. Lines are in the file within kGather and after flush(); FILE.1 is the newest rotated file. A log that
/// cannot be written never stops the gateway: what does not fit is kept up to kMaxWaiting bytes and written in order
/// once there is room again; failures are counted, and told on standard error.
class AccessLog {
 public:
  static constexpr std::chrono::milliseconds kGather{20};
  static constexpr std::size_t kMaxWaiting = 64 << 20;  // seconds of the busiest gateway

  /// Makes the folder and the file (0640). Throws std::system_error where the file cannot be opened: that is for the
  /// start to tell.
  explicit AccessLog(const AccessLogOptions& options);
  ~AccessLog();  ///< writes what is queued

  void write(const AccessRecord& record);  ///< thread-safe
  void write_line(std::string_view line);  ///< the same, of a line without its end that is complete as it is
  /// All lines so far are in rotated files when it returns nothing, else what went wrong. Thread-safe.
  std::error_code set_aside();
  /// Deletes what is older than `age` at `now`: files whole, so that some of it goes up to a tenth of the age before. A
  /// new one is begun often enough for AccessLogOptions::keep of them to last so long, and at most once an hour.
  /// Thread-safe; what is being written waits. What went wrong, or nothing; how many files went in `deleted`.
  std::error_code prune(std::chrono::hours age, SysMilliseconds now, std::size_t& deleted);
  void flush();                    ///< returns once every line written before was handed to the file, or failed
  std::uint64_t failures() const;  ///< lines that could not be written when it was their turn: late, or lost

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace breakwater::telemetry

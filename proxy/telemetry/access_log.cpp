#include "proxy/telemetry/access_log.h"

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include <spdlog/logger.h>
#include <spdlog/sinks/sink.h>

#include "proxy/telemetry/log_file.h"
#include "proxy/telemetry/time_text.h"

namespace breakwater::telemetry {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kLargeBatch = 256 << 10;  // written without waiting for the end of kGather
constexpr std::chrono::seconds kRetry{1};       // between tries while the file fails
constexpr std::chrono::seconds kTellEvery{10};  // on standard error

/// Gathers lines under a short lock and writes them with a thread of its own. spdlog's async logger would wake its
/// thread for each line, which costs a request more than its line does, and its flush() does not wait.
class GatheringSink final : public spdlog::sinks::sink {
 public:
  explicit GatheringSink(const AccessLogOptions& options)
      : name_(options.file.string()),
        file_(options.file, options.rotate_bytes, options.keep),
        writer_([this] { run(); }) {}

  ~GatheringSink() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    writer_.join();
  }

  void log(const spdlog::details::log_msg& message) override {
    const std::lock_guard lock(mutex_);
    const std::size_t before = gathered_.size();
    if (before + waiting_ + message.payload.size() >= AccessLog::kMaxWaiting) {
      count_failures(1);
      return;
    }
    gathered_.append(message.payload.data(), message.payload.size());
    gathered_ += '\n';
    if (before == 0 || (before < kLargeBatch && gathered_.size() >= kLargeBatch)) wake_.notify_one();
  }

  void flush() override {
    std::unique_lock lock(mutex_);
    const std::uint64_t mine = ++flushes_wanted_;
    wake_.notify_one();
    flushed_.wait(lock, [&] { return flushes_done_ >= mine; });
  }

  void set_pattern(const std::string&) override {}  // a line is complete as it comes
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

  std::error_code prune(SysMilliseconds rotate_before, SysMilliseconds delete_before, std::size_t& deleted) {
    const std::lock_guard lock(file_mutex_);
    return file_.prune(time_text(rotate_before), time_text(delete_before), deleted);
  }

  std::error_code set_aside() {
    flush();
    const std::lock_guard lock(file_mutex_);
    return file_.set_aside();
  }

  void count_failures(std::uint64_t lines) { failures_.fetch_add(lines, std::memory_order_relaxed); }
  std::uint64_t failures() const { return failures_.load(std::memory_order_relaxed); }

 private:
  bool hurried() const { return stopping_ || flushes_wanted_ != flushes_done_; }

  void gather(std::unique_lock<std::mutex>& lock) {
    const auto needed = [this] { return hurried() || !gathered_.empty(); };
    if (waiting_ == 0)
      wake_.wait(lock, needed);
    else
      wake_.wait_for(lock, kRetry, needed);
    const auto longest = waiting_ == 0 ? AccessLog::kGather : std::chrono::milliseconds(kRetry);
    wake_.wait_for(lock, longest, [this] { return hurried() || (waiting_ == 0 && gathered_.size() >= kLargeBatch); });
  }

  void run() {
    std::string batch;
    std::unique_lock lock(mutex_);
    for (bool last = false; !last;) {
      gather(lock);
      last = stopping_;
      const std::uint64_t flushing = flushes_wanted_;
      batch.swap(gathered_);
      waiting_ += batch.size();
      lock.unlock();
      std::size_t left = 0;
      {
        const std::lock_guard file_lock(file_mutex_);
        if (const auto error = file_.write(batch)) failed(error, batch);
        left = file_.waiting().size();
      }
      batch.clear();
      lock.lock();
      waiting_ = left;
      flushes_done_ = flushing;
      flushed_.notify_all();
    }
  }

  void failed(std::error_code error, std::string_view batch) {
    const auto lines = [](std::string_view text) { return std::count(text.begin(), text.end(), '\n'); };
    // What waits longest was counted when it was new.
    count_failures(static_cast<std::uint64_t>(std::min(lines(file_.waiting()), lines(batch))));
    const auto now = Clock::now();
    if (now - told_ < kTellEvery) return;
    told_ = now;
    std::fprintf(stderr, "access log %s: %s; %llu lines late or lost so far\n", name_.c_str(), error.message().c_str(),
                 static_cast<unsigned long long>(failures()));
  }

  const std::string name_;
  std::mutex file_mutex_;
  LogFile file_;
  Clock::time_point told_ = Clock::now() - kTellEvery;
  std::atomic<std::uint64_t> failures_{0};

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable flushed_;
  std::string gathered_;
  std::size_t waiting_ = 0;  // bytes on their way to the file, or that it could not take
  std::uint64_t flushes_wanted_ = 0;
  std::uint64_t flushes_done_ = 0;
  bool stopping_ = false;

  std::thread writer_;  // last: it uses all of the above
};

}  // namespace

struct AccessLog::Impl {
  explicit Impl(const AccessLogOptions& options)
      : keep(std::max<std::size_t>(options.keep, 1)),
        sink(std::make_shared<GatheringSink>(options)),
        logger("access", sink) {
    logger.set_error_handler([this](const std::string&) { sink->count_failures(1); });
  }

  const std::size_t keep;
  std::shared_ptr<GatheringSink> sink;
  spdlog::logger logger;
};

AccessLog::AccessLog(const AccessLogOptions& options) : impl_(std::make_unique<Impl>(options)) {}
AccessLog::~AccessLog() = default;

void AccessLog::write(const AccessRecord& record) {
  thread_local std::string line;
  line.clear();
  append_json(line, record);
  write_line(line);
}

void AccessLog::write_line(std::string_view line) {
  impl_->logger.log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

std::error_code AccessLog::prune(std::chrono::hours age, SysMilliseconds now, std::size_t& deleted) {
  constexpr std::chrono::minutes kLeast{60};
  const std::chrono::minutes span =
      std::max(kLeast, std::chrono::minutes(age) / static_cast<std::int64_t>(impl_->keep));
  return impl_->sink->prune(now - span, now - age + span, deleted);
}

std::error_code AccessLog::set_aside() {
  return impl_->sink->set_aside();
}

void AccessLog::flush() {
  impl_->sink->flush();
}

std::uint64_t AccessLog::failures() const {
  return impl_->sink->failures();
}

}  // namespace breakwater::telemetry

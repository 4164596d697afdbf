#include "proxy/net/upstream_pool.h"

#include <algorithm>
#include <cerrno>

#include <sys/socket.h>

namespace breakwater::net {
namespace {

/// An idle connection must be silent: end of stream, an error, or bytes nobody asked for (response splitting) make it
/// useless.
bool is_silent(Stream& stream) {
  char byte = 0;
  const auto count = ::recv(stream.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

constexpr std::size_t kKeepBuffer = 16 * 1024;

}  // namespace

std::unique_ptr<Stream> UpstreamPool::take(std::string_view origin) {
  const auto found = idle_.find(origin);
  if (found == idle_.end()) return nullptr;
  auto& waiting = found->second;
  while (!waiting.empty()) {
    auto stream = std::move(waiting.back().stream);
    waiting.pop_back();
    --size_;
    if (is_silent(*stream)) return stream;
  }
  return nullptr;
}

void UpstreamPool::put(std::string_view origin, std::unique_ptr<Stream> stream, std::uint64_t generation) {
  stream->disarm();
  if (!retired_.empty()) retired_.pop_back();  // one comes, one goes: no more descriptors than before
  if (generation != generation_ || stream->in().size() != 0 || size_ >= kTotal) return;
  if (stream->in().capacity() > kKeepBuffer) stream->in().shrink_to_fit();
  auto found = idle_.find(origin);
  if (found == idle_.end()) found = idle_.emplace(origin, std::vector<Idle>{}).first;
  auto& waiting = found->second;
  if (waiting.size() >= kPerOrigin) return;
  waiting.push_back({std::move(stream), Wheel::Clock::now()});
  ++size_;
}

void UpstreamPool::retire(std::vector<Idle>& waiting, std::vector<Idle>::iterator end) {
  size_ -= static_cast<std::size_t>(end - waiting.begin());
  for (auto idle = waiting.begin(); idle != end; ++idle)
    retired_.push_back(std::move(idle->stream));
  waiting.erase(waiting.begin(), end);
}

void UpstreamPool::retire() {
  ++generation_;
  for (auto& [origin, waiting] : idle_)
    retire(waiting, waiting.end());
  idle_.clear();
}

void UpstreamPool::sweep() {
  const auto oldest = Wheel::Clock::now() - kIdle;
  for (auto entry = idle_.begin(); entry != idle_.end();) {
    auto& waiting = entry->second;
    retire(waiting, std::ranges::find_if(waiting, [&](const Idle& idle) { return idle.since >= oldest; }));
    entry = waiting.empty() ? idle_.erase(entry) : std::next(entry);
  }
  retired_.resize(retired_.size() - std::min(retired_.size(), kClosedASweep));
}

void UpstreamPool::clear() {
  idle_.clear();
  retired_.clear();
  size_ = 0;
}

}  // namespace breakwater::net

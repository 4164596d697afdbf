#include "proxy/identity/keeper.h"

#include <set>
#include <stdexcept>
#include <thread>

#include <boost/asio/basic_datagram_socket.hpp>
#include <boost/asio/ip/udp.hpp>
#include <spdlog/spdlog.h>

#include "proxy/identity/now_file.h"
#include "proxy/net/listener.h"

namespace breakwater::identity {
namespace {

namespace asio = net::asio;
using asio::ip::udp;
using UdpSocket = asio::basic_datagram_socket<udp, net::Executor>;
using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds kTellEvery{10};  ///< refused datagrams are told no more often
constexpr std::size_t kMaxSessionsBytes = 256 << 20;
constexpr std::size_t kMaxTold = categories::kKeptPerList;

/// Identities go by the real time, as DHCP and RADIUS do.
rules::SysSeconds now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

void tell(const categories::Diagnostics& diagnostics) {
  std::size_t told = 0;
  for (const auto& each : diagnostics) {
    if (told++ == kMaxTold) {
      spdlog::warn("... and {} more", diagnostics.size() - kMaxTold);
      break;
    }
    spdlog::log(each.severity == categories::Severity::error ? spdlog::level::err : spdlog::level::warn, "{}",
                to_string(each));
  }
}

}  // namespace

struct Keeper::Impl {
  Impl(KeeperOptions chosen, std::shared_ptr<const rules::Snapshot> in_force)
      : options(std::move(chosen)),
        lock(options.folder),
        snapshot(std::move(in_force)),
        files(options.files),
        responder(options.radius_clients),
        radius(io.get_executor()),
        netlink(io.get_executor()),
        look_timer(io.get_executor()),
        merge_timer(io.get_executor()) {
    if (!options.radius_listen.empty()) {
      open_radius();
      restore();
    }
    if (options.neighbours == KeeperOptions::NeighbourTable::used) open_neighbours();
    look_at_files();
    map = std::make_shared<const IdentityMap>(merge(evidence, IdentityMap(), now()));
    write_now();
  }

  void open_radius() {
    const auto parsed = net::parse_endpoint(options.radius_listen);
    net::error_code error = asio::error::invalid_argument;
    if (parsed) {
      const udp::endpoint endpoint(parsed->address(), parsed->port());
      radius.open(endpoint.protocol(), error);
      if (!error) radius.bind(endpoint, error);
      if (!error) radius.non_blocking(true, error);
    }
    if (error)
      throw std::runtime_error("identity.radius.listen: cannot listen on " + options.radius_listen + ": " +
                               error.message());
    const auto bound = radius.local_endpoint(error);
    spdlog::info("RADIUS accounting: listening on {}", net::to_string({bound.address(), bound.port()}));
  }

  void open_neighbours() {
    if (!neighbours || !neighbours.request_dump())
      throw std::runtime_error("identity.neighbours: the system gives no neighbour table: " + categories::last_error());
    net::error_code error;
    netlink.assign(::dup(neighbours.get()), error);
    if (error) throw std::runtime_error("identity.neighbours: " + error.message());
    static_cast<void>(hear_neighbours());
  }

  std::filesystem::path sessions_file() const { return options.folder / "sessions"; }

  void restore() {
    std::error_code ignored;
    if (!std::filesystem::exists(sessions_file(), ignored)) return;
    std::string error;
    const auto text = read_text(sessions_file(), kMaxSessionsBytes, error);
    if (!text || !evidence.sessions.restore(*text))
      spdlog::warn("{}: not what the gateway wrote: sessions begin with the next Interim-Update",
                   sessions_file().string());
    evidence.sessions.expire(now(), options.radius_silence);
  }

  void look_at_files() {
    categories::Diagnostics diagnostics;
    if (!files.look(evidence, diagnostics)) return;
    tell(diagnostics);
    check_groups();
    change();
  }

  /// A group of the register that the policy does not have gives its devices nothing.
  void check_groups() {
    categories::Diagnostics diagnostics;
    std::set<std::string_view> told;
    for (const auto& [mac, device] : evidence.devices.devices()) {
      if (device.group.empty() || snapshot->policy.find_group(device.group) || !told.insert(device.group).second)
        continue;
      diagnostics.push_back({categories::Severity::warning, options.files.devices.string(), device.line, 0,
                             rules::in_quotes(device.group) + " is no [[group]] of the policy: the device counts by "
                                                              "its owner or network"});
    }
    tell(diagnostics);
  }

  void run() {
    if (options.sign_ins) options.sign_ins->on_change([this] { asio::post(io, [this] { change(); }); });
    look();
    hear_radius();
    if (netlink.is_open()) wait_for_neighbours();
    io.run();
  }

  void look() {
    look_timer.expires_after(kLook);
    look_timer.async_wait([this](net::error_code error) {
      if (error) return;
      look_at_files();
      const auto time = now();
      if (options.sign_ins) options.sign_ins->expire(time);
      if (evidence.sessions.expire(time, options.radius_silence)) sessions_changed();
      if (ends && *ends <= time) change();
      if (Steady::now() - written >= kWrite) write();
      look();
    });
  }

  void sessions_changed() {
    sessions_dirty = true;
    change();
  }

  void change() {
    if (merging) return;
    merging = true;
    merge_timer.expires_after(kGather);
    merge_timer.async_wait([this](net::error_code error) {
      merging = false;
      if (!error) merge_all();
    });
  }

  void merge_all() {
    const auto time = now();
    if (options.sign_ins) evidence.sign_ins = options.sign_ins->all();
    auto next = std::make_shared<const IdentityMap>(merge(evidence, *map, time));
    ends = next_end(evidence, time);
    if (next->entries() == map->entries()) return;
    map = std::move(next);
    map_dirty = true;
    if (publish) publish(map);
  }

  void write() {
    if (map_dirty) write_now();
    if (sessions_dirty) write_sessions();
  }

  void write_now() {
    written = Steady::now();
    map_dirty = false;
    complain(kNowFile, write_private(options.folder / kNowFile, to_json(*map, &snapshot->policy, now())));
  }

  void write_sessions() {
    written = Steady::now();
    sessions_dirty = false;
    complain("sessions", write_private(sessions_file(), evidence.sessions.save()));
  }

  void complain(std::string_view file, const std::string& error) const {
    if (!error.empty()) spdlog::error("{}: {}", (options.folder / file).string(), error);
  }

  /// True where the table has changed.
  bool hear_neighbours() {
    constexpr int kTries = 3;
    auto news = neighbours.receive(evidence.neighbours);
    for (int i = 0; i < kTries && news == NeighbourNews::lost; ++i) {
      // What has gone meanwhile would stay for ever.
      evidence.neighbours.clear();
      if (!neighbours.request_dump()) break;
      news = std::max(NeighbourNews::change, neighbours.receive(evidence.neighbours));
    }
    if (news == NeighbourNews::lost) spdlog::error("the neighbour table cannot be read");
    return news != NeighbourNews::none;
  }

  void wait_for_neighbours() {
    netlink.async_wait(net::Descriptor::wait_read, [this](net::error_code error) {
      if (error) return;
      if (hear_neighbours()) change();
      wait_for_neighbours();
    });
  }

  void hear_radius() {
    if (!radius.is_open()) return;
    radius.async_receive_from(asio::buffer(datagram), sender, [this](net::error_code error, std::size_t size) {
      if (error == asio::error::operation_aborted) return;
      if (!error) answer_radius(std::span(datagram).first(size));
      hear_radius();
    });
  }

  void answer_radius(std::span<const std::uint8_t> bytes) {
    const auto from = net::to_ip_address(sender.address());
    const auto answer = responder.take(bytes, from, sender.port(), evidence.sessions, now());
    if (answer.changed) sessions_changed();
    if (!answer.refused.empty() && Steady::now() - told_refused >= kTellEvery) {
      told_refused = Steady::now();
      spdlog::warn("RADIUS accounting: a packet of {} is refused: {}", from.to_string(), answer.refused);
    }
    net::error_code ignored;  // UDP: the client asks again
    if (!answer.response.empty()) radius.send_to(asio::buffer(answer.response), sender, 0, ignored);
  }

  const KeeperOptions options;
  const StateLock lock;
  std::shared_ptr<const rules::Snapshot> snapshot;
  FileSources files;
  NeighbourSocket neighbours;
  Evidence evidence;
  RadiusResponder responder;
  Map map;
  std::function<void(Map)> publish;
  asio::io_context io{1};
  UdpSocket radius;
  net::Descriptor netlink;
  net::Timer look_timer;
  net::Timer merge_timer;
  std::array<std::uint8_t, kMaxRadiusBytes + 1> datagram{};
  udp::endpoint sender;
  std::optional<rules::SysSeconds> ends;
  Steady::time_point written;
  Steady::time_point told_refused;
  bool merging = false;
  bool map_dirty = false;
  bool sessions_dirty = false;
  std::thread thread;
};

Keeper::Keeper(KeeperOptions options, std::shared_ptr<const rules::Snapshot> snapshot)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(snapshot))) {}

Keeper::~Keeper() {
  if (impl_->options.sign_ins) impl_->options.sign_ins->on_change({});
  impl_->io.stop();
  if (impl_->thread.joinable()) impl_->thread.join();
  impl_->sessions_dirty |= impl_->evidence.sessions.size() != 0;
  impl_->write();
  const auto& counts = impl_->responder.counts();
  if (impl_->radius.is_open())
    spdlog::info("RADIUS accounting: requests={} duplicates={} refused={}", counts.requests, counts.duplicates,
                 counts.refused);
}

const Keeper::Map& Keeper::first() const {
  return impl_->map;
}

void Keeper::start(std::function<void(Map)> publish) {
  impl_->publish = std::move(publish);
  impl_->thread = std::thread([this] { impl_->run(); });
}

void Keeper::use(std::shared_ptr<const rules::Snapshot> snapshot) {
  asio::post(impl_->io, [this, snapshot = std::move(snapshot)] {
    impl_->snapshot = snapshot;
    impl_->check_groups();
    impl_->map_dirty = true;
  });
}

}  // namespace breakwater::identity

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "proxy/identity/file_sources.h"
#include "proxy/identity/radius_responder.h"
#include "proxy/net/asio.h"
#include "rules/engine.h"

namespace breakwater::identity {

/// What is configured, sealed at start.
struct KeeperOptions {
  std::filesystem::path folder;  ///< of its own, in the state directory: sessions and now.json
  FileSourcePaths files;
  enum class NeighbourTable : std::uint8_t { ignored, used } neighbours = NeighbourTable::ignored;
  std::string radius_listen;  ///< ADDR:PORT; empty: no RADIUS
  std::vector<RadiusClient> radius_clients;
  std::chrono::seconds radius_silence{};  ///< after which a session is over
  std::shared_ptr<SignIns> sign_ins;      ///< to the proxy; nullptr: none
};

/// Knows who is where, on a thread of its own: it watches the sources, merges what they say within kGather of a change,
/// and hands the outcome to `publish`, which must be quick and is called on that thread. Sessions of RADIUS accounting
/// outlive a restart; a `kill -9` may lose those of the last second, which the next Interim-Update brings back.
class Keeper {
 public:
  using Map = std::shared_ptr<const IdentityMap>;
  static constexpr std::chrono::milliseconds kGather{20};
  static constexpr std::chrono::milliseconds kLook{400};  ///< between two looks at the files and the clock
  static constexpr std::chrono::seconds kWrite{1};        ///< between two writings of now.json, where it changed

  /// Reads all sources once. Throws std::runtime_error where RADIUS cannot be listened to or the system gives no
  /// neighbour table: that is for the start to tell.
  Keeper(KeeperOptions options, std::shared_ptr<const rules::Snapshot> snapshot);
  ~Keeper();  ///< ends the thread, keeps the sessions

  /// What is known at the start.
  const Map& first() const;
  void start(std::function<void(Map)> publish);
  /// The policy from now on: which group `who` shows, and which groups of the register it does not know. Any thread.
  void use(std::shared_ptr<const rules::Snapshot> snapshot);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace breakwater::identity

#include "proxy/app/identity_keeper.h"

#include <spdlog/spdlog.h>

#include "proxy/app/authentication.h"

namespace breakwater::app {
namespace {

constexpr std::size_t kMaxSecret = 4096;

/// A secret without the end of its line; "" and an error where there is none.
std::string read_secret(const std::filesystem::path& file, std::string& error) {
  using std::filesystem::perms;
  std::string why;
  auto secret = identity::read_text(file, kMaxSecret, why);
  while (secret && (secret->ends_with('\n') || secret->ends_with('\r')))
    secret->pop_back();
  if (!secret || secret->empty()) {
    error =
        "identity.radius.clients: " + file.string() + ": " + (secret ? "holds no secret" : "cannot be read: " + why);
    return {};
  }
  std::error_code ignored;
  const auto mode = std::filesystem::status(file, ignored).permissions();
  if ((mode & (perms::group_all | perms::others_all) & ~perms::group_read) != perms::none)
    spdlog::warn("{}: a secret that others may read: chmod 640", file.string());
  return std::move(*secret);
}

bool has_source(const snapshot::Settings& settings) {
  return !settings.identity_register.empty() || !settings.identity_dnsmasq_leases.empty() ||
         !settings.identity_kea_leases4.empty() || !settings.identity_kea_leases6.empty() ||
         settings.identity_neighbours || !settings.radius_listen.empty() || has_accounts(settings);
}

}  // namespace

std::unique_ptr<identity::Keeper> make_identity_keeper(const snapshot::Settings& settings,
                                                       const std::filesystem::path& state,
                                                       const std::shared_ptr<const rules::Snapshot>& snapshot,
                                                       std::shared_ptr<identity::SignIns> sign_ins,
                                                       std::string& error) {
  using NeighbourTable = identity::KeeperOptions::NeighbourTable;
  if (!has_source(settings)) return nullptr;
  identity::KeeperOptions options;
  options.folder = state / "identity";
  options.sign_ins = std::move(sign_ins);
  options.files = {settings.identity_register, settings.identity_dnsmasq_leases, settings.identity_kea_leases4,
                   settings.identity_kea_leases6};
  options.neighbours = settings.identity_neighbours ? NeighbourTable::used : NeighbourTable::ignored;
  options.radius_listen = settings.radius_listen;
  options.radius_silence = std::chrono::duration_cast<std::chrono::seconds>(settings.radius_silence);
  if (!options.radius_listen.empty()) {
    if (settings.radius_clients.empty()) error = "identity.radius.listen: there are no identity.radius.clients";
    for (const auto& client : settings.radius_clients)
      options.radius_clients.push_back({client.network, read_secret(client.secret, error)});
    if (!error.empty()) return nullptr;
  }
  try {
    return std::make_unique<identity::Keeper>(std::move(options), snapshot);
  } catch (const std::exception& failure) {
    error = failure.what();
    return nullptr;
  }
}

}  // namespace breakwater::app

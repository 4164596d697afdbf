#pragma once

#include <memory>
#include <string>

#include "proxy/identity/keeper.h"
#include "proxy/snapshot/settings.h"

namespace breakwater::app {

/// Who knows who is where, as the settings say. nullptr where they name no source; or where one cannot be used, and
/// then `error` says why.
std::unique_ptr<identity::Keeper> make_identity_keeper(const snapshot::Settings& settings,
                                                       const std::filesystem::path& state,
                                                       const std::shared_ptr<const rules::Snapshot>& snapshot,
                                                       std::shared_ptr<identity::SignIns> sign_ins, std::string& error);

}  // namespace breakwater::app

#pragma once

#include <memory>
#include <string>

#include "proxy/auth/authenticator.h"
#include "proxy/identity/sign_ins.h"
#include "proxy/snapshot/settings.h"
#include "rules/policy.h"

namespace breakwater::app {

/// Do the settings name anybody who knows passwords?
bool has_accounts(const snapshot::Settings& settings);

/// Tells of each group that must sign in where the settings leave nobody a way to.
void warn_of_groups_without_accounts(const snapshot::Settings& settings, const rules::Policy& policy);

/// Who knows passwords, as the settings say; an account that is taken away there ends its sign-ins. nullptr where
/// has_accounts() is false; or where it cannot be used, and then `error` says why.
std::unique_ptr<auth::Authenticator> make_authenticator(const snapshot::Settings& settings,
                                                        std::shared_ptr<identity::SignIns> sign_ins,
                                                        std::string& error);

}  // namespace breakwater::app

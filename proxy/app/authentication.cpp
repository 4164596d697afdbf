#include "proxy/app/authentication.h"

#include <spdlog/spdlog.h>

#include "proxy/app/clock.h"

namespace breakwater::app {

bool has_accounts(const snapshot::Settings& settings) {
  return !settings.auth_users.empty() || !settings.auth_helper.empty();
}

void warn_of_groups_without_accounts(const snapshot::Settings& settings, const rules::Policy& policy) {
  const bool heard = !settings.tls_listen.empty() || settings.auth_plain == snapshot::PlainAuth::allow;
  if ((has_accounts(settings) && heard) || !settings.radius_listen.empty()) return;
  for (const auto& group : policy.groups)
    if (group.sign_in == rules::SignIn::required)
      spdlog::warn("group {} must sign in and nobody can: that takes proxy.tls.listen, and proxy.auth.users or .helper",
                   rules::in_quotes(group.name));
}

std::unique_ptr<auth::Authenticator> make_authenticator(const snapshot::Settings& settings,
                                                        std::shared_ptr<identity::SignIns> sign_ins,
                                                        std::string& error) {
  if (!has_accounts(settings)) return nullptr;
  auth::AuthenticatorOptions options;
  options.users = settings.auth_users;
  options.helper = settings.auth_helper;
  options.channels =
      settings.auth_channels ? auth::HelperProcess::Channels::numbered : auth::HelperProcess::Channels::none;
  options.helpers = settings.auth_helpers;
  options.timeout = settings.auth_timeout;
  options.remember = settings.auth_remember;
  options.on_revoked = [sign_ins = std::move(sign_ins)](const std::string& user) {
    sign_ins->end(user, Clock().seconds());
  };
  try {
    return std::make_unique<auth::Authenticator>(std::move(options));
  } catch (const std::exception& failure) {
    error = failure.what();
    return nullptr;
  }
}

}  // namespace breakwater::app

#include "proxy/snapshot/settings.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "proxy/net/listener.h"
#include "proxy/snapshot/setting_readers.h"
#include "rules/toml_reader.h"

namespace breakwater::snapshot {
namespace {

/// Walks the file; each leaf must be a setting of the table.
class Walk {
 public:
  Walk(Settings& settings, rules::DiagnosticSink& sink) : settings_(settings), sink_(sink) {}

  void visit(const toml::table& values, const std::string& prefix) {
    for (const auto& [key, value] : values) {
      const std::string name = prefix + std::string(key.str());
      const auto* setting = find(name);
      if (setting) {
        if (const auto wrong = setting->read(value, settings_); !wrong.empty())
          complain(value.source(), std::string(name).append(": ").append(wrong));
      } else if (const auto* section = value.as_table(); section && is_section(name + ".")) {
        visit(*section, name + ".");
      } else {
        complain(key.source(), "unknown setting \"" + name + "\"" + did_you_mean(name));
      }
    }
  }

 private:
  static const Setting* find(std::string_view name) {
    for (const auto& setting : settings_list())
      if (setting.name == name) return &setting;
    return nullptr;
  }

  static bool is_section(std::string_view prefix) {
    for (const auto& setting : settings_list())
      if (setting.name.starts_with(prefix)) return true;
    return false;
  }

  static std::string did_you_mean(std::string_view name) {
    std::vector<std::string_view> known;
    for (const auto& setting : settings_list())
      known.push_back(setting.name);
    const auto near = categories::nearest(name, known);
    return near.empty() ? "" : "; did you mean \"" + std::string(near) + "\"?";
  }

  void complain(const toml::source_region& where, std::string message) {
    sink_.error(rules::place_of(where), std::move(message));
  }

  Settings& settings_;
  rules::DiagnosticSink& sink_;
};

/// What is wrong between settings that are right each by itself.
void check_mail(const Settings& settings, rules::DiagnosticSink& sink) {
  if (settings.smtp_url.empty()) return;
  if (settings.smtp_from.empty()) sink.error({}, "smtp.url needs smtp.from, the sender of the alerts");
  if (settings.smtp_user.empty()) return;
  if (settings.smtp_password_file.empty()) sink.error({}, "smtp.user needs smtp.password_file");
  if (settings.smtp_url.starts_with("smtp://") && settings.smtp_tls != alerts::Tls::required)
    sink.error({}, "smtp.user needs smtp.tls = \"required\": a password is not sent in clear");
}

}  // namespace

std::uint16_t port_of(const std::vector<std::string>& endpoints) {
  const auto endpoint = endpoints.empty() ? std::nullopt : net::parse_endpoint(endpoints.front());
  return endpoint ? endpoint->port() : std::uint16_t{0};
}

Settings default_settings() {
  Settings settings;
  rules::DiagnosticSink sink("", "");
  for (const auto& setting : settings_list()) {
    const auto value = rules::parse_toml("value = " + std::string(setting.fallback), sink);
    setting.read(*value->get("value"), settings);
  }
  return settings;
}

Settings parse_settings(std::string_view text, const std::filesystem::path& file,
                        categories::Diagnostics& diagnostics) {
  Settings settings = default_settings();
  rules::DiagnosticSink sink(file.string(), text);
  if (const auto parsed = rules::parse_toml(text, sink)) Walk(settings, sink).visit(*parsed, "");
  check_mail(settings, sink);
  sink.move_to(diagnostics);
  const auto folder = file.parent_path();
  for (auto* each :
       {&settings.tls_certificate, &settings.tls_key, &settings.auth_users, &settings.dns_hosts,
        &settings.identity_register, &settings.identity_dnsmasq_leases, &settings.identity_kea_leases4,
        &settings.identity_kea_leases6, &settings.smtp_password_file, &settings.smtp_ca, &settings.store_password_file})
    if (!each->empty()) *each = folder / *each;
  for (auto& client : settings.radius_clients)
    client.secret = folder / client.secret;
  if (!settings.log_file.empty() && settings.log_file != "-") settings.log_file = folder / settings.log_file;
  return settings;
}

alerts::SmtpOptions smtp_options(const Settings& settings) {
  return {settings.smtp_url, settings.smtp_from, settings.smtp_user,   settings.smtp_password_file,
          settings.smtp_ca,  settings.smtp_tls,  settings.smtp_timeout};
}

alerts::DispatcherOptions alert_options(const Settings& settings) {
  return {settings.smtp_from, settings.alerts_per_hour, settings.alerts_least, settings.alerts_escalate_after,
          settings.smtp_retry};
}

safeguarding::CentralOptions central_options(const Settings& settings) {
  return {settings.store_central, settings.store_password_file, settings.store_connect, settings.store_timeout};
}

std::string settings_table() {
  std::string text = "| setting | default | bounds | what it does |\n|---|---|---|---|\n";
  for (const auto& setting : settings_list()) {
    for (const auto piece : {std::string_view("| `"), setting.name, std::string_view("` | `"), setting.fallback,
                             std::string_view("` | "), setting.bounds, std::string_view(" | "), setting.meaning})
      text += piece;
    text += " |\n";
  }
  return text;
}

}  // namespace breakwater::snapshot

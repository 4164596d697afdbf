#include "rules/recipient_parser.h"

#include <algorithm>
#include <array>
#include <system_error>

#include "rules/policy_names.h"

namespace breakwater::rules {
namespace {

constexpr std::size_t kMaxRecipients = 32;

std::filesystem::path read_path(TomlTable& table, std::string_view key, const std::filesystem::path& folder,
                                DiagnosticSink& sink) {
  const auto name = table.label(key);
  if (!name) return {};
  auto file = (folder / name->value).lexically_normal();
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored))
    sink.error(name->place, std::string(key).append(": there is no file ").append(in_quotes(name->value)));
  return file;
}

}  // namespace

std::optional<Recipient::Role> parse_role(const Text& word, std::string_view key, DiagnosticSink& sink) {
  using Role = Recipient::Role;
  constexpr std::array<Role, 5> kRoles{Role::dsl, Role::deputy, Role::governance, Role::dpo, Role::it};
  std::vector<std::string_view> names;
  for (const auto role : kRoles) {
    if (word.value == to_string(role)) return role;
    names.push_back(to_string(role));
  }
  sink.error(word.place, std::string(key).append(": ").append(in_quotes(word.value)) +
                             R"( is none of "dsl", "deputy", "governance", "dpo" and "it")" +
                             sink.did_you_mean(word.place, word.value, names));
  return std::nullopt;
}

std::vector<Recipient> parse_recipients(std::vector<TomlTable> tables, const std::filesystem::path& folder,
                                        DiagnosticSink& sink) {
  keep_first(kMaxRecipients, "recipients", tables, sink);
  UniqueNames names("recipient", sink);
  std::vector<Recipient> recipients;
  for (auto& table : tables) {
    auto& recipient = recipients.emplace_back();
    if (auto name = table.label("name", Need::required)) {
      names.add(*name);
      recipient.name = std::move(name->value);
    }
    const auto role = table.text("role", Need::required);
    recipient.role = (role ? parse_role(*role, "role", sink) : std::nullopt).value_or(Recipient::Role::it);
    if (auto email = table.text("email", Need::required)) {
      if (!is_mail_address(email->value))
        sink.error(email->place, "email: " + in_quotes(email->value) + " is no address, as dsl@example.org");
      recipient.email = std::move(email->value);
    }
    recipient.key = read_path(table, "key", folder, sink);
    recipient.certificate = read_path(table, "certificate", folder, sink);
    const auto flag = table.flag("names");
    const bool safeguards = recipient.role == Recipient::Role::dsl || recipient.role == Recipient::Role::deputy;
    if (flag && !flag->value && safeguards)
      sink.error(flag->place, "names: a " + std::string(to_string(recipient.role)) + " always learns names");
    recipient.names = safeguards || (flag && flag->value);
    table.check_unknown();
  }
  const auto is_lead = [](const Recipient& one) { return one.role == Recipient::Role::dsl; };
  if (!tables.empty() && std::none_of(recipients.begin(), recipients.end(), is_lead))
    sink.warning(tables.front().place(), "no [[recipient]] has the role \"dsl\": nobody is told of an episode");
  return recipients;
}

}  // namespace breakwater::rules

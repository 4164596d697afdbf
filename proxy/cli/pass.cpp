#include "proxy/cli/pass.h"

#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "proxy/admin/control_socket.h"
#include "proxy/admin/request.h"
#include "proxy/cli/terminal.h"

namespace breakwater::cli {
namespace {

using nlohmann::ordered_json;

/// The gateway's answer; null where there is none or it refuses, which has been told: `code` is the exit code then.
ordered_json ask(const PassOptions& options, const admin::Request& request, int& code) {
  std::string error;
  const auto line = admin::ask(options.state, admin::to_line(request), error);
  code = kUsage;
  if (!line) {
    fail(error);
    return nullptr;
  }
  auto answer = ordered_json::parse(*line, nullptr, false);
  if (!answer.is_object()) {
    fail("the gateway's answer cannot be read");
    return nullptr;
  }
  code = 0;
  if (!answer.contains("error")) return answer;
  code = fail(answer.value("error", "the gateway refuses"), kWrong);
  return nullptr;
}

std::string target_of(const ordered_json& pass) {
  return pass.contains("category") ? pass.value("category", "") : pass.value("host", "");
}

}  // namespace

int pass_grant(const PassOptions& options) {
  int code = 0;
  const auto answer = ask(options, {admin::Command::grant, options.grant, "", ""}, code);
  if (answer.is_null()) return code;
  const auto pass = answer.value("pass", ordered_json::object());
  if (options.output == Output::json)
    std::cout << pass.dump() << '\n';
  else
    std::cout << fmt::format("pass {}: {} for {} until {}\n", pass.value("id", ""), target_of(pass),
                             pass.value("group", ""), pass.value("until", ""));
  return code;
}

int pass_list(const PassOptions& options) {
  int code = 0;
  const auto answer = ask(options, {admin::Command::list, {}, "", ""}, code);
  if (answer.is_null()) return code;
  const auto passes = answer.value("passes", ordered_json::array());
  for (const auto& pass : passes) {
    if (options.output == Output::json)
      std::cout << pass.dump() << '\n';
    else
      std::cout << fmt::format("{}  {} for {} until {}; {} uses by {} clients; {}: {}\n", pass.value("id", ""),
                               target_of(pass), pass.value("group", ""), pass.value("until", ""), pass.value("uses", 0),
                               pass.value("clients", 0), pass.value("by", ""), pass.value("reason", ""));
  }
  if (passes.empty() && options.output == Output::text) std::cout << "no pass is in force\n";
  return code;
}

int pass_revoke(const PassOptions& options) {
  int code = 0;
  const auto answer = ask(options, {admin::Command::revoke, {}, options.id, options.by}, code);
  if (!answer.is_null()) std::cout << fmt::format("pass {} is revoked\n", options.id);
  return code;
}

}  // namespace breakwater::cli

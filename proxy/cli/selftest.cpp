#include "proxy/cli/selftest.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "proxy/admin/control_socket.h"
#include "proxy/admin/request.h"
#include "proxy/cli/names.h"
#include "proxy/cli/terminal.h"
#include "proxy/selftest/records.h"
#include "proxy/telemetry/id.h"

namespace breakwater::cli {
namespace {

using nlohmann::ordered_json;

constexpr int kNotDone = 3;
constexpr std::chrono::milliseconds kLookAgain{100};
constexpr std::chrono::minutes kMostWait{10};

/// nullopt, and why in `error`.
std::optional<ordered_json> ask(const SelftestOptions& options, const admin::Request& request, std::string& error) {
  const auto line = admin::ask(options.state, admin::to_line(request), error);
  if (!line) return std::nullopt;
  auto answer = ordered_json::parse(*line, nullptr, false);
  if (answer.is_object() && !answer.contains("error")) return answer;
  error = answer.is_object() ? answer.value("error", "the gateway refuses") : "the gateway's answer cannot be read";
  return std::nullopt;
}

std::optional<ordered_json> run_and_wait(const SelftestOptions& options, std::string& error) {
  admin::Request start;
  start.command = admin::Command::selftest_run;
  start.by = options.by;
  start.group = options.group;
  const auto begun = ask(options, start, error);
  if (!begun) return std::nullopt;
  admin::Request look;
  look.command = admin::Command::selftest_result;
  look.id = begun->value("run", "");
  const auto end = std::chrono::steady_clock::now() + kMostWait;
  while (std::chrono::steady_clock::now() < end) {
    auto result = ask(options, look, error);
    if (!result || !result->value("running", false)) return result;
    std::this_thread::sleep_for(kLookAgain);
  }
  error = "the self-test did not end in ten minutes";
  return std::nullopt;
}

/// A test that could not be done is on record as one that failed.
int not_done(const SelftestOptions& options, const std::string& why) {
  selftest::Run run;
  run.id = "S-" + telemetry::make_reference();
  run.by = options.by.empty() ? "command line" : options.by;
  run.time = now_ms();
  run.failure = why;
  const auto entries = selftest::to_entries(run);
  const auto store = open_store(options.state);
  if (store)
    if (const auto failed = store->append(entries)) fail("this is not recorded: " + failed->message);
  return fail("the self-test could not be done: " + why, kNotDone);
}

std::string joined(const ordered_json& values) {
  std::string text;
  for (const auto& value : values)
    if (value.is_string()) text.append(text.empty() ? "" : ", ").append(value.get<std::string>());
  return text;
}

std::string result_of(const ordered_json& check) {
  const auto expect = check.value("expect", "");
  if (!check.value("passed", false)) return expect == "allow" ? "MISSED: has to open" : "MISSED";
  if (expect == "block") return "blocked as it should be";
  if (expect == "allow") return "open as it should be";
  if (check.value("kind", "") == "test page") return "on no list in force";
  return check.value("seen", "") + ", as the policy has it";
}

/// A row for each category and kind of result, with what it stands for.
void print_table(const ordered_json& checks) {
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<std::string>> rows;
  for (const auto& check : checks) {
    const auto category = check.value("category", "");
    const auto kind = check.value("kind", "");
    rows[{category.empty() ? kind + " hosts" : category, result_of(check),
          joined(check.value("groups", ordered_json::array()))}]
        .push_back(check.value("what", ""));
  }
  for (const auto& [row, whats] : rows) {
    const auto& [subject, result, groups] = row;
    std::string what = whats.front();
    if (whats.size() > 1) what += fmt::format(" and {} more", whats.size() - 1);
    std::cout << fmt::format("{:<24} {:<26} for {} ({})\n", subject, result, groups, what);
  }
}

void print_gaps(const ordered_json& checks) {
  for (const auto& check : checks)
    if (check.contains("gap"))
      std::cout << fmt::format("NOT COVERED  {}, {}: {}\n", check.value("category", ""), check.value("what", ""),
                               check.value("gap", ""));
}

void print_misses(const ordered_json& checks) {
  for (const auto& check : checks) {
    for (const auto& miss : check.value("misses", ordered_json::array())) {
      const auto category = check.value("category", "");
      std::cout << fmt::format("\nMISSED  {}{}, for {}: {}\n        by {}\n        What to do: {}\n",
                               category.empty() ? "" : category + ", ", check.value("what", ""),
                               miss.value("group", ""), miss.value("why", ""), miss.value("ways", ""),
                               miss.value("action", ""));
    }
  }
}

/// The last run that failed; "": none did.
std::optional<std::string> last_failed(safeguarding::Store& store) {
  std::string run;
  safeguarding::Filter filter;
  filter.kinds = {safeguarding::Kind::check};
  const auto error = store.each(filter, [&](const safeguarding::Record& record) {
    const auto body = record.body ? ordered_json::parse(*record.body, nullptr, false) : ordered_json();
    if (body.is_object() && body.value("type", "") == "run" && !body.value("passed", true)) run = record.reference;
  });
  if (!error) return run;
  fail(error->message);
  return std::nullopt;
}

bool has_run(safeguarding::Store& store, const std::string& run) {
  safeguarding::Filter filter;
  filter.kinds = {safeguarding::Kind::check};
  filter.reference = run;
  bool found = false;
  return !store.each(filter, [&](const safeguarding::Record&) { found = true; }) && found;
}

}  // namespace

int selftest(const SelftestOptions& options) {
  std::string error;
  const auto result = run_and_wait(options, error);
  if (!result) return not_done(options, error);
  const auto checks = result->value("checks", ordered_json::array());
  if (options.output == Output::json) {
    std::cout << result->dump() << '\n';
  } else {
    print_table(checks);
    print_gaps(checks);
    print_misses(checks);
    std::cout << fmt::format("\n{}: {}\n", result->value("run", ""), result->value("result", ""));
  }
  std::cout << std::flush;
  if (result->contains("failure")) return kNotDone;
  if (!result->value("recorded", false)) return fail("the result could not be recorded", kNotDone);
  return result->value("passed", false) ? 0 : kWrong;
}

int selftest_note(const SelftestOptions& options) {
  const auto store = open_store(options.state);
  if (!store) return kUsage;
  auto run = options.run;
  if (run.empty()) {
    const auto last = last_failed(*store);
    if (!last) return kUsage;
    run = *last;
    if (run.empty()) return fail("no self-test has failed; name the one that is meant", kWrong);
  } else if (!has_run(*store, run)) {
    return fail("there is no self-test \"" + run + "\"", kWrong);
  }
  const std::array entries{selftest::note(run, options.by, options.action, now_ms())};
  if (const auto failed = store->append(entries)) return fail(failed->message);
  std::cout << run << ": noted\n";
  return 0;
}

}  // namespace breakwater::cli

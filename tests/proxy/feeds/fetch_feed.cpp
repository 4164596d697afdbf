// Usage: fetch_feed POLICY STATE [discard]: updates every feed of the policy that comes by URL, and prints what came of
// each as a line of JSON. Waits between tries are cut to a hundredth, so that tests are quick.

#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include <nlohmann/json.hpp>

#include "proxy/feeds/updater.h"
#include "rules/policy_file.h"

namespace {

using namespace breakwater;

std::atomic<bool> cancel = false;

std::string_view name_of(feeds::Outcome::Result result) {
  switch (result) {
    case feeds::Outcome::Result::staged:
      return "updated";
    case feeds::Outcome::Result::unchanged:
      return "unchanged";
    case feeds::Outcome::Result::failed:
      return "failed";
    case feeds::Outcome::Result::cancelled:
      break;
  }
  return "cancelled";
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) return 2;
  std::signal(SIGTERM, [](int) { cancel = true; });
  const std::filesystem::path file = words[1];
  std::ifstream stream(file);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  categories::Diagnostics diagnostics;
  const auto policy = rules::PolicyFile::parse(text, file, diagnostics);
  for (const auto& diagnostic : diagnostics)
    std::cerr << to_string(diagnostic) << '\n';
  if (!policy) return 1;

  const auto progress = feeds::make_progress(stderr);
  auto world = feeds::real_world(*progress, cancel);
  nlohmann::json waits = nlohmann::json::array();
  const auto sleep = world.sleep;
  world.sleep = [&](std::chrono::milliseconds wait) {
    waits.push_back(wait.count());
    sleep(wait / 100);
  };
  for (const auto& feed : policy->feeds()) {
    if (!feed.download) continue;
    waits.clear();
    feeds::FeedStore store(words[2], feed);
    auto outcome = update(store, world);
    if (outcome.result == feeds::Outcome::Result::staged) {
      const auto fault =
          count > 3 ? store.discard("refused by the rehearsal", world.now()) : store.promote(world.now());
      if (fault) outcome.message = *fault;
    }
    for (const auto& diagnostic : outcome.diagnostics)
      std::cerr << to_string(diagnostic) << '\n';
    std::cout << nlohmann::json{{"name", feed.name},
                                {"result", name_of(outcome.result)},
                                {"message", outcome.message},
                                {"tries", outcome.tries},
                                {"waits", waits},
                                {"lists", feeds::current_lists(words[2], feed.name).string()}}
                     .dump()
              << std::endl;
  }
}

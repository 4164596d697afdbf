// What does one decision cost, beyond the look-up in the lists? A small catalogue, so that the rules weigh; each way a
// decision can end, and the search for the bell that opens.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "rules/civil_time.h"
#include "rules/engine.h"
#include "rules/policy_file.h"

namespace {

using namespace breakwater::rules;
namespace categories = breakwater::categories;

constexpr std::string_view kPolicy = R"(
[centre]
name = "Bench"
timezone = "Europe/London"
[[lists.feed]]
name = "starter"
path = "lists"
[[timetable]]
name = "week"
outside = "closed"
[[timetable.period]]
name = "session"
days = ["Mon", "Tue", "Wed", "Thu", "Fri"]
times = ["09:00-10:30", "10:45-12:30", "13:15-16:30"]
[[timetable.exception]]
dates = ["2026-12-21..2027-01-03"]
period = "closed"
[[group]]
name = "learners"
networks = ["10.20.0.0/16"]
timetable = "week"
[floor]
categories = ["adult", "gambling", "weapons", "malware", "phishing", "circumvention"]
[essential]
hosts = ["onefile.co.uk", "teams.microsoft.com"]
[[rule]]
name = "sessions"
periods = ["session"]
block = ["social-media", "games", "streaming"]
[[rule]]
name = "breaks"
periods = ["closed"]
allow = ["social-media", "games", "streaming"]
)";

std::shared_ptr<const Snapshot> make_snapshot() {
  namespace fs = std::filesystem;
  auto folder = (fs::temp_directory_path() / "breakwater-bench-XXXXXX").string();
  if (!::mkdtemp(folder.data())) std::abort();
  for (const auto* category : {"gambling", "games", "news"}) {
    fs::create_directories(folder + "/lists/" + category);
    std::ofstream list(folder + "/lists/" + category + "/domains");
    for (int i = 0; i < 1000; ++i)
      list << category << i << ".example\n";
  }
  categories::Diagnostics diagnostics;
  const auto file = PolicyFile::parse(kPolicy, folder + "/policy.toml", diagnostics);
  if (!file) std::abort();
  categories::BuildReport report;
  auto image = categories::build_catalogue(file->sources(), report);
  fs::remove_all(folder);
  if (!image) std::abort();
  auto catalogue = categories::Catalogue::from_image(std::move(*image));
  if (!catalogue) std::abort();
  auto policy = file->resolve(**catalogue, diagnostics);
  if (!policy) std::abort();
  return std::make_shared<const Snapshot>(Snapshot{*catalogue, std::move(*policy), {}});
}

struct Question {
  const char* host;
  Reason expected;
};

class Decision {
 public:
  Decision()
      : engine_(make_snapshot()),
        subject_{*categories::IpAddress::parse("10.20.1.2"), 0, "", ""},
        now_(*parse_civil("2026-11-23T10:00", *engine_.snapshot()->policy.zone)) {}

  void run(benchmark::State& state, const Question& question, Stage stage, std::string_view path) {
    const auto host = *categories::normalise_host(question.host, categories::HostSource::wire);
    const Facts facts{stage, host, 443, path};
    if (engine_.decide(facts, subject_, now_).reason != question.expected)
      return state.SkipWithError("another verdict");
    for (auto _ : state)
      benchmark::DoNotOptimize(engine_.decide(facts, subject_, now_));
  }
  void opens_at(benchmark::State& state) {
    const auto host = *categories::normalise_host("games7.example", categories::HostSource::wire);
    const Facts facts{Stage::connect, host, 443, ""};
    for (auto _ : state)
      benchmark::DoNotOptimize(engine_.opens_at(facts, subject_, now_));
  }
  void group_of(benchmark::State& state) {
    for (auto _ : state)
      benchmark::DoNotOptimize(engine_.snapshot()->policy.group_of(subject_.address));
  }
  void timetable(benchmark::State& state) {
    for (auto _ : state)
      benchmark::DoNotOptimize(engine_.snapshot()->policy.timetables[0].at(now_));
  }

 private:
  Engine engine_;
  Subject subject_;
  SysSeconds now_;
};

Decision& decision() {
  static Decision shared;
  return shared;
}

constexpr Question kFloor{"www.gambling7.example", Reason::floor};
constexpr Question kRule{"www.games7.example", Reason::rule};
constexpr Question kEssential{"teams.microsoft.com", Reason::essential};
constexpr Question kDefault{"www.unlisted.example", Reason::group_default};

void decide(benchmark::State& state, const Question& question) {
  decision().run(state, question, Stage::hello, "");
}
void decide_url(benchmark::State& state, const Question& question) {
  decision().run(state, question, Stage::http_request, "/a/path/of/usual/length.html?with=a&query=string");
}
void group_of(benchmark::State& state) {
  decision().group_of(state);
}
void timetable(benchmark::State& state) {
  decision().timetable(state);
}
void opens_at(benchmark::State& state) {
  decision().opens_at(state);
}

BENCHMARK_CAPTURE(decide, floor, kFloor);
BENCHMARK_CAPTURE(decide, rule, kRule);
BENCHMARK_CAPTURE(decide, essential, kEssential);
BENCHMARK_CAPTURE(decide, unlisted, kDefault);
BENCHMARK_CAPTURE(decide_url, rule, kRule);
BENCHMARK_CAPTURE(decide_url, unlisted, kDefault);
BENCHMARK(group_of);
BENCHMARK(timetable);
BENCHMARK(opens_at);

}  // namespace

#include "bench/e2e/options.h"

#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>

#include <getopt.h>

namespace breakwater::bench {
namespace {

constexpr std::size_t kMaxConnections = 4096;
constexpr std::size_t kMaxHosts = 1'000'000;
constexpr std::size_t kMaxHostLength = 253;  // RFC 1035 section 2.3.4, in text
constexpr std::size_t kMaxBody = std::size_t{64} * 1024 * 1024;
constexpr unsigned kMaxThreads = 64;
constexpr std::uint32_t kMaxRate = 100'000;
constexpr std::uint64_t kMaxRequests = 1'000'000;
constexpr double kMaxSeconds = 60;

/// A mistake on the command line; leaves this file as a UsageError.
struct Mistake {
  std::string message;
};

template <typename Number>
Number parse_number(std::string_view name, std::string_view text, Number low, Number high) {
  Number value{};
  const auto [end, error] = std::from_chars(text.begin(), text.end(), value);
  if (error != std::errc{} || end != text.end() || !(value >= low && value <= high)) {
    throw Mistake{"--" + std::string(name) + " takes a number up to " + std::to_string(high) + ", not " +
                  std::string(text)};
  }
  return value;
}

std::chrono::milliseconds parse_seconds(std::string_view name, std::string_view text, double low) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(1000 * parse_number(name, text, low, kMaxSeconds)));
}

template <typename Value, std::size_t Size>
Value parse_word(std::string_view name, std::string_view text,
                 const std::array<std::pair<std::string_view, Value>, Size>& words) {
  for (const auto& [word, value] : words) {
    if (word == text) return value;
  }
  throw Mistake{std::string(name) + " cannot be " + std::string(text)};
}

std::vector<std::string> read_hosts(const std::string& path) {
  constexpr std::string_view kHostBytes = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
  std::ifstream file(path);
  if (!file) throw Mistake{"cannot read " + path};
  std::vector<std::string> hosts;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;
    const std::string place = path + ":" + std::to_string(hosts.size() + 1);
    if (hosts.size() == kMaxHosts) throw Mistake{place + ": more than " + std::to_string(kMaxHosts) + " hosts"};
    if (line.size() > kMaxHostLength || line.find_first_not_of(kHostBytes) != std::string::npos) {
      throw Mistake{place + ": not a lower-case host name"};
    }
    hosts.push_back(std::move(line));
  }
  if (hosts.empty()) throw Mistake{path + ": no host in it"};
  return hosts;
}

Mode parse_mode(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, Mode>, 5> kModes{{{"get", Mode::get},
                                                                     {"get-new", Mode::get_new},
                                                                     {"connect", Mode::connect},
                                                                     {"bulk", Mode::bulk},
                                                                     {"blocked", Mode::blocked}}};
  return parse_word("the mode", word, kModes);
}

/// One `--name value` at a time, until there is none.
class Arguments {
 public:
  Arguments(int argc, char** argv, const option* table) : argc_(argc), argv_(argv), table_(table) {}

  std::optional<std::pair<std::string_view, std::string_view>> next() {
    int index = 0;
    opterr = 0;
    const int found = getopt_long(argc_, argv_, "", table_, &index);
    if (found == '?') throw Mistake{std::string("unknown or incomplete option ") + argv_[optind - 1]};
    if (found == -1) {
      if (optind != argc_) throw Mistake{std::string("unexpected ") + argv_[optind]};
      return std::nullopt;
    }
    return std::pair{std::string_view(table_[index].name), std::string_view(optarg == nullptr ? "" : optarg)};
  }

 private:
  int argc_;
  char** argv_;
  const option* table_;
};

constexpr std::array kLoadTable{option{"target", required_argument, nullptr, 0},
                                option{"direct", no_argument, nullptr, 0},
                                option{"hosts", required_argument, nullptr, 0},
                                option{"port", required_argument, nullptr, 0},
                                option{"order", required_argument, nullptr, 0},
                                option{"seed", required_argument, nullptr, 0},
                                option{"spread", no_argument, nullptr, 0},
                                option{"connections", required_argument, nullptr, 0},
                                option{"requests", required_argument, nullptr, 0},
                                option{"duration", required_argument, nullptr, 0},
                                option{"warmup", required_argument, nullptr, 0},
                                option{"timeout", required_argument, nullptr, 0},
                                option{"expect", required_argument, nullptr, 0},
                                option{"body", required_argument, nullptr, 0},
                                option{"direction", required_argument, nullptr, 0},
                                option{"rate", required_argument, nullptr, 0},
                                option{"json", no_argument, nullptr, 0},
                                option{nullptr, 0, nullptr, 0}};

constexpr std::array kOriginTable{option{"port", required_argument, nullptr, 0},
                                  option{"body", required_argument, nullptr, 0},
                                  option{"threads", required_argument, nullptr, 0}, option{nullptr, 0, nullptr, 0}};

void apply(LoadOptions& options, std::string_view name, std::string_view value) {
  constexpr std::array<std::pair<std::string_view, Order>, 2> kOrders{
      {{"random", Order::random}, {"round-robin", Order::round_robin}}};
  constexpr std::array<std::pair<std::string_view, Direction>, 2> kDirections{
      {{"down", Direction::down}, {"up", Direction::up}}};
  if (name == "target") {
    options.target = LoopbackEndpoint::parse(value);
    if (!options.target) throw Mistake{"--target takes 127.x.y.z:PORT, and nothing outside of 127.0.0.0/8"};
  } else if (name == "direct") {
    options.route = Route::direct;
  } else if (name == "hosts") {
    options.hosts = read_hosts(std::string(value));
  } else if (name == "port") {
    options.port = parse_number<std::uint16_t>(name, value, 1, 65535);
  } else if (name == "order") {
    options.order = parse_word("--order", value, kOrders);
  } else if (name == "seed") {
    options.seed = parse_number<std::uint64_t>(name, value, 0, UINT64_MAX);
  } else if (name == "spread") {
    options.sources = Sources::spread;
  } else if (name == "connections") {
    options.connections = parse_number<std::size_t>(name, value, 1, kMaxConnections);
  } else if (name == "rate") {
    options.rate = parse_number<std::uint32_t>(name, value, 1, kMaxRate);
  } else if (name == "requests") {
    options.requests = parse_number<std::uint64_t>(name, value, 1, kMaxRequests);
  } else if (name == "duration") {
    options.duration = parse_seconds(name, value, 0.1);
  } else if (name == "warmup") {
    options.warmup = parse_seconds(name, value, 0);
  } else if (name == "timeout") {
    options.timeout = parse_seconds(name, value, 0.1);
  } else if (name == "expect") {
    options.expect_status = parse_number(name, value, 200, 599);
  } else if (name == "body") {
    options.expect_body = parse_number<std::uint64_t>(name, value, 0, kMaxBody);
  } else if (name == "direction") {
    options.direction = parse_word("--direction", value, kDirections);
  } else if (name == "json") {
    options.format = Format::json;
  }
}

LoadOptions parse_load(Mode mode, Arguments arguments) {
  LoadOptions options;
  options.mode = mode;
  if (mode == Mode::blocked) options.expect_status = 403;
  while (const auto argument = arguments.next())
    apply(options, argument->first, argument->second);
  if (!options.target) throw Mistake{"--target is missing"};
  if (options.hosts.empty()) throw Mistake{"--hosts is missing"};
  return options;
}

OriginOptions parse_origin(Arguments arguments) {
  OriginOptions options;
  while (const auto argument = arguments.next()) {
    const auto& [name, value] = *argument;
    if (name == "port") options.port = parse_number<std::uint16_t>(name, value, 0, 65535);
    if (name == "body") options.body = parse_number<std::size_t>(name, value, 0, kMaxBody);
    if (name == "threads") options.threads = parse_number(name, value, 1U, kMaxThreads);
  }
  return options;
}

}  // namespace

std::variant<LoadOptions, OriginOptions, Help, UsageError> parse_options(int argc, char** argv) {
  try {
    if (argc < 2) throw Mistake{"a mode is missing"};
    const std::string_view word = argv[1];
    if (word == "--help") return Help{};
    optind = 2;
    if (word == "origin") return parse_origin(Arguments(argc, argv, kOriginTable.data()));
    return parse_load(parse_mode(word), Arguments(argc, argv, kLoadTable.data()));
  } catch (Mistake& mistake) {
    return UsageError{std::move(mistake.message)};
  }
}

std::string usage() {
  return R"(load_generator MODE --target 127.x.y.z:PORT --hosts FILE [options]
load_generator origin [--port 0] [--body 1024] [--threads 1]

Modes
  get        keep-alive GET, the next one when the last is answered
  get-new    a connection for each GET
  connect    CONNECT, a ClientHello, the origin's first bytes, close
  bulk       CONNECT, a ClientHello, then a stream for the whole duration
  blocked    keep-alive GET that is to be refused with 403
  origin     the other end: answers GET and ClientHello, streams on demand; prints `listening on ADDR:PORT`

Options
  --target ADDR:PORT    the proxy, or with --direct the origin; 127.0.0.0/8 only
  --direct              no proxy: origin-form GET, the hello without CONNECT
  --hosts FILE          host names, one a line
  --port N              the origin's port in URL and CONNECT (default: the scheme's)
  --order random|round-robin, --seed N
  --spread              clients come from 127.9.0.1 to 127.9.0.250
  --connections N       at once (64)
  --rate N              an open loop: N a second are due, and each is timed from then (default: a closed loop)
  --requests N          answered, whenever that is; --duration is then the most it may take
  --duration SECONDS    measured (3), at most 60
  --warmup SECONDS      before it (0.5)
  --timeout SECONDS     for one exchange (5)
  --expect STATUS       200; 403 for blocked
  --body BYTES          exact length of every body (default: any whole body)
  --direction down|up   of the stream
  --json                one object on one line

Exit: 0 every answer was right, 1 some were not, 2 usage or environment.
)";
}

}  // namespace breakwater::bench

#include <iostream>
#include <system_error>

#include <sys/resource.h>

#include "bench/e2e/load.h"
#include "bench/e2e/options.h"
#include "bench/e2e/origin.h"
#include "bench/e2e/report.h"

namespace breakwater::bench {
namespace {

constexpr int kWrongAnswers = 1;
constexpr int kUsageOrEnvironment = 2;

// Thousands of connections need more descriptors than a shell's default allows.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

struct Command {
  int operator()(const LoadOptions& options) const {
    const Report report = Load(options).run();
    std::cout << (options.format == Format::json ? to_json(report) : to_text(report)) << std::endl;
    return report.errors() == 0 ? 0 : kWrongAnswers;
  }
  int operator()(const OriginOptions& options) const {
    serve_origin(options, [](const std::string& where) { std::cout << "listening on " << where << std::endl; });
  }
  int operator()(Help) const {
    std::cout << usage();
    return 0;
  }
  int operator()(const UsageError& error) const {
    std::cerr << "load_generator: " << error.message << " (--help shows the options)\n";
    return kUsageOrEnvironment;
  }
};

}  // namespace
}  // namespace breakwater::bench

int main(int argc, char** argv) {
  using namespace breakwater::bench;
  try {
    raise_descriptor_limit();
    return std::visit(Command{}, parse_options(argc, argv));
  } catch (const std::system_error& error) {
    std::cerr << "load_generator: " << error.what() << '\n';
    return kUsageOrEnvironment;
  }
}

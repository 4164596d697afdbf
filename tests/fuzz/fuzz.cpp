#include "tests/fuzz/fuzz.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace breakwater::fuzz {
namespace {

std::map<std::string, Target, std::less<>>& targets() {
  static std::map<std::string, Target, std::less<>> registered;
  return registered;
}

Target find(std::string_view name) {
  const auto found = targets().find(name);
  if (found != targets().end()) return found->second;
  std::fprintf(stderr, "no fuzz target \"%.*s\"; there are:", static_cast<int>(name.size()), name.data());
  for (const auto& [known, target] : targets())
    std::fprintf(stderr, " %s", known.c_str());
  std::fputc('\n', stderr);
  std::exit(2);
}

}  // namespace

Registration::Registration(std::string_view name, Target target) {
  targets().emplace(name, target);
}

void fail(std::string_view message) {
  std::fprintf(stderr, "fuzz: %.*s\n", static_cast<int>(message.size()), message.data());
  std::abort();
}

}  // namespace breakwater::fuzz

#ifdef BREAKWATER_LIBFUZZER

/// libFuzzer's entry; the environment variable FUZZ_TARGET names the target.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto target = [] {
    const char* name = std::getenv("FUZZ_TARGET");
    return breakwater::fuzz::find(name ? name : "");
  }();
  target({data, size});
  return 0;
}

#else

/// breakwater_fuzz TARGET FOLDER: runs the target over every file of the corpus, and over every truncation of small
/// ones.
int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s TARGET CORPUS_FOLDER\n", argv[0]);
    return 2;
  }
  const auto target = breakwater::fuzz::find(argv[1]);
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[2]))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  constexpr std::size_t kTruncateUpTo = 4096;
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(stream), {}};
    const std::span input{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
    if (input.size() <= kTruncateUpTo)
      for (std::size_t length = 0; length < input.size(); ++length)
        target(input.first(length));
    target(input);
  }
  std::printf("%s: %zu inputs\n", argv[1], files.size());
  return files.empty() ? 1 : 0;
}

#endif

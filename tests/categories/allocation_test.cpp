// Counts what this thread allocates, for the promise that classify() allocates nothing once it is warm. All forms of
// new that are in use are replaced: AddressSanitizer minds where one library's memory is freed by another.

#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "tests/categories/list_tree.h"

namespace {

thread_local std::size_t allocations = 0;

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc{};
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace breakwater::categories::test {
namespace {

TEST(Classify, AllocatesNothingOnceItIsWarm) {
  ListTree tree;
  std::string keywords;
  for (char c = 'a'; c <= 'z'; ++c)
    keywords.append(2, c).append("\n");
  tree.write("feed/a/domains", "example.com\nads*.example.com\n");
  tree.write("feed/a/urls", "example.com/x\n");
  tree.write("feed/a/expressions", "good[0-9]\n");
  tree.write("feed/a/keywords", keywords);
  Asked asked{{{tree.feed()}, {}}};
  const auto host = *normalise_host("ads1.example.com", HostSource::wire);
  std::string text;
  append_match_text(text, host, "/x/good7/aa/bb/cc/dd/ee/ff/gg/hh/ii/jj");
  const auto classify = [&] {
    asked.catalogue->classify(host, text, *asked.scratch, asked.answer);
    asked.catalogue->classify(host, {}, *asked.scratch, asked.answer);
  };
  const auto before_first = allocations;
  classify();
  EXPECT_GT(allocations, before_first) << "more matches than fit in place: this counts, then";
  const auto before = allocations;
  for (int i = 0; i < 100; ++i)
    classify();
  EXPECT_EQ(before, allocations);
}

}  // namespace
}  // namespace breakwater::categories::test

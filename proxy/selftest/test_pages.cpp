#include "proxy/selftest/test_pages.h"

#include <array>

namespace breakwater::selftest {

std::span<const TestPage> test_pages() {
  static constexpr std::array<TestPage, 3> kPages{{
      {"child-abuse", "iwf.testfiltering.com", "/", "test page of the Internet Watch Foundation",
       "The list of the Internet Watch Foundation is not in force: ask its members' services for it, and lock it in."},
      {"terrorism", "ctiru.testfiltering.com", "/", "test page of the police list of terrorist material (CTIRU)",
       "The police list of terrorist material is not in force: ask the Home Office for it, and lock it in."},
      {"adult", "www.pornhub.com", "/testfiltering", "test page of testfiltering.com on an adult site",
       "No list of adult sites in force names a site as well known as this one: add a feed of them."},
  }};
  return kPages;
}

}  // namespace breakwater::selftest

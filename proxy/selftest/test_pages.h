#pragma once

#include <span>
#include <string_view>

namespace breakwater::selftest {

/// A page that a public test of filters asks for, to see whether a list is in use. None shows anything of its kind.
struct TestPage {
  std::string_view category;
  std::string_view host;
  std::string_view path;
  std::string_view what;     ///< whose it is
  std::string_view missing;  ///< what to do where no list in force names it
};

/// What testfiltering.com (SWGfL with the Internet Watch Foundation and the Counter-Terrorism Internet Referral Unit)
/// probes from a browser. That the first two stand in the lists of the IWF and of CTIRU, and the third on an adult
/// site, is said at https://testfiltering.com/faq; the hosts are those that its page asks for. Its fourth page, of
/// swear words, is of no category here.
std::span<const TestPage> test_pages();

}  // namespace breakwater::selftest

#include "proxy/selftest/door.h"

#include <gtest/gtest.h>

namespace breakwater::selftest {
namespace {

TEST(Door, WhichWaysLeadThroughIt) {
  struct Case {
    Door::Kind kind;
    Way way;
    std::string_view text;  // "": there is no such way
  };
  const Case table[] = {
      {Door::Kind::proxy, Way::http, "HTTP"},
      {Door::Kind::proxy, Way::connect, "HTTPS"},
      {Door::Kind::proxy, Way::hello, "HTTPS by its server name"},
      {Door::Kind::tls_proxy, Way::http, "HTTP within TLS"},
      {Door::Kind::tls_proxy, Way::connect, "HTTPS within TLS"},
      {Door::Kind::tls_proxy, Way::hello, "HTTPS by its server name within TLS"},
      {Door::Kind::intercepted_http, Way::http, "intercepted HTTP"},
      {Door::Kind::intercepted_http, Way::connect, ""},
      {Door::Kind::intercepted_http, Way::hello, ""},
      {Door::Kind::intercepted_tls, Way::http, ""},
      {Door::Kind::intercepted_tls, Way::connect, "intercepted HTTPS"},
      {Door::Kind::intercepted_tls, Way::hello, ""},
  };
  for (const auto& [kind, way, text] : table) {
    EXPECT_EQ(!text.empty(), leads(kind, way));
    EXPECT_EQ(text, leads(kind, way) ? to_text(kind, way) : "");
  }
}

}  // namespace
}  // namespace breakwater::selftest

#include "proxy/auth/pac.h"

#include <gmock/gmock.h>

namespace breakwater::auth {
namespace {

using ::testing::HasSubstr;

// What it says of which host is tried in a browser: tests/integration/test_proxy_auth.py.
TEST(Pac, NamesTheHttpsProxyWhereThereIsOne) {
  const auto text = pac_text({"gateway.centre.test", 3129, 3128, {"print.centre.test", "nas.test"}});
  EXPECT_THAT(text, HasSubstr("return \"HTTPS gateway.centre.test:3129\";\n"));
  EXPECT_THAT(text, HasSubstr("host == \"gateway.centre.test\")"));
  EXPECT_THAT(text, HasSubstr("local = [\"print.centre.test\", \"nas.test\"];"));
  EXPECT_THAT(text, testing::Not(HasSubstr("{{")));
  EXPECT_THAT(pac_text({"gateway.centre.test", 0, 3128, {}}),
              HasSubstr("return \"PROXY gateway.centre.test:3128\";\n"));
}

}  // namespace
}  // namespace breakwater::auth

#include "proxy/selftest/tls_client.h"

#include <gtest/gtest.h>

#include "proxy/tls/client_hello.h"

namespace breakwater::selftest {
namespace {

std::string alert(std::uint8_t description) {
  return {'\x15', '\x03', '\x03', '\0', '\x02', '\x02', static_cast<char>(description)};
}

TEST(TlsClient, SaysAHelloThatTheGatewayReads) {
  const TlsClient client("terrorism.canary.breakwater.test");
  const auto& bytes = client.hello();
  tls::ClientHello hello;
  EXPECT_EQ(tls::HelloStatus::done,
            tls::parse_client_hello({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, hello));
  EXPECT_EQ("terrorism.canary.breakwater.test", hello.sni);
}

TEST(TlsClient, TellsTheAlertFromAllElse) {
  constexpr std::uint8_t kAccessDenied = 49;
  constexpr std::uint8_t kHandshakeFailure = 40;
  EXPECT_TRUE(TlsClient("a.example").is_denied_by(alert(kAccessDenied)));
  EXPECT_FALSE(TlsClient("a.example").is_denied_by(alert(kHandshakeFailure)));
  EXPECT_FALSE(TlsClient("a.example").is_denied_by(""));
  EXPECT_FALSE(TlsClient("a.example").is_denied_by("HTTP/1.1 403 Forbidden\r\n\r\n"));
  for (std::size_t size = 0; size < alert(kAccessDenied).size(); ++size)
    EXPECT_FALSE(TlsClient("a.example").is_denied_by(alert(kAccessDenied).substr(0, size))) << size;
}

TEST(TlsClient, HasNoHelloForANameThatIsTooLong) {
  EXPECT_EQ("", TlsClient(std::string(300, 'a')).hello());
}

}  // namespace
}  // namespace breakwater::selftest

#include "proxy/net/proxy_header.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace breakwater;
using Status = net::ProxyHeader::Status;

/// As a session reads it: only what is wanted, so that nothing of the client's is taken.
net::ProxyHeader read_in_parts(std::string_view text) {
  std::size_t size = 0;
  auto parsed = net::parse_proxy_header({});
  while (parsed.status == Status::need_more && size + parsed.wanted <= text.size()) {
    fuzz::require(parsed.wanted > 0, "nothing is wanted");
    size += parsed.wanted;
    fuzz::require(size <= net::kProxyHeaderMost, "more is wanted than a header may have");
    parsed = net::parse_proxy_header(text.substr(0, size));
  }
  return parsed;
}

void run(std::span<const std::uint8_t> input) {
  const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  const auto whole = net::parse_proxy_header(text);
  const auto in_parts = read_in_parts(text);
  if (whole.status != Status::need_more && in_parts.status != Status::need_more)
    fuzz::require(whole == in_parts, "a header read in parts is another one");
  if (whole.status != Status::done) return;
  fuzz::require(whole == in_parts, "a whole header was not read in parts");
  fuzz::require(whole.size <= text.size(), "a header longer than what was received");
  fuzz::require(whole == net::parse_proxy_header(text.substr(0, whole.size)), "what follows counts");
}

const fuzz::Registration registered{"proxy_header", &run};

}  // namespace

#include <algorithm>
#include <vector>

#include "proxy/tls/client_hello.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace breakwater;
using Bytes = std::vector<std::uint8_t>;

bool same(const tls::ClientHello& a, const tls::ClientHello& b) {
  return a.legacy_version == b.legacy_version && a.extensions == b.extensions && a.sni_state == b.sni_state &&
         a.sni == b.sni && a.alpn == b.alpn && a.ech == b.ech;
}

/// The handshake message of an input that was read as a hello, taken out the naive way.
Bytes message_of(std::span<const std::uint8_t> input) {
  Bytes message;
  while (input.size() >= 5) {
    const std::size_t length = std::min<std::size_t>(std::size_t{input[3]} * 256 + input[4], input.size() - 5);
    message.insert(message.end(), input.begin() + 5, input.begin() + 5 + static_cast<std::ptrdiff_t>(length));
    input = input.subspan(5 + length);
    if (message.size() < 4) continue;
    const std::size_t whole = 4 + std::size_t{message[1]} * 65536 + std::size_t{message[2]} * 256 + message[3];
    if (message.size() < whole) continue;
    message.resize(whole);
    break;
  }
  return message;
}

Bytes in_records(const Bytes& message, std::size_t size) {
  Bytes out;
  for (std::size_t at = 0; at < message.size(); at += size) {
    const std::size_t length = std::min(size, message.size() - at);
    for (const std::size_t byte : {std::size_t{22}, std::size_t{3}, std::size_t{1}, length / 256, length % 256})
      out.push_back(static_cast<std::uint8_t>(byte));
    out.insert(out.end(), message.begin() + static_cast<std::ptrdiff_t>(at),
               message.begin() + static_cast<std::ptrdiff_t>(at + length));
  }
  return out;
}

void run(std::span<const std::uint8_t> input) {
  tls::ClientHello hello;
  const auto status = tls::parse_client_hello(input, hello);
  if (input.size() >= tls::kMaxHelloBytes)
    fuzz::require(status != tls::HelloStatus::need_more, "more is wanted than a caller buffers");
  for (const std::size_t length : {input.size() / 2, input.size() - std::min<std::size_t>(input.size(), 1)}) {
    tls::ClientHello part;
    const auto early = tls::parse_client_hello(input.first(length), part);
    fuzz::require(early == tls::HelloStatus::need_more || early == status, "an early answer changed with more bytes");
  }
  if (status != tls::HelloStatus::done) return;

  const auto has = [&](std::uint16_t type) {
    return std::find(hello.extensions.begin(), hello.extensions.end(), type) != hello.extensions.end();
  };
  fuzz::require(has(0) == (hello.sni_state == tls::ClientHello::Sni::present),
                "sni without its extension, or the reverse");
  fuzz::require(has(0) == !hello.sni.empty(), "an empty sni");
  fuzz::require(has(16) == !hello.alpn.empty(), "alpn without its extension, or the reverse");
  fuzz::require((has(0xfe0d) || has(0xffce)) == (hello.ech == tls::EchState::present),
                "ech without its extension, or the reverse");
  auto types = hello.extensions;
  std::sort(types.begin(), types.end());
  fuzz::require(std::adjacent_find(types.begin(), types.end()) == types.end(), "an extension twice");

  const Bytes message = message_of(input);
  for (const std::size_t records : {std::size_t{1}, std::size_t{2}, tls::kMaxHelloRecords}) {
    const std::size_t size = std::min<std::size_t>((message.size() + records - 1) / records, 1U << 14U);
    tls::ClientHello again;
    fuzz::require(tls::parse_client_hello(in_records(message, size), again) == tls::HelloStatus::done,
                  "a hello is refused in other records");
    fuzz::require(same(hello, again), "a hello reads differently in other records");
  }
}

const fuzz::Registration registered{"client_hello", &run};

}  // namespace

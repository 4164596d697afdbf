#include "bench/e2e/tls_bytes.h"

#include <array>
#include <initializer_list>

// The ClientHello (RFC 8446 sections 4.1.2 and 5.1), with its nested lengths:
//
//   22 | 0301 | len16 | 01 | len24 | 0303 | random[32] | len8 session_id | len16 cipher_suites | len8 compression |
//   len16 extensions { type16 | len16 body }...

namespace breakwater::bench {
namespace {

constexpr std::size_t kRecordHeader = 5;
constexpr std::size_t kX25519Share = 32;
constexpr std::size_t kHybridShare = 1216;  // X25519MLKEM768: 1184 bytes of ML-KEM-768 and 32 of X25519
constexpr std::size_t kServerData = 1024;

/// Appends big-endian numbers and length-prefixed blocks.
class Writer {
 public:
  void number(std::size_t value, unsigned bytes) {
    for (unsigned i = bytes; i-- > 0;)
      out_.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
  }
  void numbers(std::initializer_list<std::uint16_t> values) {
    for (const auto value : values)
      number(value, 2);
  }
  void text(std::string_view value) { out_.append(value); }
  void filler(std::size_t count, char byte) { out_.append(count, byte); }

  /// What `body` writes, after its length in `bytes` bytes.
  template <typename Body>
  void block(unsigned bytes, Body body) {
    const std::size_t at = out_.size();
    number(0, bytes);
    body();
    const std::size_t length = out_.size() - at - bytes;
    for (unsigned i = 0; i < bytes; ++i)
      out_[at + i] = static_cast<char>((length >> (8 * (bytes - 1 - i))) & 0xff);
  }
  template <typename Body>
  void extension(std::uint16_t type, Body body) {
    number(type, 2);
    block(2, body);
  }

  std::string take() { return std::move(out_); }
  void reserve(std::size_t size) { out_.reserve(size); }

 private:
  std::string out_;
};

void write_extensions(Writer& w, std::string_view host) {
  w.extension(0, [&] {  // server_name, RFC 6066 section 3
    w.block(2, [&] {
      w.number(0, 1);
      w.block(2, [&] { w.text(host); });
    });
  });
  w.extension(23, [] {});                                                          // extended_master_secret
  w.extension(0xff01, [&] { w.number(0, 1); });                                    // renegotiation_info
  w.extension(10, [&] { w.block(2, [&] { w.numbers({0x11ec, 29, 23, 24}); }); });  // supported_groups
  w.extension(11, [&] { w.block(1, [&] { w.number(0, 1); }); });                   // ec_point_formats
  w.extension(35, [] {});                                                          // session_ticket
  w.extension(16, [&] {                                                            // ALPN
    w.block(2, [&] {
      for (const std::string_view protocol : {"h2", "http/1.1"})
        w.block(1, [&] { w.text(protocol); });
    });
  });
  w.extension(5, [&] { w.number(1, 1), w.numbers({0, 0}); });  // status_request
  w.extension(13, [&] {                                        // signature_algorithms
    w.block(2, [&] { w.numbers({0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601}); });
  });
  w.extension(18, [] {});  // signed_certificate_timestamp
  w.extension(51, [&] {    // key_share
    w.block(2, [&] {
      w.number(0x11ec, 2);
      w.block(2, [&] { w.filler(kHybridShare, 'M'); });
      w.number(29, 2);
      w.block(2, [&] { w.filler(kX25519Share, 'X'); });
    });
  });
  w.extension(45, [&] { w.block(1, [&] { w.number(1, 1); }); });               // psk_key_exchange_modes
  w.extension(43, [&] { w.block(1, [&] { w.numbers({0x0304, 0x0303}); }); });  // supported_versions
}

}  // namespace

std::string make_client_hello(std::string_view host) {
  Writer w;
  w.reserve(2048);
  w.number(kHandshakeRecord, 1);
  w.number(0x0301, 2);
  w.block(2, [&] {
    w.number(1, 1);
    w.block(3, [&] {
      w.number(0x0303, 2);
      w.filler(32, 'R');
      w.block(1, [&] { w.filler(32, 'S'); });
      w.block(2, [&] {
        w.numbers({0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x9c, 0x9d});
      });
      w.block(1, [&] { w.number(0, 1); });
      w.block(2, [&] { write_extensions(w, host); });
    });
  });
  return w.take();
}

std::string_view server_answer() {
  static const std::string answer = [] {
    Writer w;
    w.number(kHandshakeRecord, 1);
    w.number(0x0303, 2);
    w.block(2, [&] {
      w.number(2, 1);
      w.block(3, [&] {
        w.number(0x0303, 2);
        w.filler(32, 'R');
        w.block(1, [&] { w.filler(32, 'S'); });
        w.number(0x1301, 2);
        w.number(0, 1);
        w.block(2, [&] {
          w.extension(51, [&] {
            w.number(29, 2);
            w.block(2, [&] { w.filler(kX25519Share, 'X'); });
          });
          w.extension(43, [&] { w.number(0x0304, 2); });
        });
      });
    });
    w.number(20, 1);  // ChangeCipherSpec
    w.number(0x0303, 2);
    w.block(2, [&] { w.number(1, 1); });
    w.number(kApplicationRecord, 1);
    w.number(0x0303, 2);
    w.block(2, [&] { w.filler(kServerData, 'E'); });
    return w.take();
  }();
  return answer;
}

std::string_view stream_command(Direction direction) {
  using namespace std::string_view_literals;
  return direction == Direction::down ? "\x17\x03\x03\x00\x01"
                                        "D"sv
                                      : "\x17\x03\x03\x00\x01"
                                        "U"sv;
}

std::optional<std::size_t> record_size(std::string_view bytes) {
  if (bytes.size() < kRecordHeader) return std::nullopt;
  const auto high = static_cast<unsigned char>(bytes[3]);
  const auto low = static_cast<unsigned char>(bytes[4]);
  return kRecordHeader + (std::size_t{high} << 8 | low);
}

}  // namespace breakwater::bench

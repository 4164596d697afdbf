#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace breakwater::wire {

/// A cursor over bytes from outside, in network byte order. It is the only place that compares lengths: a read that
/// does not fit answers nullopt and moves nothing. Views point into the bytes it was made from.
class ByteReader {
 public:
  constexpr explicit ByteReader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

  constexpr std::size_t remaining() const { return rest_.size(); }
  constexpr bool empty() const { return rest_.empty(); }
  /// All that is left, without taking it.
  constexpr std::span<const std::uint8_t> rest() const { return rest_; }

  constexpr std::optional<std::uint8_t> u8() { return integer<std::uint8_t, 1>(); }
  constexpr std::optional<std::uint16_t> u16() { return integer<std::uint16_t, 2>(); }
  constexpr std::optional<std::uint32_t> u24() { return integer<std::uint32_t, 3>(); }

  constexpr std::optional<std::span<const std::uint8_t>> bytes(std::size_t n) {
    if (n > rest_.size()) return std::nullopt;
    const auto taken = rest_.first(n);
    rest_ = rest_.subspan(n);
    return taken;
  }

  /// A vector behind its length in one byte, or in two (RFC 8446 3.4).
  constexpr std::optional<ByteReader> vector8() { return vector<std::uint8_t, 1>(); }
  constexpr std::optional<ByteReader> vector16() { return vector<std::uint16_t, 2>(); }

 private:
  template <class Integer, std::size_t size>
  constexpr std::optional<Integer> integer() {
    if (size > rest_.size()) return std::nullopt;
    std::uint32_t value = 0;
    for (const std::uint8_t byte : rest_.template first<size>())
      value = value << 8 | byte;
    rest_ = rest_.subspan(size);
    return static_cast<Integer>(value);
  }

  template <class Length, std::size_t size>
  constexpr std::optional<ByteReader> vector() {
    const auto before = rest_;
    if (const auto length = integer<Length, size>())
      if (const auto content = bytes(*length)) return ByteReader(*content);
    rest_ = before;
    return std::nullopt;
  }

  std::span<const std::uint8_t> rest_;
};

}  // namespace breakwater::wire

#include "categories/siphash.h"

#include <array>
#include <cstring>
#include <memory>
#include <random>
#include <string>

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

namespace breakwater::categories {
namespace {

constexpr SipKey kKey{0x0706050403020100, 0x0f0e0d0c0b0a0908};

/// OpenSSL's implementation, with any number of rounds.
std::uint64_t reference(unsigned compression, unsigned final, const std::string& text) {
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac{EVP_MAC_fetch(nullptr, "SIPHASH", nullptr),
                                                              &EVP_MAC_free};
  const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context{EVP_MAC_CTX_new(mac.get()),
                                                                          &EVP_MAC_CTX_free};
  unsigned size = 8;
  const std::array parameters{OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_C_ROUNDS, &compression),
                              OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_D_ROUNDS, &final),
                              OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_SIZE, &size), OSSL_PARAM_construct_end()};
  std::array<unsigned char, 8> out{};
  std::size_t length = 0;
  EXPECT_EQ(1,
            EVP_MAC_init(context.get(), reinterpret_cast<const unsigned char*>(&kKey), sizeof kKey, parameters.data()));
  EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  EXPECT_EQ(1, EVP_MAC_final(context.get(), out.data(), &length, out.size()));
  std::uint64_t value = 0;
  std::memcpy(&value, out.data(), sizeof value);
  return value;
}

TEST(SipHash, TwoFourGivesThePublishedVectors) {
  // Key 00..0f, messages of 0, 1, 2... bytes 00 01 02...; the one of 15 bytes is in the paper.
  constexpr std::pair<std::size_t, std::uint64_t> kVectors[] = {
      {0, 0x726fdb47dd0e0e31}, {1, 0x74f839c593dc67fd},  {7, 0xab0200f58b01d137},
      {8, 0x93f5f5799a932462}, {15, 0xa129ca6149be45e5},
  };
  for (const auto& [size, expected] : kVectors) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i)
      text += static_cast<char>(i);
    EXPECT_EQ(expected, (siphash<2, 4>(kKey, text))) << size;
  }
}

TEST(SipHash, AgreesWithOpenSsl) {
  std::mt19937 random{7};
  for (std::size_t size = 0; size < 70; ++size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i)
      text += static_cast<char>(random());
    EXPECT_EQ(reference(1, 3, text), siphash(kKey, text)) << size;
    EXPECT_EQ(reference(2, 4, text), (siphash<2, 4>(kKey, text))) << size;
  }
}

}  // namespace
}  // namespace breakwater::categories

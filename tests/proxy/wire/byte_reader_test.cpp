#include "proxy/wire/byte_reader.h"

#include <vector>

#include <gtest/gtest.h>

namespace breakwater::wire {
namespace {

const std::vector<std::uint8_t> kBytes{1, 2, 3, 4, 5, 6};

TEST(ByteReader, ReadsIntegersInNetworkOrder) {
  ByteReader reader(kBytes);
  EXPECT_EQ(reader.u8(), 0x01);
  EXPECT_EQ(reader.u16(), 0x0203);
  EXPECT_EQ(reader.u24(), 0x040506U);
  EXPECT_TRUE(reader.empty());
}

TEST(ByteReader, ReadThatDoesNotFitMovesNothing) {
  ByteReader reader({kBytes.data(), 1});
  EXPECT_FALSE(reader.u16());
  EXPECT_FALSE(reader.u24());
  EXPECT_FALSE(reader.bytes(2));
  EXPECT_FALSE(reader.bytes(static_cast<std::size_t>(-1)));
  EXPECT_FALSE(reader.vector8());
  EXPECT_FALSE(reader.vector16());
  EXPECT_EQ(reader.remaining(), 1U);
  EXPECT_EQ(reader.u8(), 0x01);
  EXPECT_FALSE(reader.u8());
}

TEST(ByteReader, VectorsNest) {
  const std::vector<std::uint8_t> bytes{0, 3, 2, 7, 8, 9};
  ByteReader reader(bytes);
  auto outer = reader.vector16();
  ASSERT_TRUE(outer);
  EXPECT_EQ(reader.remaining(), 1U);
  auto inner = outer->vector8();
  ASSERT_TRUE(inner);
  EXPECT_TRUE(outer->empty());
  EXPECT_EQ(inner->u8(), 7);
  EXPECT_EQ(inner->rest().front(), 8);
}

TEST(ByteReader, VectorLongerThanWhatIsLeftMovesNothing) {
  const std::vector<std::uint8_t> bytes{0, 3, 1, 2};
  ByteReader reader(bytes);
  EXPECT_FALSE(reader.vector16());
  EXPECT_EQ(reader.remaining(), 4U);
}

}  // namespace
}  // namespace breakwater::wire

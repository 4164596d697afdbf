#include "proxy/identity/csv_reader.h"

#include <gmock/gmock.h>

namespace breakwater::identity {
namespace {

using testing::ElementsAre;

/// "LINE:COLUMN value" for each field, rows parted by "|"; an error last.
std::string shown(std::string_view text) {
  CsvReader reader(text);
  std::string out;
  while (const auto row = reader.next()) {
    for (const auto& cell : *row)
      out += std::to_string(cell.place.line) + ':' + std::to_string(cell.place.column) + ' ' + cell.value + ' ';
    out += '|';
  }
  if (const auto& error = reader.error())
    out += std::to_string(error->place.line) + ':' + std::to_string(error->place.column) + " ! " + error->value;
  return out;
}

TEST(CsvReader, Rfc4180) {
  EXPECT_EQ(shown(""), "");
  EXPECT_EQ(shown("\r\n\n"), "");
  EXPECT_EQ(shown("a,b\r\nc,d"), "1:1 a 1:3 b |2:1 c 2:3 d |");
  EXPECT_EQ(shown("\xEF\xBB\xBF\"a\",b\n"), "1:1 a 1:5 b |");
  EXPECT_EQ(shown("a,\n,b\n"), "1:1 a 1:3  |2:1  2:2 b |");
  EXPECT_EQ(shown("\"a,\"\"b\"\"\",\"\"\n"), "1:1 a,\"b\" 1:11  |");
  EXPECT_EQ(shown("\"a\r\nb\",c\nd"), "1:1 a\r\nb 2:4 c |3:1 d |");
  EXPECT_EQ(shown("\xC3\xA9,b\n"), "1:1 \xC3\xA9 1:3 b |");
  EXPECT_EQ(shown("a\rb\n"), "1:1 a\rb |");
}

TEST(CsvReader, MistakesOfQuotesEndIt) {
  EXPECT_EQ(shown("a\nb\"c,d\n"), "1:1 a |2:2 ! a quote within a field that does not begin with one");
  EXPECT_EQ(shown("a,\"b"), "1:3 ! a quote that never ends");
  EXPECT_EQ(shown("\""), "1:1 ! a quote that never ends");
  EXPECT_EQ(shown("\"a\"b,c\nd\n"), "1:4 ! text behind the quote that ends a field");
}

TEST(CsvReader, Limits) {
  const std::string most(CsvReader::kMaxFieldBytes, 'x');
  EXPECT_EQ(shown(most), "1:1 " + most + " |");
  EXPECT_EQ(shown(most + "x"), "1:1 ! a field of more than 1024 bytes");
  EXPECT_EQ(shown('"' + most + "x\""), "1:1 ! a field of more than 1024 bytes");
  EXPECT_EQ(shown(std::string(CsvReader::kMaxFields, ',')), "1:65 ! more than 64 fields");
}

}  // namespace
}  // namespace breakwater::identity

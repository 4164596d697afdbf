#include "proxy/lists/traffic.h"

#include <algorithm>

#include <gmock/gmock.h>

#include "proxy/telemetry/access_log.h"
#include "tests/support/temporary_folder.h"

namespace breakwater::lists {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A line as the gateway writes it.
std::string line(std::string_view host, std::string_view group, std::string_view period, std::string_view url = "",
                 std::string_view user = "") {
  telemetry::AccessRecord record;
  record.id = "1";
  record.client = "10.20.1.2";
  record.group = group;
  record.user = user;
  record.host = host;
  record.url = url;
  record.period = period;
  record.categories = {"games"};
  std::string text;
  telemetry::append_json(text, record);
  return text + '\n';
}

class Traffic : public testing::Test {
 protected:
  /// "host group/period number", sorted.
  std::vector<std::string> read(std::uint64_t most = kTrafficBytes) const {
    std::vector<std::string> all;
    for (const auto& visit : recent_traffic(log_, most))
      all.push_back(visit.host + ' ' + visit.group + '/' + visit.period + ' ' + std::to_string(visit.number));
    std::ranges::sort(all);
    return all;
  }
  void write(std::string_view text, const char* rotated = "") const {
    folder_.write(std::string{"access.log"} + rotated, text);
  }

  test::TemporaryFolder folder_;
  std::filesystem::path log_ = folder_.path() / "access.log";
};

TEST_F(Traffic, IsCountedByHostGroupAndPeriod) {
  write(line("a.test", "learners", "session") + line("b.test", "learners", "session") +
        line("a.test", "learners", "break") + line("a.test", "staff", "") + line("a.test", "learners", "session"));
  EXPECT_THAT(read(), ElementsAre("a.test learners/break 1", "a.test learners/session 2", "a.test staff/ 1",
                                  "b.test learners/session 1"));
}

TEST_F(Traffic, OfNoHostOrNoGroupDoesNotCount) {
  write(line("", "learners", "session") + line("a.test", "", "session") + "\n{}\nnonsense\n" + std::string(3, '\0') +
        "\n" + std::string(100'000, 'x') + '\n');
  EXPECT_THAT(read(), IsEmpty());
}

/// Whoever chooses a URL or a user's name does not choose what is counted.
TEST_F(Traffic, IsNotForgedFromOtherFields) {
  constexpr std::string_view kForged = R"(x","host":"forged.test","group":"forged","period":"forged)";
  write(line("a.test", "learners", "session", kForged, kForged));
  EXPECT_THAT(read(), ElementsAre("a.test learners/session 1"));
  write(line("", "learners", "session", kForged, kForged));
  EXPECT_THAT(read(), IsEmpty());
}

/// A line that is still being written, or was cut when the disk was full, says nothing yet.
TEST_F(Traffic, OfHalfALineDoesNotCount) {
  const auto whole = line("a.test", "learners", "session");
  for (std::size_t length = 0; length + 1 < whole.size(); ++length) {
    write(whole + whole.substr(0, length));
    ASSERT_THAT(read(), ElementsAre("a.test learners/session 1")) << length;
  }
}

TEST_F(Traffic, GoesBackOverRotatedLogsAsFarAsItMay) {
  const auto a = line("a.test", "g", "");
  const auto b = line("b.test", "g", "");  // of the same size
  write(a);
  write(b + b, ".1");
  write(line("c.test", "g", ""), ".2");
  write(line("e.test", "g", ""), ".4");  // without a third none is older
  EXPECT_THAT(read(), ElementsAre("a.test g/ 1", "b.test g/ 2", "c.test g/ 1"));
  EXPECT_THAT(read(0), IsEmpty());
  EXPECT_THAT(read(a.size()), ElementsAre("a.test g/ 1"));
  // The line in which the bytes begin is dropped, whole or not.
  EXPECT_THAT(read(a.size() + b.size() + 1), ElementsAre("a.test g/ 1", "b.test g/ 1"));
  EXPECT_THAT(read(a.size() + 2 * b.size()), ElementsAre("a.test g/ 1", "b.test g/ 2"));
  write("");
  EXPECT_THAT(read(), ElementsAre("b.test g/ 2", "c.test g/ 1")) << "just rotated";
}

TEST_F(Traffic, OfNoLogIsNone) {
  EXPECT_THAT(read(), IsEmpty());
  for (const auto& none : {std::filesystem::path{}, std::filesystem::path{"-"}, folder_.path()})
    EXPECT_THAT(recent_traffic(none, kTrafficBytes), IsEmpty()) << none;
}

}  // namespace
}  // namespace breakwater::lists

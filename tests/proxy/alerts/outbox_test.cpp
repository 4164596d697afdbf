#include "proxy/alerts/outbox.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "proxy/alerts/letter_file.h"
#include "proxy/alerts/watches.h"
#include "tests/proxy/alerts/scene.h"
#include "tests/support/temporary_folder.h"

namespace breakwater::alerts {
namespace {

using rules::Concern;
using std::chrono::minutes;
using testing::ElementsAre;

Letter letter(std::string key, Concern severity = Concern::warning, minutes later = {}) {
  Letter made;
  made.key = std::move(key);
  made.recipient = "DSL";
  made.role = "dsl";
  made.to = "dsl@example.org";
  made.reference = "E-1";
  made.severity = severity;
  made.line = "line";
  made.queued = made.next_try = kTen + later;
  made.mail = "Subject: x\r\n\r\nbody\n\0\xFF";
  return made;
}

class OutboxTest : public testing::Test {
 protected:
  Outbox open(Milliseconds now = kTen) {
    return Outbox(
        folder_.path() / "outbox", now, [this](const std::string& message) { told_.push_back(message); }, kMost);
  }
  std::vector<std::string> keys(const Outbox& outbox) {
    std::vector<std::string> all;
    for (const auto& [key, one] : outbox.letters())
      all.push_back(key);
    return all;
  }
  std::vector<std::filesystem::path> files() {
    std::vector<std::filesystem::path> all;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "outbox"))
      if (entry.path().extension() == ".letter") all.push_back(entry.path());
    return all;
  }

  static constexpr std::size_t kMost = 5;
  test::TemporaryFolder folder_;
  std::vector<std::string> told_;
};

TEST_F(OutboxTest, ALetterOutlivesTheProcess) {
  auto first = letter("a|b\n\"|c");
  first.merged = {"x", "y"};
  first.error = "why";
  first.tries = 3;
  ASSERT_EQ(open().add(first), Outbox::Added::queued);
  auto outbox = open();
  const auto& back = outbox.letters().at(first.key);
  EXPECT_EQ(to_file(back), to_file(first));
  EXPECT_EQ(back.mail, first.mail);
  struct stat status {};
  ASSERT_EQ(::stat(files().at(0).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  EXPECT_THAT(told_, ElementsAre());
}

TEST_F(OutboxTest, AKeyIsQueuedOnce) {
  auto outbox = open();
  EXPECT_FALSE(outbox.knows("a"));
  EXPECT_EQ(outbox.add(letter("a")), Outbox::Added::queued);
  EXPECT_EQ(outbox.add(letter("a")), Outbox::Added::known);
  outbox.finish("a", Outbox::Done::sent, kTen);
  outbox.finish("a", Outbox::Done::sent, kTen);
  EXPECT_EQ(outbox.add(letter("a")), Outbox::Added::known);
  EXPECT_EQ(open().add(letter("a")), Outbox::Added::known);
  EXPECT_EQ(open(kTen + Outbox::kRemembered).add(letter("a")), Outbox::Added::known);
  EXPECT_EQ(open(kTen + Outbox::kRemembered + minutes(1)).add(letter("a")), Outbox::Added::queued);
}

TEST_F(OutboxTest, WhatWasSentIsCountedAlsoAfterAStart) {
  auto outbox = open();
  for (const auto* key : {"a", "b", "c"})
    outbox.add(letter(key));
  outbox.finish("a", Outbox::Done::sent, kTen);
  outbox.finish("b", Outbox::Done::sent, kTen + minutes(5));
  outbox.finish("c", Outbox::Done::given_up, kTen + minutes(6));
  for (const auto& box : {std::move(outbox), open(kTen + minutes(7))}) {
    EXPECT_THAT(box.sent_since("DSL", kTen - minutes(1), kTen + minutes(7)), ElementsAre(kTen, kTen + minutes(5)));
    EXPECT_THAT(box.sent_since("DSL", kTen, kTen + minutes(4)), ElementsAre());
    EXPECT_THAT(box.sent_since("other", kTen - minutes(1), kTen + minutes(7)), ElementsAre());
  }
}

TEST_F(OutboxTest, ADigestTakesThePlaceOfItsLetters) {
  auto outbox = open();
  outbox.add(letter("a"));
  outbox.add(letter("b"));
  auto digest = letter("digest");
  digest.merged = {"a", "b"};
  const auto before = to_file(outbox.letters().at("a"));
  const auto file = files()[0].parent_path() / (hash_of("a") + ".letter");
  outbox.add(digest);
  EXPECT_THAT(keys(outbox), ElementsAre("digest"));
  EXPECT_TRUE(outbox.knows("a") && outbox.knows("b"));
  // The end came after the digest was written and before its letters were removed.
  std::filesystem::remove_all(folder_.path() / "outbox/done");
  std::ofstream(file, std::ios::binary) << before;
  auto again = open();
  EXPECT_THAT(keys(again), ElementsAre("digest"));
  EXPECT_TRUE(again.knows("a"));
}

TEST_F(OutboxTest, WhenItIsFullTheLeastSeriousGivesWayAndIsCounted) {
  auto outbox = open();
  outbox.add(letter("notice", Concern::notice));
  outbox.add(letter("newer notice", Concern::notice, minutes(1)));
  for (std::size_t i = 2; i < kMost; ++i)
    ASSERT_EQ(outbox.add(letter("w" + std::to_string(i))), Outbox::Added::queued);
  EXPECT_EQ(outbox.left_out("DSL"), 0u);
  EXPECT_EQ(outbox.add(letter("danger", Concern::danger)), Outbox::Added::queued);
  EXPECT_EQ(outbox.letters().size(), kMost);
  EXPECT_TRUE(outbox.letters().contains("notice"));
  EXPECT_FALSE(outbox.letters().contains("newer notice"));
  EXPECT_EQ(outbox.add(letter("late notice", Concern::notice, minutes(2))), Outbox::Added::left_out);
  EXPECT_EQ(outbox.add(letter("late notice", Concern::notice, minutes(2))), Outbox::Added::known);
  auto again = open();
  EXPECT_EQ(again.left_out("DSL"), 2u);
  EXPECT_EQ(again.take_left_out("DSL"), 2u);
  EXPECT_EQ(open().left_out("DSL"), 0u);
}

TEST_F(OutboxTest, WhatIsNoLetterIsSetAsideAndTold) {
  open().add(letter("a"));
  const auto whole = to_file(letter("a"));
  const auto end = whole.find('\n');
  for (const auto& bad : {whole.substr(0, end), whole.substr(0, end / 2) + "\n", std::string("{}\n"), std::string(),
                          std::string("[1]\nx"), to_file(letter("of another name"))}) {
    told_.clear();
    std::ofstream(folder_.path() / "outbox" / (hash_of("a") + ".letter"), std::ios::binary) << bad;
    EXPECT_EQ(open().letters().size(), 0u) << bad;
    ASSERT_EQ(told_.size(), 1u) << bad;
    EXPECT_TRUE(told_[0].ends_with(".damaged: this is no letter; a message may have been lost")) << told_[0];
  }
}

TEST_F(OutboxTest, AMarkThatIsDamagedStillCounts) {
  auto outbox = open();
  outbox.add(letter("a"));
  outbox.finish("a", Outbox::Done::sent, kTen);
  for (const auto* bad : {"", "{", "{}", R"({"when":"x"})", R"({"when":1795428000000,"sent":true,"recipient":7})"}) {
    std::ofstream(folder_.path() / "outbox/done" / hash_of("a")) << bad;
    told_.clear();
    EXPECT_TRUE(open().knows("a")) << bad;
    EXPECT_EQ(told_.size(), 1u) << bad;
  }
}

TEST_F(OutboxTest, AFolderThatCannotBeWrittenIsTold) {
  folder_.write("outbox", "a file");
  auto outbox = open();
  EXPECT_EQ(outbox.add(letter("a")), Outbox::Added::failed);
  EXPECT_THAT(keys(outbox), ElementsAre("a"));
  outbox.finish("a", Outbox::Done::sent, kTen);
  EXPECT_TRUE(outbox.knows("a"));
  EXPECT_FALSE(told_.empty());
}

TEST_F(OutboxTest, WatchesOutliveTheProcess) {
  const auto file = folder_.path() / "watches.json";
  const auto tell = [this](const std::string& message) { told_.push_back(message); };
  {
    Watches watches(file, tell);
    watches.add({Watch::Of::incident, incident(), "laptop-07", kTen + minutes(60), kTen + minutes(30), 0});
    watches.add({Watch::Of::danger, episode(), "", kTen + minutes(5), kTen + minutes(5), 0});
    watches.add({Watch::Of::danger, episode(), "", kTen, kTen, 0});
    watches.run(kTen + minutes(30), [](Watch& watch) {
      watch.next += minutes(20);
      ++watch.reminders;
      return watch.of == Watch::Of::danger ? Watches::Go::end : Watches::Go::on;
    });
  }
  Watches again(file, tell);
  ASSERT_EQ(again.all().size(), 1u);
  const auto& watch = again.all()[0];
  EXPECT_EQ(watch.episode, incident());
  EXPECT_EQ(watch.device, "laptop-07");
  EXPECT_EQ(watch.next, kTen + minutes(50));
  EXPECT_EQ(watch.reminders, 1u);
  EXPECT_THAT(told_, ElementsAre());
  for (const auto* bad : {"", "{", "{}", "[{}]", "[7]"}) {
    told_.clear();
    std::ofstream(file) << bad;
    EXPECT_TRUE(Watches(file, tell).all().empty());
    EXPECT_EQ(told_.size(), 1u) << bad;
  }
}

}  // namespace
}  // namespace breakwater::alerts

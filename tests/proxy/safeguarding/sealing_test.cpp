#include <gmock/gmock.h>

#include "proxy/safeguarding/attempt_json.h"
#include "proxy/safeguarding/bundle.h"
#include "proxy/safeguarding/key_file.h"
#include "proxy/safeguarding/private_file.h"
#include "proxy/safeguarding/pseudonym.h"
#include "proxy/safeguarding/sealer.h"
#include "tests/proxy/safeguarding/state_folder.h"

namespace breakwater::safeguarding {
namespace {

using crypto::KeyPair;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SealingTest : public StateFolder {
 protected:
  static Attempt named(std::string id, std::string user, std::int64_t time = 1'763'892'000'000) {
    auto made = attempt(std::move(id), time);
    made.user = std::move(user);
    return made;
  }
  void append(std::vector<Attempt> attempts, const std::shared_ptr<Sealer>& sealer = {}) {
    auto store = Store::open(state_, Store::Mode::read_write, sealer);
    ASSERT_TRUE(store) << store.error().message;
    const auto error = (*store)->append(attempts);
    EXPECT_FALSE(error) << error->message;
  }
  std::vector<Record> records() {
    std::vector<Record> found;
    auto store = Store::open(state_, Store::Mode::read_only);
    EXPECT_FALSE((*store)->each({}, [&](const Record& record) { found.push_back(record); }));
    return found;
  }
  /// The users of the attempts, or why they stay closed.
  std::vector<std::string> users(std::optional<Opener> opener) {
    std::vector<std::string> names;
    for (const auto& record : records()) {
      const auto opened = opener ? opener->open(record) : Result<std::string, Unopened>(Unopened::no_key);
      names.push_back(opened ? parse_attempt(record, *opened)->user
                             : "(" + std::string(to_string(opened.error())) + ")");
    }
    return names;
  }
  std::vector<std::string> users(const KeyPair& pair) {
    std::vector<std::string> errors;
    auto days = read_day_keys(state_, errors);
    EXPECT_THAT(errors, ElementsAre());
    return users(Opener(pair, days));
  }
  void seal_to(std::vector<SealTo> recipients) { EXPECT_EQ(put_recipients(state_, recipients), ""); }
  bool is_held() const { return std::filesystem::exists(state_ / "keys" / "holding.key"); }

  KeyPair lead_ = crypto::make_key_pair();
  KeyPair deputy_ = crypto::make_key_pair();
};

TEST_F(SealingTest, NamesWithEveryUnicodeTrickComeBackAsTheyAreKept) {
  const std::vector<std::string> names{"Si\xC3\xA2n",
                                       "e\xCC\x81 and \xC3\xA9",
                                       "\xE2\x80\xAE"
                                       "evil\xE2\x80\xAC",
                                       "zero\xE2\x80\x8Bwidth",
                                       "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x8E\x93",
                                       "\xD9\x85\xD8\xAD\xD9\x85\xD8\xAF",
                                       "a\"b\\c</script>",
                                       "\xEF\xBB\xBF"
                                       "mark",
                                       "\xE2\x80\xA8line"};
  std::vector<Attempt> attempts;
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < names.size(); ++i) {
    attempts.push_back(named(std::to_string(i), names[i]));
    kept.push_back(clean_text(names[i]));
  }
  append(attempts);
  EXPECT_EQ(users(holding_opener(state_)), kept);
}

TEST_F(SealingTest, EveryRecipientOpensAndNobodyElse) {
  seal_to({{"Lead", lead_.public_key}, {"Deputy", deputy_.public_key}});
  append({named("a", "Ada")});
  EXPECT_THAT(users(lead_), ElementsAre("Ada"));
  EXPECT_THAT(users(deputy_), ElementsAre("Ada"));
  EXPECT_THAT(users(crypto::make_key_pair()), ElementsAre("(sealed to other keys than this one)"));
  EXPECT_FALSE(is_held());
}

TEST_F(SealingTest, TheFirstRecipientsTakeOverWhatTheMachineHeld) {
  const auto sealer = std::make_shared<Sealer>(state_);  // of a gateway that goes on
  append({named("a", "Ada")}, sealer);
  EXPECT_THAT(users(holding_opener(state_)), ElementsAre("Ada"));
  EXPECT_TRUE(is_held());
  seal_to({{"Lead", lead_.public_key}});
  EXPECT_FALSE(is_held());
  EXPECT_FALSE(holding_opener(state_));
  append({named("b", "Bob")}, sealer);
  EXPECT_THAT(users(lead_), ElementsAre("Ada", "Bob"));
  // A new lead opens what comes from then on; the one before what was.
  seal_to({{"Deputy", deputy_.public_key}});
  append({named("c", "Cy")}, sealer);
  constexpr const char* kOther = "(sealed to other keys than this one)";
  EXPECT_THAT(users(lead_), ElementsAre("Ada", "Bob", kOther));
  EXPECT_THAT(users(deputy_), ElementsAre(kOther, kOther, "Cy"));
}

TEST_F(SealingTest, ADestroyedDayKeyDestroysItsNamesAlone) {
  constexpr std::int64_t kDay = 86'400'000;
  append({named("a", "Ada", kDay), named("b", "Bob", 2 * kDay), named("c", "Cy", kDay)});
  EXPECT_THAT(users(holding_opener(state_)), ElementsAre("Ada", "Bob", "Cy"));
  std::size_t destroyed = 0;
  EXPECT_EQ(destroy_day_keys(state_, day_of(Milliseconds(std::chrono::milliseconds(2 * kDay))), {}, destroyed), "");
  EXPECT_EQ(destroyed, 1U) << "one key a day, whatever order the clock went";
  EXPECT_THAT(users(holding_opener(state_)),
              ElementsAre("(the key of its day is not here)", "Bob", "(the key of its day is not here)"));
}

TEST_F(SealingTest, ASealedPartOpensInItsOwnRecordAlone) {
  append({named("a", "Ada"), named("b", "Bob")});
  auto both = records();
  auto opener = holding_opener(state_);
  std::swap(both[0].sealed, both[1].sealed);
  for (const auto& record : both) {
    const auto opened = opener->open(record);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error(), Unopened::damaged);
  }
  for (std::size_t length = 1; length < both[0].sealed.size(); ++length) {
    auto cut = both[0];
    cut.sealed.resize(length);
    EXPECT_FALSE(opener->open(cut)) << length;
  }
}

TEST_F(SealingTest, FilesOfKeysAreToldWhenTheyAreDamaged) {
  append({named("a", "Ada")});
  std::ofstream(days_folder(state_) / "2026-01-01.x.json") << "{\"day\":7}";
  std::vector<std::string> errors;
  EXPECT_EQ(read_day_keys(state_, errors).size(), 1U);
  EXPECT_THAT(errors, ElementsAre(HasSubstr("2026-01-01.x.json: is no day key")));
  std::ofstream(keys_folder(state_) / "recipients.json") << "[{\"key\":\"x\"}]";
  std::string error;
  read_recipients(state_, error);
  EXPECT_THAT(error, HasSubstr("recipients.json: is damaged"));
  auto store = Store::open(state_, Store::Mode::read_write);
  EXPECT_THAT((*store)->append(std::vector{named("b", "Bob")})->message, HasSubstr("names cannot be sealed: "));
}

TEST_F(SealingTest, AFileMayStandInTheFolderAtHand) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder_);
  EXPECT_EQ(write_private("a.key", "secret"), "");
  std::string error;
  EXPECT_EQ(read_private("a.key", 6, error), "secret");
  EXPECT_FALSE(read_private("a.key", 5, error));
  EXPECT_EQ(error, "is too large");
  EXPECT_EQ(destroy_private("a.key"), "");
  EXPECT_FALSE(read_private("a.key", 6, error));
  EXPECT_EQ(error, "") << "there is none";
  std::filesystem::current_path(before);
}

TEST_F(SealingTest, PseudonymsAreTheSameForTheSameAlone) {
  const auto first = Pseudonyms::load_or_make(keys_folder(state_));
  const auto again = Pseudonyms::load_or_make(keys_folder(state_));
  const auto other = Pseudonyms::load_or_make(folder_ / "other");
  ASSERT_TRUE(first && again && other);
  const auto name = first->of_person("user:ada");
  EXPECT_THAT(name, ::testing::MatchesRegex("P-[0-9A-HJKMNP-TV-Z]{8}"));
  EXPECT_EQ(again->of_person("user:ada"), name);
  EXPECT_NE(first->of_person("user:bob"), name);
  EXPECT_NE(other->of_person("user:ada"), name);
  EXPECT_NE("P-" + first->of_host("user:ada"), name);
}

// ---- what leaves the gateway ----

class BundleTest : public SealingTest {
 protected:
  std::string make() {
    seal_to({{"Lead", lead_.public_key}});
    append({named("a", "Ada"), named("b", "Bob")});
    append({named("c", "Cy")});
    auto store = *Store::open(state_, Store::Mode::read_write);
    Bundle bundle{"E-a", "Jane", Milliseconds{}, *store->sign_head(Milliseconds{}), {}, {}, {}};
    for (auto& record : records())
      if (record.reference == "a" || record.reference == "b") bundle.records.push_back(record);
    bundle.days = day_keys_of(state_, bundle.records);
    return write_bundle(bundle, *ChainKey::load_or_make(keys_folder(state_)));
  }
  static std::string error_of(std::string_view text) {
    std::string error;
    EXPECT_FALSE(read_bundle(text, error));
    return error;
  }
};

TEST_F(BundleTest, OpensElsewhereWithTheKey) {
  const auto text = make();
  std::filesystem::remove_all(state_);
  std::string error;
  const auto bundle = read_bundle(text, error);
  ASSERT_TRUE(bundle) << error;
  EXPECT_EQ(bundle->about + bundle->by, "E-aJane");
  EXPECT_EQ(bundle->days.size(), 1U) << "of the records in it alone";
  ASSERT_TRUE(bundle->head);
  EXPECT_TRUE(is_signed(*bundle->head));
  Opener opener(lead_, bundle->days);
  std::string names;
  for (const auto& record : bundle->records)
    names += parse_attempt(record, *opener.open(record))->user;
  EXPECT_EQ(names, "AdaBob");
  EXPECT_THAT(text, ::testing::Not(HasSubstr("Ada")));
}

TEST_F(BundleTest, WhatWasCutOrChangedIsRefused) {
  const auto text = make();
  for (std::size_t length = 0; length < text.size(); length += 7)
    EXPECT_NE(error_of(std::string_view(text).substr(0, length)), "") << length;
  for (std::size_t at = 0; at < text.size(); at += 5) {
    auto changed = text;
    changed[at] = changed[at] == 'x' ? 'y' : 'x';
    EXPECT_NE(error_of(changed), "") << at;
  }
  EXPECT_EQ(error_of("hello\n"), "it is no bundle of Breakwater");
  EXPECT_EQ(error_of(text.substr(0, 200)), "it is cut within its first line");
  EXPECT_EQ(error_of(text.substr(0, text.size() - 1)), "it is cut: 2 of 3 lines are here");
  EXPECT_EQ(error_of(text + "\n"), "it was changed since it was made: its digest is another");
  auto manifest = text;
  manifest.replace(manifest.find("Jane"), 4, "Joan");
  EXPECT_EQ(error_of(manifest), "its manifest was changed: the signature does not hold");
}

// ---- the files of a person's keys ----

TEST(KeyFileTest, OpensWithItsPassphraseAlone) {
  ASSERT_TRUE(crypto::ready());
  const auto pair = crypto::make_key_pair();
  const auto text = seal_key_file(pair, "Jane D\xC3\xB6", "correct horse battery");
  std::string error;
  const auto named = parse_key_file(text, error);
  ASSERT_TRUE(named) << error;
  EXPECT_EQ(named->name, "Jane D\xC3\xB6");
  EXPECT_EQ(named->key, pair.public_key);
  const auto opened = open_key_file(text, "correct horse battery", error);
  ASSERT_TRUE(opened) << error;
  EXPECT_EQ(opened->public_key, pair.public_key);
  EXPECT_FALSE(open_key_file(text, "wrong", error));
  EXPECT_EQ(error, "this is not its passphrase");
  for (std::size_t length = 0; length + 2 < text.size(); ++length)
    EXPECT_FALSE(parse_key_file(text.substr(0, length), error)) << length;
  EXPECT_EQ(error, "is no private key of `breakwater keys new`");
  for (const auto& [from, to] : {std::pair("\"operations\": 3", "\"operations\": 99"),
                                 {"268435456", "99999999999"},
                                 {"\"salt\": \"", "\"salt\": \"AA"},
                                 {"\"memory\": 268435456", "\"memory\": \"x\""}}) {
    auto bad = text;
    ASSERT_NE(bad.find(from), std::string::npos) << from;
    bad.replace(bad.find(from), std::string_view(from).size(), to);
    EXPECT_FALSE(parse_key_file(bad, error)) << to;
    EXPECT_EQ(error, "is damaged: take a copy, or the spare key") << to;
  }
  const auto line = to_line(*named);
  EXPECT_FALSE(parse_key_file(line, error));
  EXPECT_EQ(error, "is the public key: the private one is the file without .pub");
  EXPECT_FALSE(parse_public_key(text, error));
  EXPECT_EQ(error, "is a private key: name its .pub file here, and take this one off the machine");
}

TEST(KeyFileTest, PublicKeyIsOneLine) {
  ASSERT_TRUE(crypto::ready());
  const NamedKey key{"Jane", crypto::make_key_pair().public_key};
  const auto line = to_line(key);
  std::string error;
  for (const std::string& written : {line, line + "more\n", line.substr(0, line.size() - 1) + "\r\n"}) {
    const auto read = parse_public_key(written, error);
    ASSERT_TRUE(read) << error;
    EXPECT_EQ(read->key, key.key);
    EXPECT_EQ(read->name, "Jane");
  }
  EXPECT_THAT(fingerprint(key.key), ::testing::MatchesRegex("[0-9A-Z]{4}(-[0-9A-Z]{4}){3}"));
  const std::string zero = "breakwater-key-1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA x";
  for (const auto& [bad, message] :
       {std::pair<std::string, std::string>("", "is no public key of `breakwater keys new`"),
        {"ssh-ed25519 AAAA", "is no public key of `breakwater keys new`"},
        {"breakwater-key-1 AAAA x", "is a public key that is damaged: take a new copy"},
        {line.substr(0, 40), "is a public key that is damaged: take a new copy"},
        {zero, "is a public key that is damaged: take a new copy"}}) {
    EXPECT_FALSE(parse_public_key(bad, error)) << bad;
    EXPECT_EQ(error, message) << bad;
  }
}

}  // namespace
}  // namespace breakwater::safeguarding

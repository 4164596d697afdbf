#include "categories/keyword.h"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>

#include "categories/pattern_set.h"
#include "categories/plain_list.h"
#include "tests/categories/list_tree.h"

namespace breakwater::categories::test {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  while (times-- > 0)
    all += text;
  return all;
}

std::string normal(std::string_view text, std::string_view language = "") {
  const auto keyword = normalise_keyword(text, language);
  return keyword ? *keyword : "! " + std::string{to_string(keyword.error())};
}

TEST(Keyword, HasOneNormalForm) {
  EXPECT_EQ("bet-now", normal("Bet-NOW"));
  EXPECT_EQ("ło\u0301dz\u0301", normal("ŁÓDŹ", "pl"));
  EXPECT_EQ(
      "e\u0301"
      "1",
      normal("E\xcc\x81"
             "1"));
  EXPECT_EQ("strasse", normal("Straße", "de"));
  EXPECT_EQ("tr:ısı", normal("ısı", "tr"));
  EXPECT_EQ("isi", normal("ISI"));
  EXPECT_EQ("tr:istanbul", normal("İstanbul", "tr"));
  EXPECT_EQ("zh:赌场", normal("赌场", "zh"));
  EXPECT_EQ("ভাঙা", normal("ভাঙা", "bn"));
  EXPECT_EQ("free spins", normal("Free Spins"));
  EXPECT_EQ(std::string(63, 'k'), normal(std::string(63, 'k')));
}

TEST(Keyword, RefusesWhatIsNone) {
  const std::string bad = "! is not a keyword: letters, digits, \"-\", \"_\" and \".\" are";
  EXPECT_EQ(bad, normal("a/b"));
  EXPECT_EQ(bad, normal("a:b"));
  EXPECT_EQ(bad, normal("c++"));
  EXPECT_EQ(bad, normal(std::string_view{"a\0b", 3}));
  EXPECT_EQ(bad, normal("ab\xe2\x80\xae"));
  EXPECT_EQ(bad, normal("ok\xf0\x9f\x98\x80"));
  EXPECT_EQ("! is not UTF-8", normal("ab\xff"));
  EXPECT_EQ("! is not UTF-8", normal("ab\xc3"));
  EXPECT_EQ("! is too short for a keyword", normal(""));
  EXPECT_EQ("! is too short for a keyword", normal("x"));
  EXPECT_EQ("! is too short for a keyword", normal("é--"));
  EXPECT_EQ("! is too short for a keyword", normal("毒", "zh"));
  EXPECT_EQ("! is too long for a keyword", normal(std::string(64, 'k')));
  EXPECT_EQ("! is too long for a keyword", normal(std::string(25, 'i'), "tr")) << "more choices than Hyperscan takes";
  for (const auto* language : {"xx", "PL", "p", "old", " ", "pl ", "en fr"})
    EXPECT_EQ("! is in a list of a language that is not known: the name ends in an ISO 639-1 code, as keywords.pl",
              normal("word", language));
  for (const auto* language : {"", "en", "pl", "zu", "aa", "prs"})
    EXPECT_TRUE(is_language(language)) << language;
  EXPECT_EQ("tr", keyword_language("keywords.tr"));
  EXPECT_EQ("", keyword_language("keywords"));
}

/// The languages that reach the parser.
TEST(Keyword, IsReadFromALineWithItsLanguage) {
  struct Said : EntrySink {
    void domain(const Host&, std::uint32_t) override {}
    void network(const Network&, std::uint32_t) override {}
    void except(const Host&, std::uint32_t) override {}
    void pattern(EntryKind, std::string_view text, std::uint32_t) override { said = text; }
    void until(std::chrono::sys_days, std::uint32_t) override {}
    void include(std::string_view, std::uint32_t, std::uint32_t) override {}
    void reject(std::uint32_t, std::uint32_t, std::string message) override { said = std::move(message); }
    void skip(std::string_view, std::uint32_t, std::uint32_t) override {}
    std::string said;
  };
  const auto read = [](std::string_view line, std::string_view language) {
    Said sink;
    PlainList{ListFormat::keywords, sink, language}.line(line, 1);
    return sink.said;
  };
  EXPECT_EQ("tr:irak", read(" IRAK # why\r", "tr"));
  EXPECT_EQ("online casino bonus", read("Online\t casino  bonus ; x", "en"));
  EXPECT_EQ("\"a b/c\" is not a keyword: letters, digits, \"-\", \"_\" and \".\" are", read("a b/c", ""));
}

/// One key word, looked for as a PatternSet does.
class Matcher {
 public:
  Matcher(std::string_view word, std::string_view language) {
    const auto keyword = normalise_keyword(word, language);
    if (!keyword) throw std::runtime_error(std::string{word});
    pattern_ = keyword_pattern(*keyword);
    hs_database_t* compiled = nullptr;
    hs_compile_error_t* error = nullptr;
    if (hs_compile(pattern_.expression.c_str(), HS_FLAG_SOM_LEFTMOST, HS_MODE_BLOCK, nullptr, &compiled, &error) !=
        HS_SUCCESS)
      throw std::runtime_error(pattern_.expression + ": " + error->message);
    database_.reset(compiled);
    hs_scratch_t* scratch = nullptr;
    if (hs_alloc_scratch(compiled, &scratch) != HS_SUCCESS) throw std::runtime_error("scratch");
    scratch_.reset(scratch);
  }
  bool operator()(std::string_view match_text) {
    text_ = *keyword_text(match_text, buffer_);
    const auto on_match = [](unsigned, unsigned long long from, unsigned long long to, unsigned, void* context) {
      const auto& self = *static_cast<const Matcher*>(context);
      return self.pattern_.bounds == KeywordPattern::Bounds::none || is_whole_word(self.text_, from, to) ? 1 : 0;
    };
    return hs_scan(database_.get(), text_.data(), static_cast<unsigned>(text_.size()), 0, scratch_.get(), on_match,
                   this) == HS_SCAN_TERMINATED;
  }

 private:
  KeywordPattern pattern_;
  HyperscanDatabase database_;
  HyperscanScratch scratch_;
  std::string buffer_;
  std::string_view text_;
};

TEST(Keyword, MatchesByTheRulesOfItsLanguage) {
  const struct {
    std::string_view word;
    std::string_view language;
    std::vector<std::string_view> hits;
    std::vector<std::string_view> misses;
  } cases[] = {
      {"łódź",
       "pl",
       {"a/%c5%82%c3%b3d%c5%ba", "a/%c5%81%c3%93d%c5%b9/x", "a/x-%c5%82o%cc%81d%c5%ba", "xn--d-uga0v4h.pl/",
        "www.xn--d-uga0v4h/"},
       {"a/%c5%82%c3%b3dz", "a/%c5%82%c3%b3d%c5%ba%c3%b3", "a/z%c5%82%c3%b3d%c5%ba", "xn--d-uga0v4h-x.pl/",
        "xxn--d-uga0v4h.pl/", "a/xn--d-uga0v4h.pl/"}},
      {"ısı", "tr", {"a/%c4%b1s%c4%b1", "a/isi"}, {"a/%c4%b1s%c4%b1n", "a/isin"}},
      {"istanbul", "tr", {"a/istanbul", "a/%c4%b0stanbul", "a/i%cc%87stanbul"}, {"a/%c4%b1stanbuls"}},
      {"istanbul", "en", {"a/istanbul", "a/%c4%b0stanbul"}, {"a/%c4%b1stanbul"}},
      {"straße", "de", {"a/stra%c3%9fe", "a/strasse", "xn--strae-oqa.de/"}, {"a/strase"}},
      {"赌场", "zh", {"a/%e8%b5%8c%e5%9c%ba", "a/%e5%a4%a7%e8%b5%8c%e5%9c%ba%e5%a4%a7"}, {"a/%e8%b5%8c"}},
      {"赌场", "", {"a/%e8%b5%8c%e5%9c%ba"}, {"a/%e5%a4%a7%e8%b5%8c%e5%9c%ba"}},
      {"می\u200cخواهم",
       "fa",
       {"a/%d9%85%db%8c%e2%80%8c%d8%ae%d9%88%d8%a7%d9%87%d9%85", "a/%d9%85%db%8c%d8%ae%d9%88%d8%a7%d9%87%d9%85"},
       {"a/%d9%85%db%8c"}},
      {"free spins",
       "",
       {"a/free-spins", "a/free_spins", "a/free+spins", "a/free%20spins", "a/freespins", "free.spins.com/"},
       {"a/free--spins", "a/free/spins", "a/freespinsnow", "a/xfree-spins"}},
      {"gute bücher", "de", {"xn--gutebcher-u9a.de/", "xn--gute-bcher-feb.de/"}, {"gute.de/"}},
      {"bet",
       "",
       {"bet.com/", "a/bet", "a/%20bet%20", "a/(bet)", "a/bet%", "a/bet%2f", "a/bet%zz", "a/bet%8", "a/%2cbet"},
       {"a/bets", "a/bet%c3%a9", "a/%c3%a9bet", "a/2bet", "a/bet2", "a/bet%ff"}},
  };
  for (const auto& [word, language, hits, misses] : cases) {
    Matcher matches{word, language};
    for (const auto text : hits)
      EXPECT_TRUE(matches(text)) << word << ' ' << language << ' ' << text;
    for (const auto text : misses)
      EXPECT_FALSE(matches(text)) << word << ' ' << language << ' ' << text;
  }
}

TEST(Keyword, TheLongestOfEachScriptCompiles) {
  for (const std::string_view letter :
       {"a", "é", "ж", "ω", "ա", "ა", "א", "ع", "क", "ভ", "ก", "한", "字", "ꮿ", "𐐨", "ΐ", "ǆ", "ﬃ", "a "}) {
    std::string longest;
    for (std::string word = repeated(letter, 2); normalise_keyword(word, "tr"); word += letter)
      longest = word;
    EXPECT_GE(longest.size(), 20U) << letter;
    EXPECT_NO_THROW(Matcher(longest, "tr")) << longest;
  }
}

/// A letter or a sign of a URL as it may be written.
struct Sign {
  std::vector<std::string> written;
  enum Kind { letter, joint, other } kind;
};
const std::vector<Sign> kSigns = {
    {{"a", "A", "%61", "%41"}, Sign::letter},
    {{"b", "B"}, Sign::letter},
    {{"1"}, Sign::letter},
    {{"%c3%a9", "%C3%89", "e%cc%81", "E%cc%81"}, Sign::letter},
    {{"%C5%82", "%c5%81"}, Sign::letter},
    {{"%d0%b6", "%D0%96"}, Sign::letter},
    {{"-", "%2d"}, Sign::joint},
    {{"_"}, Sign::joint},
    {{"+"}, Sign::joint},
    {{"%20"}, Sign::joint},
    {{"!"}, Sign::other},
    {{"%2F", "%2f"}, Sign::other},
    {{"%7C"}, Sign::other},
};
constexpr std::string_view kLetters[] = {"a", "b", "1", "é", "ł", "ж"};

using Signs = std::vector<std::size_t>;
constexpr std::size_t kSpace = 100;

/// Does `phrase` (letters, and kSpace between words) stand at `at`? Every way is tried.
bool stands(const Signs& phrase, std::size_t done, const Signs& text, std::size_t at) {
  if (done == phrase.size()) return at == text.size() || kSigns[text[at]].kind != Sign::letter;
  if (phrase[done] == kSpace)
    return stands(phrase, done + 1, text, at) ||
           (at < text.size() && kSigns[text[at]].kind == Sign::joint && stands(phrase, done + 1, text, at + 1));
  return at < text.size() && text[at] == phrase[done] && stands(phrase, done + 1, text, at + 1);
}
bool naive(const Signs& phrase, const Signs& text) {
  for (std::size_t at = 0; at < text.size(); ++at)
    if ((at == 0 || kSigns[text[at - 1]].kind != Sign::letter) && stands(phrase, 0, text, at)) return true;
  return false;
}

TEST(Keyword, HyperscanAgreesWithANaiveMatcher) {
  std::mt19937 random{7};
  std::vector<Signs> phrases;
  std::string list;
  for (int line = 0; line < 200; ++line) {
    Signs phrase;
    for (auto n = random() % 3 + 2; n > 0; --n) {
      if (phrase.size() > 1 && phrase.back() != kSpace && random() % 4 == 0) phrase.push_back(kSpace);
      phrase.push_back(random() % std::size(kLetters));
    }
    for (const auto sign : phrase)
      list += sign == kSpace ? " " : kLetters[sign];
    list += '\n';
    phrases.push_back(std::move(phrase));
  }
  ListTree tree;
  tree.write("feed/x/keywords", list);
  Asked asked{{{tree.feed()}, {}}};
  ASSERT_THAT(asked.report.diagnostics, testing::IsEmpty());

  const auto sequence = [&random] {
    Signs signs;
    for (auto n = random() % 12; n > 0; --n)
      signs.push_back(random() % 3 ? random() % std::size(kLetters) : random() % kSigns.size());
    return signs;
  };
  const auto write = [&random](std::string& out, const Signs& signs) {
    for (const auto sign : signs)
      out += kSigns[sign].written[random() % kSigns[sign].written.size()];
  };
  std::size_t matched = 0;
  for (int round = 0; round < 5'000; ++round) {
    const auto path = sequence();
    std::string url = "http://x/";
    write(url, path);
    if (random() % 2) write(url += '?', sequence());
    std::vector<std::uint32_t> expected;
    for (std::size_t i = 0; i < phrases.size(); ++i) {
      const auto first = std::find(phrases.begin(), phrases.end(), phrases[i]) - phrases.begin();
      if (std::cmp_equal(first, i) && naive(phrases[i], path)) expected.push_back(static_cast<std::uint32_t>(i + 1));
    }
    std::vector<std::uint32_t> lines;
    for (const auto& match : asked(url).matches)
      lines.push_back(match.line);
    std::sort(lines.begin(), lines.end());
    ASSERT_EQ(expected, lines) << url;
    matched += expected.size();
  }
  EXPECT_GT(matched, 1'500U);
}

}  // namespace
}  // namespace breakwater::categories::test

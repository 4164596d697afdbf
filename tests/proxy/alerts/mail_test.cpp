#include "proxy/alerts/mail.h"

#include <gmock/gmock.h>

namespace breakwater::alerts {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 2);
  }
  return lines;
}

/// Without its header fields.
std::string body_of(const std::string& entity) {
  return entity.substr(entity.find("\r\n\r\n") + 4);
}

Envelope envelope() {
  return {"gateway@example.org", "dsl@example.org", "[Breakwater] DANGER", "abc@example.org",
          std::chrono::sys_seconds(std::chrono::seconds(1'795'428'000))};
}

TEST(Mail, AFileGoesBehindItsText) {
  EXPECT_EQ(mixed_entity("See.\n", {"r.pdf", "application/pdf", "%PDF-"}, "b"),
            "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=UTF-8; "
            "format=flowed\r\nContent-Transfer-Encoding: 7bit\r\n\r\nSee.\r\n\r\n--b\r\n"
            "Content-Type: application/pdf;\r\n name=\"r.pdf\"\r\nContent-Transfer-Encoding: base64\r\n"
            "Content-Disposition: attachment; filename=\"r.pdf\"\r\n\r\nJVBERi0=\r\n\r\n--b--\r\n");
}

TEST(Mail, IsAMessageOfRfc5322) {
  EXPECT_EQ(
      compose(envelope(), text_entity("Good morning.\n\nMore.\n")),
      "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nFrom: Breakwater <gateway@example.org>\r\nTo: <dsl@example.org>\r\n"
      "Subject: [Breakwater] DANGER\r\nMessage-ID: <abc@example.org>\r\nAuto-Submitted: auto-generated\r\n"
      "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8; format=flowed\r\n"
      "Content-Transfer-Encoding: 7bit\r\n\r\nGood morning.\r\n\r\nMore.\r\n");
}

TEST(Mail, NothingInTheEnvelopeBeginsAField) {
  for (const std::string_view bad : {"x\r\nBcc: a@b.example", "x\nBcc: a@b.example", "x\r\rBcc: a", "\r\n\r\nbody",
                                     "x\0Bcc", "x\r\n y", "\xC3\xA9\r\nBcc: a@b.example"}) {
    for (auto field : {&Envelope::from, &Envelope::to, &Envelope::subject, &Envelope::message_id}) {
      auto with = envelope();
      with.*field = bad;
      const auto lines = lines_of(compose(with, ""));
      std::size_t fields = 0;
      for (const auto& line : lines)
        if (!line.starts_with(' ')) ++fields;
      EXPECT_EQ(fields, 7u) << bad;
      EXPECT_THAT(lines, Not(testing::Contains(testing::StartsWith("Bcc")))) << bad;
    }
  }
}

TEST(Mail, SubjectsBeyondAsciiAreEncodedWordsCutBetweenCharacters) {
  auto with = envelope();
  with.subject = "Terfysgaeth a Si\xC3\xA2n";
  EXPECT_THAT(compose(with, ""), HasSubstr("\r\nSubject: =?UTF-8?B?VGVyZnlzZ2FldGggYSBTacOibg==?=\r\n"));
  with.subject.clear();
  for (int i = 0; i < 100; ++i)
    with.subject += "\xE2\x80\x94";
  for (const auto& line : lines_of(compose(with, ""))) {
    EXPECT_LE(line.size(), 78u + sizeof("Subject: ")) << line;
  }
}

TEST(Mail, ParagraphsAreFlowed) {
  struct Case {
    std::string text;
    std::string body;
  };
  const std::string word(30, 'w');
  const Case table[] = {
      {"", ""},
      {"a", "a\r\n"},
      {word + " " + word + " " + word + "\n", word + " " + word + " \r\n" + word + "\r\n"},
      {"From me\n>quoted\n indented\n", " From me\r\n >quoted\r\n  indented\r\n"},
      {"ends with spaces   \n", "ends with spaces\r\n"},
      {std::string(200, 'x') + " y\n", std::string(200, 'x') + " y\r\n"},
      {".\n", ".\r\n"},
      {"a\rb\tc\n", "a b c\r\n"},
  };
  for (const auto& [text, body] : table)
    EXPECT_EQ(body_of(text_entity(text)), body);
}

TEST(Mail, TextBeyondAsciiOrWithLongLinesIsQuotedPrintable) {
  EXPECT_EQ(body_of(text_entity("Si\xC3\xA2n = 1\n")), "Si=C3=A2n =3D 1\r\n");
  std::string words;
  for (int i = 0; i < 40; ++i)
    words += "\xC5\xB5ord ";
  for (const auto& text : {words, std::string(5000, 'x'), std::string(500, '\xFF')}) {
    const auto entity = text_entity(text);
    EXPECT_THAT(entity, HasSubstr("quoted-printable"));
    for (const auto& line : lines_of(entity)) {
      EXPECT_LE(line.size(), 76u);
      EXPECT_FALSE(line.ends_with(' ')) << line;  // a soft break would keep it, but some relays do not
    }
  }
}

}  // namespace
}  // namespace breakwater::alerts

#include "proxy/reports/csv.h"

#include <gtest/gtest.h>

#include "tests/proxy/reports/sample_report.h"

namespace breakwater::reports {
namespace {

TEST(Csv, Cells) {
  constexpr std::array<std::array<std::string_view, 2>, 11> kCases{{{"", ""},
                                                                    {"plain", "plain"},
                                                                    {"a,b", "\"a,b\""},
                                                                    {"say \"no\"", "\"say \"\"no\"\"\""},
                                                                    {"=1+1", "'=1+1"},
                                                                    {"+44", "'+44"},
                                                                    {"-1", "'-1"},
                                                                    {"@SUM(A1)", "'@SUM(A1)"},
                                                                    {"\t=1", "'\\x09=1"},
                                                                    {"=A(\"x\",1)", "\"'=A(\"\"x\"\",1)\""},
                                                                    {"two\r\nlines", "two\\x0D\\x0Alines"}}};
  for (const auto& [text, cell] : kCases)
    EXPECT_EQ(CsvWriter().cell(text).finish(), cell);
  EXPECT_EQ(CsvWriter().cell("a").cell("").cell("b").end_row().cell("c").end_row().finish(), "a,,b\r\nc\r\n");
}

TEST(Csv, AudiencesSeeTheirColumns) {
  const auto header = [](Audience audience) {
    const auto csv = to_csv(sample_report(audience, 3));
    return csv.substr(0, csv.find("\r\n"));
  };
  const std::string all =
      "reference,first,last,severity,theme,attempts,distinct_hosts,state,first_looked_at,evidence_hold";
  EXPECT_EQ(header(Audience::governance), all);
  EXPECT_EQ(header(Audience::dpo), "record,time,what,by,why,reference,subject,count");
  EXPECT_EQ(header(Audience::it), all + ",pseudonym,group,origin,how_sure");
  EXPECT_EQ(header(Audience::dsl),
            all + ",pseudonym,group,origin,how_sure,person,hosts,decided_by,decision_reason,outcome");
}

TEST(Csv, OneRowAnEpisode) {
  const auto csv = to_csv(sample_report(Audience::dsl, 2));
  EXPECT_NE(csv.find("E-7KQ2M401,2026-11-17T09:01:00+00:00,2026-11-17T09:15:01+00:00,warning,Self-harm and suicide,4,2,"
                     "seen,2026-11-17T09:58:00+00:00,no,P-00000001,learners,"),
            std::string::npos)
      << csv;
}

}  // namespace
}  // namespace breakwater::reports

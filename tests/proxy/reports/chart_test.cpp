#include "proxy/reports/chart.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace breakwater::reports {
namespace {

Chart chart_of(Chart::Kind kind, std::vector<std::uint64_t> danger, std::vector<std::uint64_t> notice) {
  Chart chart;
  chart.kind = kind;
  for (std::size_t i = 0; i < danger.size(); ++i)
    chart.labels.push_back(std::to_string(i));
  chart.series = {{"danger", Tone::danger, std::move(danger)}, {"notice", Tone::notice, std::move(notice)}};
  return chart;
}

/// Sum of the sizes of the boxes of a tone, the legend's first one left out.
double drawn(const Drawing& drawing, Tone tone, double Drawing::Box::*size) {
  double sum = 0;
  bool legend = true;
  for (const auto& box : drawing.boxes)
    if (box.tone == tone && !std::exchange(legend, false)) sum += box.*size;
  return sum;
}

TEST(Chart, SizesAreInProportion) {
  const auto bars = draw(chart_of(Chart::Kind::bars, {3, 1}, {0, 4}));
  EXPECT_NEAR(drawn(bars, Tone::danger, &Drawing::Box::width), drawn(bars, Tone::notice, &Drawing::Box::width), 1e-9);
  const auto columns = draw(chart_of(Chart::Kind::columns, {2, 6}, {1, 0}));
  EXPECT_NEAR(drawn(columns, Tone::danger, &Drawing::Box::height),
              8 * drawn(columns, Tone::notice, &Drawing::Box::height), 1e-9);
}

TEST(Chart, EverythingIsInsideOfThePicture) {
  for (const auto kind : {Chart::Kind::bars, Chart::Kind::columns})
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{366}})
      for (const std::uint64_t most : {0ULL, 1ULL, 999'999ULL}) {
        const auto drawing = draw(chart_of(kind, std::vector(count, most), std::vector(count, most / 2)));
        for (const auto& box : drawing.boxes) {
          EXPECT_GE(box.x, 0);
          EXPECT_GE(box.y, 0);
          EXPECT_LE(box.x + box.width, Drawing::kWidth);
          EXPECT_LE(box.y + box.height, drawing.height);
        }
        for (const auto& label : drawing.labels)
          EXPECT_LE(label.y, drawing.height);
      }
}

TEST(Chart, TicksAreRoundNumbers) {
  const auto drawing = draw(chart_of(Chart::Kind::columns, {7}, {0}));
  for (const std::string tick : {"0", "2", "4", "6", "8"})
    EXPECT_EQ(std::count_if(
                  drawing.labels.begin(), drawing.labels.end(),
                  [&](const auto& label) { return label.text == tick && label.anchor == Drawing::Label::Anchor::end; }),
              1)
        << tick;
}

}  // namespace
}  // namespace breakwater::reports

#include "proxy/reports/chart.h"

#include <algorithm>
#include <cmath>

#include "proxy/reports/words.h"

namespace breakwater::reports {
namespace {

using Anchor = Drawing::Label::Anchor;

constexpr double kLegendHeight = 22;
constexpr double kSwatch = 9;
constexpr double kCharacter = 5.4;  // average advance at kTextSize: room for labels, not their exact place
constexpr int kTicks = 4;

// bars
constexpr double kNames = 150;  // of a label at the left
constexpr std::size_t kNameLength = 28;
constexpr double kBar = 14;
constexpr double kBarStep = 21;
constexpr double kCountRoom = 40;

// columns
constexpr double kAxis = 34;
constexpr double kPlotHeight = 120;
constexpr double kWidestColumn = 44;
constexpr double kLabelRoom = 46;

std::uint64_t sum(const Chart& chart, std::size_t label) {
  std::uint64_t all = 0;
  for (const auto& series : chart.series)
    all += series.values[label];
  return all;
}

/// The distance of ticks, 1, 2 or 5 times a power of ten, so that kTicks of them reach `most`.
double tick_step(std::uint64_t most) {
  const double least = std::max(1.0, static_cast<double>(most) / kTicks);
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= least) return factor * power;
  return 10 * power;
}

void draw_legend(const Chart& chart, Drawing& out) {
  double x = 0;
  for (const auto& series : chart.series) {
    out.boxes.push_back({x, 2, kSwatch, kSwatch, series.tone});
    out.labels.push_back({x + kSwatch + 5, 2 + kSwatch, Anchor::start, series.name});
    x += kSwatch + 5 + kCharacter * static_cast<double>(series.name.size()) + 20;
  }
  out.height = kLegendHeight;
}

void draw_bars(const Chart& chart, std::uint64_t most, Drawing& out) {
  const double scale = (Drawing::kWidth - kNames - kCountRoom) / static_cast<double>(most);
  const double top = out.height;
  for (std::size_t i = 0; i < chart.labels.size(); ++i) {
    double x = kNames;
    for (const auto& series : chart.series) {
      const double width = scale * static_cast<double>(series.values[i]);
      if (width > 0) out.boxes.push_back({x, out.height, width, kBar, series.tone});
      x += width;
    }
    const double base = out.height + kBar - 3.5;
    out.labels.push_back({kNames - 8, base, Anchor::end, shortened(chart.labels[i], kNameLength)});
    out.labels.push_back({x + 5, base, Anchor::start, grouped(sum(chart, i))});
    out.height += kBarStep;
  }
  out.lines.push_back({kNames, top - 3, kNames, out.height - 3});
}

void draw_columns(const Chart& chart, std::uint64_t most, Drawing& out) {
  const double step = tick_step(most);
  const auto steps = static_cast<int>(std::ceil(static_cast<double>(most) / step));
  const double ceiling = step * steps;
  const double scale = kPlotHeight / ceiling;
  const double top = out.height + Drawing::kTextSize;
  const double foot = top + kPlotHeight;
  for (int i = 0; i <= steps; ++i) {
    const double value = step * i;
    const double y = foot - value * scale;
    out.lines.push_back({kAxis, y, Drawing::kWidth, y});
    out.labels.push_back({kAxis - 6, y + 3, Anchor::end, grouped(static_cast<std::uint64_t>(value))});
  }
  const double slot = (Drawing::kWidth - kAxis) / static_cast<double>(chart.labels.size());
  const double width = std::min(kWidestColumn, slot * 0.7);
  const auto every = static_cast<std::size_t>(std::max(1.0, std::ceil(kLabelRoom / slot)));
  for (std::size_t i = 0; i < chart.labels.size(); ++i) {
    const double middle = kAxis + slot * (static_cast<double>(i) + 0.5);
    double y = foot;
    for (const auto& series : chart.series) {
      const double height = scale * static_cast<double>(series.values[i]);
      y -= height;
      if (height > 0) out.boxes.push_back({middle - width / 2, y, width, height, series.tone});
    }
    if (const auto all = sum(chart, i); all > 0 && slot >= kCharacter * 3)
      out.labels.push_back({middle, y - 3, Anchor::middle, grouped(all)});
    if (i % every == 0) out.labels.push_back({middle, foot + 13, Anchor::middle, chart.labels[i]});
  }
  out.height = foot + 18;
}

}  // namespace

Drawing draw(const Chart& chart) {
  Drawing out;
  draw_legend(chart, out);
  if (chart.labels.empty()) return out;
  std::uint64_t most = 1;
  for (std::size_t i = 0; i < chart.labels.size(); ++i)
    most = std::max(most, sum(chart, i));
  (chart.kind == Chart::Kind::bars ? draw_bars : draw_columns)(chart, most, out);
  return out;
}

}  // namespace breakwater::reports

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "proxy/reports/tone.h"

namespace breakwater::reports {

/// Counts to be drawn as stacked bars, one a label. A table beside it must hold the same numbers, for those who cannot
/// see it.
struct Chart {
  enum class Kind : std::uint8_t {
    bars,     ///< lying, the label at the left
    columns,  ///< standing, the label below
  };
  struct Series {
    std::string name;
    Tone tone = Tone::plain;
    std::vector<std::uint64_t> values;  ///< one a label
  };
  Kind kind = Kind::bars;
  std::string title;
  std::string summary;  ///< in words, in place of the picture
  std::vector<std::string> labels{};
  std::vector<Series> series{};  ///< from the foot of each bar
};

/// What is to be drawn, in units of a picture kWidth wide, from the top left. HTML and PDF draw the same.
struct Drawing {
  static constexpr double kWidth = 500;
  static constexpr double kTextSize = 9;
  struct Box {
    double x, y, width, height;
    Tone tone;
  };
  struct Line {
    double x1, y1, x2, y2;
  };
  struct Label {
    enum class Anchor : std::uint8_t { start, middle, end };
    double x, y;  ///< of the anchor, on the base line
    Anchor anchor;
    std::string text;
  };
  double height = 0;
  std::vector<Line> lines;  ///< below the boxes
  std::vector<Box> boxes;
  std::vector<Label> labels;
};

Drawing draw(const Chart& chart);

}  // namespace breakwater::reports

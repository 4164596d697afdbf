#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "proxy/reports/chart.h"
#include "proxy/reports/tone.h"
#include "rules/verdict.h"

namespace breakwater::reports {

/// A place to jump to, as "E-7KQ2M4XA": letters, digits and hyphens, once in a document. A link names one that is
/// there.
using Anchor = std::string;

struct Heading {
  int level = 2;  ///< 2 or 3; the title is the one of level 1
  std::string text;
  Anchor anchor{};
  Tone tone = Tone::plain;
  std::string badge{};  ///< a word on a ground of the tone
};

struct Paragraph {
  enum class Style : std::uint8_t { normal, lead, small } style = Style::normal;
  std::string text;
};

struct Bullets {
  std::vector<std::string> items;
};

/// Terms and what they mean, or the facts of a thing.
struct Definitions {
  std::vector<std::pair<std::string, std::string>> items;
};

/// Numbers to be seen at a glance, side by side; four at most.
struct KeyFigures {
  struct Figure {
    std::string value;
    std::string label;
    Tone tone = Tone::plain;
  };
  std::vector<Figure> figures;
};

/// A box that stands out.
struct Callout {
  Tone tone = Tone::plain;
  std::string title;
  std::string text;
};

struct Cell {
  std::string text;
  Tone tone = Tone::plain;  ///< other than plain: a badge
  Anchor link;
};

struct Table {
  struct Column {
    std::string title;
    double weight = 1;  ///< share of the width
    enum class Align : std::uint8_t { start, end } align = Align::start;
  };
  std::string caption;
  std::vector<Column> columns{};
  std::vector<std::vector<Cell>> rows{};  ///< as many cells as columns
};

struct PageBreak {};

using Block = std::variant<Heading, Paragraph, Bullets, Definitions, KeyFigures, Callout, Table, Chart, PageBreak>;

/// A report in words, the same for every medium. All text may be anybody's: a renderer shows it by visible_text().
struct Document {
  std::string title;
  std::string subtitle;
  std::string author;
  std::string marking;  ///< who may read it: on every page
  rules::SysSeconds made;
  std::vector<Block> blocks;
};

}  // namespace breakwater::reports

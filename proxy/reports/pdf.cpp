#include "proxy/reports/pdf.h"

#include <algorithm>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "proxy/reports/page_flow.h"
#include "proxy/reports/words.h"

namespace breakwater::reports {
namespace {

constexpr double kLeft = PageFlow::kLeft;
constexpr double kWidth = PageFlow::kWidth;
constexpr double kGap = 6;        // below a block
constexpr double kPadding = 3.5;  // of a table's cell
constexpr std::string_view kMissing =
    "Some characters in this report are shown as boxes: this machine has no font for them. The HTML and the CSV of the "
    "same report hold them; the Debian packages fonts-noto-core, fonts-wqy-zenhei and fonts-symbola have most.";
constexpr double kTerms = 118;  // width of the terms of definitions

constexpr TextStyle kNormal{};
constexpr TextStyle kBold{.weight = Weight::bold};
constexpr TextStyle kSmall{.size = 8, .ink = kSoftInk};

std::string utc(rules::SysSeconds time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

/// One pass over a document: the first learns how many pages there are, the second writes that on each.
class PdfWriter {
 public:
  PdfWriter(const Document& document, cairo_surface_t* surface, int pages)
      : document_(document), surface_(surface), flow_(surface, document.marking, pages) {}

  /// Returns how many pages it took.
  int write() {
    set_metadata();
    put_title();
    for (std::size_t i = 0; i < document_.blocks.size(); ++i) {
      below_ = least_height(i + 1);
      std::visit([this](const auto& one) { put(one); }, document_.blocks[i]);
    }
    return flow_.finish();
  }

  std::size_t missing() const { return canvas_.missing(); }
  cairo_status_t status() const { return flow_.canvas.status(); }

 private:
  static constexpr double kHeading = 30;  ///< at most
  static constexpr double kBegin = 32;    ///< of what may go on overleaf: two lines
  static constexpr double kTable = 80;    ///< caption, header and first row

  /// What a block needs of the page on which it begins: a heading is not left alone at its foot.
  double least_height(std::size_t at) const {
    if (at >= document_.blocks.size()) return 0;
    const auto& block = document_.blocks[at];
    if (std::holds_alternative<Heading>(block)) return kHeading + least_height(at + 1);
    if (std::holds_alternative<Table>(block)) return kTable;
    if (const auto* chart = std::get_if<Chart>(&block)) return height_of(*chart);
    return kBegin;
  }

  double height_of(const Chart& chart) const {
    constexpr double kBetween = 12;
    return canvas_.text(chart.title, kBold, kWidth).height() + draw(chart).height +
           canvas_.text(chart.summary, kSmall, kWidth).height() + kBetween;
  }

  void set_metadata() const {
    const auto set = [this](cairo_pdf_metadata_t what, const std::string& text) {
      cairo_pdf_surface_set_metadata(surface_, what, visible_text(text).c_str());
    };
    set(CAIRO_PDF_METADATA_TITLE, fmt::format("{}, {}", document_.title, document_.subtitle));
    set(CAIRO_PDF_METADATA_AUTHOR, document_.author);
    set(CAIRO_PDF_METADATA_SUBJECT, document_.marking);
    set(CAIRO_PDF_METADATA_CREATOR, "Breakwater");
    set(CAIRO_PDF_METADATA_CREATE_DATE, utc(document_.made));
  }

  void put_title() {
    canvas_.fill(0, 0, PageFlow::kPageWidth, 7, colours(Tone::notice).ink);
    flow_.put_text("H1", document_.title, {.size = 22, .weight = Weight::bold});
    flow_.put_text("P", document_.subtitle, {.size = 12, .ink = kSoftInk});
    flow_.put_text("P", document_.author, {.size = 9.5, .ink = kSoftInk});
    y_ += 12;
  }

  void put(const Heading& heading) {
    const bool second = heading.level == 2;
    if (!flow_.at_top()) y_ += second ? 10 : 8;
    flow_.need(kHeading + below_);
    if (second && !flow_.at_top()) {
      canvas_.line(kLeft, y_, kLeft + kWidth, y_, kLine, 1.2);
      y_ += 5;
    }
    cairo_pdf_surface_add_outline(surface_, second ? CAIRO_PDF_OUTLINE_ROOT : section_,
                                  visible_text(heading.text).c_str(),
                                  fmt::format("page={} pos=[{:.0f} {:.0f}]", flow_.page(), kLeft, y_ - 6).c_str(),
                                  static_cast<cairo_pdf_outline_flags_t>(0));
    if (second)
      section_ = ++outlines_;
    else
      ++outlines_;
    const TextStyle style{.size = second ? 14.0 : 11.0, .weight = Weight::bold};
    const auto text = canvas_.text(heading.text, style, kWidth - 110);
    const Tagged scope(canvas_, second ? "H2" : "H3");
    const auto show = [&] { canvas_.show(text, kLeft, y_); };
    if (heading.anchor.empty()) {
      show();
    } else {
      const Tagged destination(canvas_, CAIRO_TAG_DEST, fmt::format("name='{}'", heading.anchor));
      show();
    }
    if (!heading.badge.empty()) flow_.put_badge(heading.badge, heading.tone, kLeft + text.width() + 8, y_ + 1, 100);
    y_ += text.height() + 3;
  }

  void put(const Paragraph& paragraph) {
    constexpr std::array<TextStyle, 3> kStyles{kNormal, TextStyle{.size = 11.5}, kSmall};
    flow_.put_text("P", paragraph.text, kStyles[static_cast<std::size_t>(paragraph.style)]);
    y_ += kGap;
  }

  void put(const Bullets& bullets) {
    constexpr double kIndent = 12;
    const Tagged list(canvas_, "L");
    for (const auto& item : bullets.items) {
      const auto text = canvas_.text(item, kNormal, kWidth - kIndent);
      flow_.need(text.height());
      const Tagged entry(canvas_, "LI");
      {
        const Tagged label(canvas_, "Lbl");
        canvas_.show(canvas_.text("\u2022", kNormal, kIndent), kLeft + 2, y_);
      }
      const Tagged body(canvas_, "LBody");
      canvas_.show(text, kLeft + kIndent, y_);
      y_ += text.height() + 2;
    }
    y_ += kGap;
  }

  void put(const Definitions& definitions) {
    const Tagged list(canvas_, "L");
    for (const auto& [term, meaning] : definitions.items) {
      const auto label = canvas_.text(term, kBold, kTerms - 8);
      const auto text = canvas_.text(meaning, kNormal, kWidth - kTerms);
      const double height = std::max(label.height(), text.height());
      flow_.need(height);
      const Tagged entry(canvas_, "LI");
      {
        const Tagged scope(canvas_, "Lbl");
        canvas_.show(label, kLeft, y_);
      }
      const Tagged scope(canvas_, "LBody");
      canvas_.show(text, kLeft + kTerms, y_);
      y_ += height + 2.5;
    }
    y_ += kGap;
  }

  void put(const KeyFigures& figures) {
    constexpr double kBetween = 10;
    constexpr double kHeight = 54;
    if (figures.figures.empty()) return;
    const auto count = static_cast<double>(figures.figures.size());
    const double width = (kWidth - kBetween * (count - 1)) / count;
    flow_.need(kHeight);
    double x = kLeft;
    for (const auto& [value, label, tone] : figures.figures) {
      canvas_.fill(x, y_, width, kHeight, colours(tone).ground);
      const Tagged scope(canvas_, "P");
      canvas_.show(canvas_.text(value, {.size = 17, .weight = Weight::bold, .ink = colours(tone).ink}, width - 16),
                   x + 8, y_ + 4);
      canvas_.show(canvas_.text(label, {.size = 8.5, .ink = colours(tone).ink}, width - 16), x + 8, y_ + 27);
      x += width + kBetween;
    }
    y_ += kHeight + kGap + 2;
  }

  void put(const Callout& callout) {
    constexpr double kSide = 11;
    const auto& colour = colours(callout.tone);
    const auto title =
        canvas_.text(callout.title, {.size = 10.5, .weight = Weight::bold, .ink = colour.ink}, kWidth - 2 * kSide);
    const auto text = canvas_.text(callout.text, kNormal, kWidth - 2 * kSide);
    const double height = title.height() + text.height() + 13;
    flow_.need(height);
    canvas_.fill(kLeft, y_, kWidth, height, colour.ground);
    canvas_.fill(kLeft, y_, 3.5, height, colour.ink);
    {
      const Tagged scope(canvas_, "P");
      canvas_.show(title, kLeft + kSide, y_ + 5);
      canvas_.show(text, kLeft + kSide, y_ + 7 + title.height());
    }
    y_ += height + kGap + 2;
  }

  void put(const Chart& chart) {
    const auto drawing = draw(chart);
    const auto title = canvas_.text(chart.title, kBold, kWidth);
    const auto summary = canvas_.text(chart.summary, kSmall, kWidth);
    flow_.need(height_of(chart));
    {
      const Tagged scope(canvas_, "P");
      canvas_.show(title, kLeft, y_);
    }
    y_ += title.height() + 4;
    {
      const Tagged scope(canvas_, "Figure");
      canvas_.show(drawing, kLeft, y_);
    }
    y_ += drawing.height + 2;
    const Tagged scope(canvas_, "Caption");
    canvas_.show(summary, kLeft, y_);
    y_ += summary.height() + kGap + 4;
  }

  std::vector<double> widths(const Table& table) const {
    double all = 0;
    for (const auto& column : table.columns)
      all += column.weight;
    std::vector<double> out;
    for (const auto& column : table.columns)
      out.push_back(kWidth * column.weight / all);
    return out;
  }

  void put(const Table& table) {
    const auto width = widths(table);
    flow_.need(kTable);
    flow_.put_text("P", table.caption, kSmall);
    y_ += 2;
    const Tagged scope(canvas_, "Table");
    put_header(table, width);
    for (const auto& row : table.rows)
      put_row(table, width, row);
    y_ += kGap + 2;
  }

  void put_header(const Table& table, const std::vector<double>& width) {
    const Tagged scope(canvas_, "TR");
    double height = 0;
    double x = kLeft;
    for (std::size_t i = 0; i < width.size(); ++i) {
      const auto text = canvas_.text(table.columns[i].title, style_of(table, i, {.size = 8.5, .weight = Weight::bold}),
                                     width[i] - 2 * kPadding);
      const Tagged cell(canvas_, "TH");
      canvas_.show(text, x + kPadding, y_ + kPadding);
      height = std::max(height, text.height());
      x += width[i];
    }
    y_ += height + 2 * kPadding;
    canvas_.line(kLeft, y_, kLeft + kWidth, y_, colours(Tone::plain).fill, 1);
  }

  static TextStyle style_of(const Table& table, std::size_t column, TextStyle style) {
    if (table.columns[column].align == Table::Column::Align::end) style.align = TextAlign::end;
    return style;
  }

  void put_row(const Table& table, const std::vector<double>& width, const std::vector<Cell>& row) {
    std::vector<Canvas::Text> texts;
    double height = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      auto style = style_of(table, i, {.size = 8.5});
      if (!row[i].link.empty()) style.ink = colours(Tone::notice).ink;
      texts.push_back(canvas_.text(row[i].text, style, width[i] - 2 * kPadding));
      height = std::max(height, texts.back().height());
    }
    if (flow_.need(height + 2 * kPadding)) put_header(table, width);
    const Tagged scope(canvas_, "TR");
    double x = kLeft;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const Tagged cell(canvas_, "TD");
      put_cell(row[i], texts[i], x + kPadding, width[i] - 2 * kPadding);
      x += width[i];
    }
    y_ += height + 2 * kPadding;
    canvas_.line(kLeft, y_, kLeft + kWidth, y_, kLine, 0.5);
  }

  void put_cell(const Cell& cell, const Canvas::Text& text, double x, double width) const {
    if (cell.tone != Tone::plain) {
      flow_.put_badge(cell.text, cell.tone, x, y_ + kPadding - 0.5, width);
    } else if (!cell.link.empty()) {
      const Tagged link(canvas_, CAIRO_TAG_LINK, fmt::format("dest='{}'", cell.link));
      canvas_.show(text, x, y_ + kPadding);
    } else {
      canvas_.show(text, x, y_ + kPadding);
    }
  }

  void put(const PageBreak& /*unused*/) {
    if (!flow_.at_top()) flow_.next_page();
  }

  const Document& document_;
  cairo_surface_t* surface_;
  PageFlow flow_;
  const Canvas& canvas_ = flow_.canvas;
  double& y_ = flow_.y;
  double below_ = 0;  ///< what has to follow a heading on its page
  int outlines_ = 0;
  int section_ = CAIRO_PDF_OUTLINE_ROOT;
};

cairo_status_t append(void* to, const unsigned char* data, unsigned length) {
  static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

struct DestroySurface {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};

struct Pages {
  std::string pdf;
  int count = 0;
  std::size_t missing = 0;  ///< characters that no font has
};

/// `pages`: how many there will be, for their numbers; 0: that is to be found out.
Result<Pages, PdfError> write_pages(const Document& document, int pages) {
  Pages out;
  const std::unique_ptr<cairo_surface_t, DestroySurface> surface(
      cairo_pdf_surface_create_for_stream(append, &out.pdf, PageFlow::kPageWidth, PageFlow::kPageHeight));
  PdfWriter writer(document, surface.get(), pages);
  out.count = writer.write();
  out.missing = writer.missing();
  cairo_surface_finish(surface.get());
  for (const auto status : {writer.status(), cairo_surface_status(surface.get())})
    if (status != CAIRO_STATUS_SUCCESS) return PdfError{status, cairo_status_to_string(status)};
  return out;
}

}  // namespace

Result<std::string, PdfError> to_pdf(const Document& document) {
  auto written = write_pages(document, 0);
  if (!written) return written.error();
  if (written->missing > 0) {
    auto told = document;
    told.blocks.emplace_back(Paragraph{Paragraph::Style::small, std::string(kMissing)});
    written = write_pages(told, 0);
    if (written) written = write_pages(told, written->count);
  } else {
    written = write_pages(document, written->count);
  }
  if (!written) return written.error();
  std::vector<std::string> figures;
  for (const auto& block : document.blocks)
    if (const auto* chart = std::get_if<Chart>(&block)) figures.push_back(visible_text(chart->summary));
  return finish_pdf(written->pdf, figures);
}

}  // namespace breakwater::reports

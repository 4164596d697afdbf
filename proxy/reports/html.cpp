#include "proxy/reports/html.h"

#include <fmt/format.h>

#include "proxy/reports/words.h"
#include "proxy/wire/html.h"

namespace breakwater::reports {
namespace {

constexpr std::string_view kStyle = R"(
*{box-sizing:border-box}
body{margin:0;background:#eef1f5;color:#1a2230;font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2.5rem 3rem 3rem;background:#fff;overflow-wrap:anywhere}
h1{margin:0;font-size:2rem;line-height:1.2}
h2{margin:2.2rem 0 .6rem;padding-top:.9rem;border-top:2px solid #cfd6df;font-size:1.35rem;line-height:1.3}
h3{margin:1.8rem 0 .4rem;font-size:1.08rem}
header p{margin:.3rem 0 0;color:#4d5868}
p{margin:.6rem 0}
.lead{font-size:1.15rem}
.small,figcaption,caption{color:#4d5868;font-size:.9rem}
.badge{display:inline-block;padding:0 .5em;border-radius:.3em;font-weight:600;white-space:nowrap}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.8rem;margin:1.2rem 0;padding:0;list-style:none}
.figures li{padding:.7rem .9rem;border-radius:.5rem}
.figures strong{display:block;font-size:1.7rem;line-height:1.2}
.callout{margin:1rem 0;padding:.8rem 1rem;border-left:5px solid currentColor;border-radius:.3rem}
.callout p{margin:.2rem 0 0;color:#1a2230}
dl{display:grid;grid-template-columns:minmax(8rem,12rem) minmax(0,1fr);gap:.35rem 1.2rem;margin:.8rem 0}
dt{font-weight:600}
dd{margin:0}
.scroll{overflow-x:auto}
table{width:100%;margin:.8rem 0;border-collapse:collapse;font-size:.93rem}
caption{padding-bottom:.3rem;text-align:left}
th,td{padding:.35rem .6rem;border-bottom:1px solid #cfd6df;text-align:left;vertical-align:top}
th{border-bottom:2px solid #5b6675}
th,td:first-child{overflow-wrap:normal}
td:not(.end){min-width:6em}
.end{text-align:right;font-variant-numeric:tabular-nums}
figure{margin:1.2rem 0;break-inside:avoid}
svg{width:100%;max-width:46rem;height:auto;font-family:inherit}
a{color:#1f4e8c}
footer{margin-top:2.5rem;padding-top:.8rem;border-top:1px solid #cfd6df;color:#4d5868;font-size:.85rem}
@media(max-width:40rem){main{padding:1.2rem}dl{display:block}dd{margin:0 0 .5rem}}
@media print{@page{size:A4;margin:16mm}body,main{background:#fff;padding:0;max-width:none;font-size:10.5pt}
h2,h3{break-after:avoid}tr,.callout,.figures{break-inside:avoid}thead{display:table-header-group}.new-page{break-before:page}
.badge,.figures li,.callout,svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
)";

class HtmlWriter {
 public:
  explicit HtmlWriter(const Document& document) {
    raw("<!doctype html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><meta "
        "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>");
    text(document.title).raw(", ").text(document.subtitle).raw("</title><style>").raw(kStyle);
    for (const auto tone : {Tone::plain, Tone::notice, Tone::warning, Tone::danger, Tone::good}) {
      const auto& colour = colours(tone);
      out_ += fmt::format(".{}{{color:{};background:{}}}\n", colour.name, colour.ink, colour.ground);
    }
    raw("</style></head>\n<body><main><header><h1>").text(document.title).raw("</h1><p>").text(document.subtitle);
    raw("</p><p>").text(document.author).raw("</p></header>\n");
    for (const auto& block : document.blocks) {
      std::visit([this](const auto& one) { add(one); }, block);
      raw("\n");
    }
    raw("<footer>").text(document.marking).raw("</footer></main></body></html>\n");
  }

  std::string finish() { return std::move(out_); }

 private:
  HtmlWriter& raw(std::string_view markup) {
    out_ += markup;
    return *this;
  }

  HtmlWriter& text(std::string_view text) {
    wire::append_html(out_, visible_text(text, kMaxText));
    return *this;
  }

  void badge(Tone tone, std::string_view words) {
    raw("<span class=\"badge ").raw(colours(tone).name).raw("\">").text(words).raw("</span>");
  }

  void add(const Heading& heading) {
    out_ += fmt::format("<h{}", heading.level);
    if (!heading.anchor.empty()) raw(" id=\"").text(heading.anchor).raw("\"");
    if (std::exchange(new_page_, false)) raw(" class=\"new-page\"");
    raw(">").text(heading.text);
    if (!heading.badge.empty()) raw(" "), badge(heading.tone, heading.badge);
    out_ += fmt::format("</h{}>", heading.level);
  }

  void add(const Paragraph& paragraph) {
    constexpr std::array<std::string_view, 3> kOpen{"<p>", "<p class=\"lead\">", "<p class=\"small\">"};
    raw(kOpen[static_cast<std::size_t>(paragraph.style)]).text(paragraph.text).raw("</p>");
  }

  void add(const Bullets& bullets) {
    raw("<ul>");
    for (const auto& item : bullets.items)
      raw("<li>").text(item).raw("</li>");
    raw("</ul>");
  }

  // <bdi> keeps a name's writing direction to itself.
  void add(const Definitions& definitions) {
    raw("<dl>");
    for (const auto& [term, meaning] : definitions.items)
      raw("<dt>").text(term).raw("</dt><dd><bdi>").text(meaning).raw("</bdi></dd>");
    raw("</dl>");
  }

  void add(const KeyFigures& figures) {
    raw("<ul class=\"figures\">");
    for (const auto& figure : figures.figures) {
      raw("<li class=\"").raw(colours(figure.tone).name).raw("\"><strong>").text(figure.value).raw("</strong>");
      text(figure.label).raw("</li>");
    }
    raw("</ul>");
  }

  void add(const Callout& callout) {
    raw("<div class=\"callout ").raw(colours(callout.tone).name).raw("\"><strong>").text(callout.title);
    raw("</strong><p>").text(callout.text).raw("</p></div>");
  }

  void add(const Table& table) {
    raw("<div class=\"scroll\"><table><caption>").text(table.caption).raw("</caption><thead><tr>");
    for (const auto& column : table.columns)
      raw("<th scope=\"col\"").raw(align(column)).raw(">").text(column.title).raw("</th>");
    raw("</tr></thead><tbody>\n");
    for (const auto& row : table.rows) {
      raw("<tr>");
      for (std::size_t i = 0; i < row.size(); ++i) {
        raw("<td").raw(align(table.columns[i])).raw(">");
        add(row[i]);
        raw("</td>");
      }
      raw("</tr>\n");
    }
    raw("</tbody></table></div>");
  }

  static std::string_view align(const Table::Column& column) {
    return column.align == Table::Column::Align::end ? " class=\"end\"" : "";
  }

  void add(const Cell& cell) {
    if (!cell.link.empty()) raw("<a href=\"#").text(cell.link).raw("\">");
    if (cell.tone == Tone::plain)
      raw("<bdi>").text(cell.text).raw("</bdi>");
    else
      badge(cell.tone, cell.text);
    if (!cell.link.empty()) raw("</a>");
  }

  void add(const Chart& chart) {
    const auto drawing = draw(chart);
    raw("<figure><figcaption><strong>").text(chart.title).raw("</strong></figcaption>");
    out_ += fmt::format("<svg viewBox=\"0 0 {} {:.1f}\" role=\"img\" aria-label=\"", Drawing::kWidth, drawing.height);
    text(chart.summary);
    out_ += fmt::format("\" font-size=\"{}\" fill=\"{}\">", Drawing::kTextSize, colours(Tone::plain).ink);
    for (const auto& line : drawing.lines)
      out_ += fmt::format(R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}"/>)", line.x1, line.y1,
                          line.x2, line.y2, kLine);
    for (const auto& box : drawing.boxes)
      out_ += fmt::format(R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"/>)", box.x, box.y,
                          box.width, box.height, colours(box.tone).fill);
    constexpr std::array<std::string_view, 3> kAnchors{"start", "middle", "end"};
    for (const auto& label : drawing.labels) {
      out_ += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}">)", label.x, label.y,
                          kAnchors[static_cast<std::size_t>(label.anchor)]);
      text(label.text).raw("</text>");
    }
    raw("</svg></figure>");
  }

  void add(const PageBreak& /*unused*/) { new_page_ = true; }

  std::string out_;
  bool new_page_ = false;  // before the next heading
};

}  // namespace

std::string to_html(const Document& document) {
  return HtmlWriter(document).finish();
}

}  // namespace breakwater::reports

#include "proxy/reports/canvas.h"

#include <algorithm>
#include <charconv>

#include <pango/pangocairo.h>

#include "proxy/reports/words.h"

namespace breakwater::reports {
namespace {

// Noto has nearly every script (fonts-noto-core), DejaVu is what is always there. What those lack pango takes from any
// other font: Chinese, Japanese and Korean from Zen Hei (fonts-wqy-zenhei, 16 MB where Noto's take 91), emoji from
// Symbola (fonts-symbola).
constexpr const char* kFonts = "Noto Sans, DejaVu Sans, sans-serif";

/// One channel of "#rrggbb", 0 to 1.
double channel(std::string_view colour, std::size_t index) {
  unsigned value = 0;
  const auto digits = colour.substr(1 + 2 * index, 2);
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value / 255.0;
}

}  // namespace

double Canvas::Text::width() const {
  int width = 0;
  pango_layout_get_size(layout_.get(), &width, nullptr);
  return static_cast<double>(width) / PANGO_SCALE;
}

double Canvas::Text::height() const {
  int height = 0;
  pango_layout_get_size(layout_.get(), nullptr, &height);
  return static_cast<double>(height) / PANGO_SCALE;
}

void Canvas::Text::Unref::operator()(PangoLayout* layout) const {
  g_object_unref(layout);
}

Canvas::Canvas(cairo_surface_t* surface) : cairo_(cairo_create(surface)) {}

Canvas::Text Canvas::text(std::string_view words, const TextStyle& style, double width) const {
  Text out;
  out.ink_ = style.ink;
  out.layout_.reset(pango_cairo_create_layout(cairo_.get()));
  auto* layout = out.layout_.get();
  // Else pango measures for a screen of 96 dots an inch, and rounds each glyph to its pixels.
  pango_cairo_context_set_resolution(pango_layout_get_context(layout), 72);
  pango_context_set_round_glyph_positions(pango_layout_get_context(layout), FALSE);
  auto* font = pango_font_description_from_string(kFonts);
  pango_font_description_set_absolute_size(font, style.size * PANGO_SCALE);
  pango_font_description_set_weight(font, style.weight == Weight::bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description(layout, font);
  pango_font_description_free(font);
  pango_layout_set_width(layout, static_cast<int>(width * PANGO_SCALE));
  pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_line_spacing(layout, 1.15F);
  pango_layout_set_auto_dir(layout, FALSE);  // a name written from the right stays in its column
  pango_layout_set_alignment(layout, style.align == TextAlign::end ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
  auto* attributes = pango_attr_list_new();
  pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));  // no character that is not in the address
  pango_layout_set_attributes(layout, attributes);
  pango_attr_list_unref(attributes);
  const auto shown = visible_text(words);
  pango_layout_set_text(layout, shown.data(), static_cast<int>(shown.size()));
  missing_ += static_cast<std::size_t>(std::max(pango_layout_get_unknown_glyphs_count(layout), 0));
  return out;
}

void Canvas::set_colour(std::string_view colour) const {
  cairo_set_source_rgb(cairo_.get(), channel(colour, 0), channel(colour, 1), channel(colour, 2));
}

void Canvas::show(const Text& text, double x, double y) const {
  set_colour(text.ink_);
  cairo_move_to(cairo_.get(), x, y);
  pango_cairo_show_layout(cairo_.get(), text.layout_.get());
}

void Canvas::fill(double x, double y, double width, double height, std::string_view colour) const {
  set_colour(colour);
  cairo_rectangle(cairo_.get(), x, y, width, height);
  cairo_fill(cairo_.get());
}

void Canvas::line(double x1, double y1, double x2, double y2, std::string_view colour, double thickness) const {
  set_colour(colour);
  cairo_set_line_width(cairo_.get(), thickness);
  cairo_move_to(cairo_.get(), x1, y1);
  cairo_line_to(cairo_.get(), x2, y2);
  cairo_stroke(cairo_.get());
}

void Canvas::show(const Drawing& drawing, double x, double y) const {
  for (const auto& line : drawing.lines)
    this->line(x + line.x1, y + line.y1, x + line.x2, y + line.y2, kLine, 0.6);
  for (const auto& box : drawing.boxes)
    fill(x + box.x, y + box.y, box.width, box.height, colours(box.tone).fill);
  for (const auto& label : drawing.labels) {
    const auto words = text(label.text, {.size = Drawing::kTextSize * 0.9}, Drawing::kWidth);
    const double back = label.anchor == Drawing::Label::Anchor::start    ? 0
                        : label.anchor == Drawing::Label::Anchor::middle ? words.width() / 2
                                                                         : words.width();
    show(words, x + label.x - back, y + label.y - Drawing::kTextSize * 0.97);
  }
}

void Canvas::open_tag(const char* name, const std::string& attributes) const {
  cairo_tag_begin(cairo_.get(), name, attributes.empty() ? nullptr : attributes.c_str());
}

void Canvas::close_tag(const char* name) const {
  cairo_tag_end(cairo_.get(), name);
}

}  // namespace breakwater::reports

#include "proxy/reports/page_flow.h"

#include <fmt/format.h>

namespace breakwater::reports {

void PageFlow::end_page() {
  constexpr double kNumber = 85;
  TextStyle style{.size = 8, .ink = kSoftInk};
  canvas.line(kLeft, kBottom + 14, kLeft + kWidth, kBottom + 14, kLine, 0.6);
  canvas.show(canvas.text(marking_, style, kWidth - kNumber - 5), kLeft, kBottom + 19);
  style.align = TextAlign::end;
  canvas.show(canvas.text(fmt::format("Page {} of {}", page_, pages_), style, kNumber), kLeft + kWidth - kNumber,
              kBottom + 19);
  canvas.show_page();
}

void PageFlow::next_page() {
  end_page();
  ++page_;
  y = kTop;
}

int PageFlow::finish() {
  end_page();
  return page_;
}

bool PageFlow::need(double height) {
  if (y + height <= kBottom || at_top()) return false;
  next_page();
  return true;
}

void PageFlow::put_text(const char* tag, std::string_view words, const TextStyle& style) {
  const auto text = canvas.text(words, style, kWidth);
  need(text.height());
  const Tagged scope(canvas, tag);
  canvas.show(text, kLeft, y);
  y += text.height();
}

void PageFlow::put_badge(std::string_view words, Tone tone, double x, double top, double width) const {
  constexpr double kSide = 4;
  const auto& colour = colours(tone);
  const auto text = canvas.text(words, {.size = 8.5, .weight = Weight::bold, .ink = colour.ink}, width - 2 * kSide);
  canvas.fill(x, top, text.width() + 2 * kSide, text.height() + 1, colour.ground);
  canvas.show(text, x + kSide, top + 0.5);
}

}  // namespace breakwater::reports

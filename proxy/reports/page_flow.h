#pragma once

#include <string>

#include <cairo-pdf.h>

#include "proxy/reports/canvas.h"

namespace breakwater::reports {

/// A4 pages filled from top to foot. Each ends with the marking and its number, which belong to no structure, so that a
/// screen reader does not tell them on every page.
class PageFlow {
 public:
  // In points.
  static constexpr double kPageWidth = 595.276;
  static constexpr double kPageHeight = 841.89;
  static constexpr double kWidth = Drawing::kWidth;
  static constexpr double kLeft = (kPageWidth - kWidth) / 2;
  static constexpr double kTop = 52;
  static constexpr double kBottom = kPageHeight - 58;

  /// `pages`: how many there will be.
  PageFlow(cairo_surface_t* surface, std::string marking, int pages)
      : canvas(surface), marking_(std::move(marking)), pages_(pages) {}

  /// Room for `height`, on this page or the next. True where a page was begun.
  bool need(double height);
  void next_page();
  /// Returns how many pages there are.
  int finish();

  int page() const { return page_; }
  bool at_top() const { return y <= kTop; }

  /// A paragraph of text with its tag.
  void put_text(const char* tag, std::string_view words, const TextStyle& style);
  /// A word on the ground of its tone, at `top`.
  void put_badge(std::string_view words, Tone tone, double x, double top, double width) const;

  Canvas canvas;
  double y = kTop;  ///< where the next block begins

 private:
  void end_page();

  std::string marking_;
  int pages_;
  int page_ = 1;
};

}  // namespace breakwater::reports

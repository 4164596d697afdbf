#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <cairo.h>
#include <pango/pango.h>

#include "proxy/reports/chart.h"
#include "proxy/reports/tone.h"

namespace breakwater::reports {

enum class Weight : std::uint8_t { normal, bold };
enum class TextAlign : std::uint8_t { start, end };

/// How a piece of text looks.
struct TextStyle {
  double size = 9.5;  ///< points
  Weight weight = Weight::normal;
  std::string_view ink = colours(Tone::plain).ink;
  TextAlign align = TextAlign::start;
};

/// What is drawn on, in points from the top left: cairo and pango behind RAII.
class Canvas {
 public:
  /// A text laid out, ready to be measured and shown.
  class Text {
   public:
    double width() const;
    double height() const;

   private:
    friend class Canvas;
    struct Unref {
      void operator()(PangoLayout* layout) const;
    };
    std::unique_ptr<PangoLayout, Unref> layout_;
    std::string_view ink_;
  };

  /// `surface` outlives the canvas.
  explicit Canvas(cairo_surface_t* surface);

  /// `width` wraps the text, between words where that is possible. Shown by visible_text().
  Text text(std::string_view words, const TextStyle& style, double width) const;
  void show(const Text& text, double x, double y) const;
  void fill(double x, double y, double width, double height, std::string_view colour) const;
  void line(double x1, double y1, double x2, double y2, std::string_view colour, double thickness) const;
  void show(const Drawing& drawing, double x, double y) const;

  /// Structure of a tagged PDF: "P", "H2", "Table"; CAIRO_TAG_LINK and CAIRO_TAG_DEST with their attributes.
  void open_tag(const char* name, const std::string& attributes = {}) const;
  void close_tag(const char* name) const;

  /// How many characters of all texts so far no font of this machine has: they are shown as boxes.
  std::size_t missing() const { return missing_; }

  void show_page() const { cairo_show_page(cairo_.get()); }
  cairo_status_t status() const { return cairo_status(cairo_.get()); }

 private:
  struct Destroy {
    void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
  };
  void set_colour(std::string_view colour) const;

  std::unique_ptr<cairo_t, Destroy> cairo_;
  mutable std::size_t missing_ = 0;
};

/// A tag for a scope.
class Tagged {
 public:
  Tagged(const Canvas& canvas, const char* name, const std::string& attributes = {}) : canvas_(canvas), name_(name) {
    canvas_.open_tag(name, attributes);
  }
  ~Tagged() { canvas_.close_tag(name_); }
  Tagged(const Tagged&) = delete;
  Tagged& operator=(const Tagged&) = delete;

 private:
  const Canvas& canvas_;
  const char* name_;
};

}  // namespace breakwater::reports

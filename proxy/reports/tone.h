#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace breakwater::reports {

/// What a colour stands for. Words always say the same: nothing is told by colour alone.
enum class Tone : std::uint8_t { plain, notice, warning, danger, good };

struct Colours {
  std::string_view name;    ///< class in HTML
  std::string_view ink;     ///< text on `ground` and on white: contrast of 4.5:1 or more (WCAG 2.1, 1.4.3)
  std::string_view ground;  ///< of a badge or box
  std::string_view fill;    ///< of a bar: 3:1 or more against white (1.4.11), and apart in grey
};

/// By Tone; "#rrggbb" each.
inline constexpr std::array<Colours, 5> kColours{{
    {"plain", "#1a2230", "#eef1f5", "#5b6675"},
    {"notice", "#1f4e8c", "#e6eefa", "#6d93c7"},
    {"warning", "#7a4b00", "#fdf0d5", "#c27803"},
    {"danger", "#96180f", "#fdeaea", "#96180f"},
    {"good", "#17603a", "#e3f3e9", "#17603a"},
}};
constexpr const Colours& colours(Tone tone) {
  return kColours[static_cast<std::size_t>(tone)];
}

inline constexpr std::string_view kSoftInk = "#4d5868";  ///< lesser text, 7:1 on white
inline constexpr std::string_view kLine = "#cfd6df";

}  // namespace breakwater::reports

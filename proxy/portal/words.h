#pragma once

#include <string_view>

#include "proxy/pages/block_page.h"

namespace breakwater::portal {

/// What the gateway's own pages say, in one language.
struct Words {
  std::string_view other_language;  ///< its name, in itself
  std::string_view other_code;
  // The window.
  std::string_view window;
  std::string_view group;
  std::string_view period;
  std::string_view next_bell;
  std::string_view accept_first;
  std::string_view stopped;
  std::string_view nothing_stopped;
  std::string_view stopped_note;
  std::string_view times;
  std::string_view left;
  std::string_view open_now;
  std::string_view open_default;
  std::string_view closed_default;
  std::string_view open_list;
  std::string_view closed_list;
  std::string_view never_list;
  std::string_view help;
  std::string_view help_text;
  // Its forms.
  std::string_view ask_review;
  std::string_view why;
  std::string_view accident;
  std::string_view accident_note;
  std::string_view review_kept;
  std::string_view accident_kept;
  std::string_view too_many;
  std::string_view not_kept;
  std::string_view gone;
  std::string_view bad_form;
  // The acceptable-use text.
  std::string_view rules;
  std::string_view rules_intro;
  std::string_view version;
  std::string_view agree;
  std::string_view accept;
  std::string_view tick;
  std::string_view new_version;
  std::string_view accepted;
  std::string_view accept_failed;
  std::string_view go_on;
  std::string_view to_window;
  std::string_view nothing_to_accept;
  std::string_view no_page;
};

const Words& words(pages::Language language);

}  // namespace breakwater::portal

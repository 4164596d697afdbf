#include "proxy/alerts/store_notice.h"

#include <chrono>

#include "rules/civil_time.h"

namespace breakwater::alerts {

Notice store_notice(const StoreTrouble& trouble, const Scene& scene) {
  const bool fails = trouble.what == StoreTrouble::What::fails;
  Notice notice;
  notice.subject = fails ? "ATTEMPTS CANNOT BE RECORDED" : "The disk of the web filter is almost full";
  auto& text = notice.text;
  text.append("This is about the web filter of ").append(scene.centre.empty() ? "the centre" : scene.centre);
  text.append(". Nobody has opened anything.\n\n");
  if (fails) {
    text.append("Since ");
    text.append(rules::format_short(std::chrono::floor<std::chrono::seconds>(trouble.since), {}, *scene.zone));
    text.append(
        " it cannot write down attempts to open sites that are of concern. They stay blocked. Those that have been "
        "made "
        "since wait in its memory (");
    text.append(std::to_string(trouble.waiting));
    text.append(
        " now), and are recorded and told as soon as it can write again; should it end before that, they are lost.\n");
  } else {
    text.append(
        "When there is no room left, attempts to open sites that are of concern stay blocked, but cannot be "
        "written down.\n");
  }
  text.append("\nLeft on its disk: ").append(std::to_string(trouble.left)).append(" MiB.\n");
  text.append("\nWhat to do: ask IT to look at it now: on the gateway,\n  breakwater doctor\nsays what is wrong. ");
  text.append("While it lasts, this message comes once a day.\n");
  add_footer(text, scene);
  return notice;
}

}  // namespace breakwater::alerts

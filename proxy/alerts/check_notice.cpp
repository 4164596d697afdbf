#include "proxy/alerts/check_notice.h"

#include <algorithm>

namespace breakwater::alerts {

Notice check_notice(const FailedCheck& check, const Scene& scene) {
  Notice notice;
  notice.subject = check.missed.empty() ? "The filter could not be tested" : "THE FILTER HAS FAILED A TEST";
  notice.subject.append(" (").append(check.reference).append(")");
  auto& text = notice.text;
  text.append("The filter of ").append(scene.centre.empty() ? "the centre" : scene.centre);
  text.append(" tests itself: it asks for harmless stand-ins of what it has to block, as each group of people would. ");
  text.append("Nobody has opened anything.\n\nResult: ").append(check.summary).append("\n");
  const auto told = std::min(check.missed.size(), kMostTold);
  if (told > 0) text.append("\nNot as it should be:\n");
  for (std::size_t i = 0; i < told; ++i)
    text.append("- ").append(check.missed[i]).append("\n");
  if (told < check.missed.size())
    text.append("- and ").append(std::to_string(check.missed.size() - told)).append(" more\n");
  text.append("\nWhat to do: ask IT to run, on the gateway,\n  breakwater selftest\n");
  text.append("which says for each line what to change. Then write down what was done:\n  breakwater selftest note ");
  text.append("--run ").append(check.reference).append(" --by YOUR-NAME --action \"...\"\n");
  add_footer(text, scene);
  return notice;
}

}  // namespace breakwater::alerts

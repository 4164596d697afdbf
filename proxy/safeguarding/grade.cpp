#include "proxy/safeguarding/grade.h"

#include <fmt/format.h>

namespace breakwater::safeguarding {
namespace {

std::string known(const Episode& episode, std::uint64_t plain) {
  std::string categories;
  for (const auto& category : episode.categories)
    categories.append(categories.empty() ? "" : ", ").append(category);
  auto text = fmt::format("{} {} for {} {} in the lists for {}.", episode.attempts,
                          episode.attempts == 1 ? "request" : "requests", episode.distinct_hosts,
                          episode.distinct_hosts == 1 ? "site" : "sites", categories);
  if (episode.allowed == 0)
    text += " All were stopped: nothing of these sites was shown.";
  else if (episode.allowed == episode.attempts)
    text += " None was stopped: the policy allows these sites and has them watched.";
  else
    text += fmt::format(" {} were allowed and only watched, the others were stopped.", episode.allowed);
  if (plain == episode.attempts)
    text += " The full addresses are known, because nothing was encrypted.";
  else if (plain > 0)
    text += fmt::format(" Of {} the full address is known, because they were not encrypted.", plain);
  return text;
}

std::string identity(const Episode& episode) {
  switch (episode.confidence) {
    case rules::Confidence::account:
      return "Sure as to the account: somebody had signed in with it. Whether that was its owner is for you to find "
             "out.";
    case rules::Confidence::device:
      if (episode.owner == to_string(rules::OwnerKind::pool_laptop))
        return "Sure as to the device, a pool laptop of the centre. Who had it at that moment is not known from here.";
      if (episode.owner == to_string(rules::OwnerKind::byod))
        return "Sure as to the device, which somebody brought and registered. Its owner most likely used it, but "
               "another may have.";
      return fmt::format("Sure as to the device{}. Who used it is not known from here.",
                         episode.owner.empty() ? "" : " (" + episode.owner + ")");
    case rules::Confidence::network:
      break;
  }
  return "Not sure: only the address in the network is known. Neither the device nor the person is, and an address can "
         "pass from one device to another.";
}

std::string not_known(const Episode& episode, std::uint64_t plain) {
  std::string text;
  if (plain < episode.attempts)
    text = "Which pages were asked for: of an encrypted connection the gateway sees the site's name alone. ";
  text += episode.allowed > 0 ? "Whether anything that was shown was read, and why it was asked for."
                              : "Why it was asked for, and whether it was meant.";
  if (episode.origin == Origin::unclear) text += " Whether it was a person at all, or a program or a part of a page.";
  return text;
}

}  // namespace

Grade grade_of(const Episode& episode, std::uint64_t plain) {
  return {known(episode, plain), identity(episode), not_known(episode, plain)};
}

}  // namespace breakwater::safeguarding

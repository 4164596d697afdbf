#include "proxy/alerts/notice.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "rules/civil_time.h"

namespace breakwater::alerts {
namespace {

using safeguarding::Episode;
using safeguarding::EpisodeNames;
using safeguarding::Milliseconds;

rules::SysSeconds to_seconds(Milliseconds time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}

/// "Mon 23 Nov 10:30"
std::string dated(Milliseconds time, const Scene& scene) {
  return rules::format_short(to_seconds(time), {}, *scene.zone);
}

/// The same with the time alone for what ends on the day that it begins.
std::string span_of(const Episode& episode, const Scene& scene) {
  auto text = dated(episode.first, scene);
  const auto until = rules::format_short(to_seconds(episode.last), to_seconds(episode.first), *scene.zone);
  if (!text.ends_with(until)) text.append(" to ").append(until);
  return text;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words)
    text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

void line(std::string& text, std::string_view name, std::string_view value) {
  if (!value.empty()) text.append(name).append(": ").append(value).append("\n");
}

/// "3 attempts, 1 of them only watched, on at least 2 sites"
std::string counts(const Episode& episode) {
  auto text = std::to_string(episode.attempts) + (episode.attempts == 1 ? " attempt" : " attempts");
  if (episode.allowed > 0) text.append(", ").append(std::to_string(episode.allowed)).append(" of them only watched");
  if (episode.distinct_hosts > 1)
    text.append(", on at least ").append(std::to_string(episode.distinct_hosts)).append(" sites");
  return text;
}

std::string_view centre_of(const Scene& scene) {
  return scene.centre.empty() ? std::string_view("the centre") : std::string_view(scene.centre);
}

/// What may be said of an episode to anybody.
void facts(std::string& text, const Episode& episode, const Scene& scene) {
  line(text, "Reference", episode.reference);
  line(text, "Theme", episode.theme);
  line(text, "Severity", to_string(episode.severity));
  line(text, "When", span_of(episode, scene));
  line(text, "What", counts(episode));
  line(text, "Categories", joined(episode.categories));
  line(text, "Who", episode.pseudonym + (episode.group.empty() ? "" : " of the group " + episode.group));
  text += '\n';
  line(text, "What is known", episode.grade.known);
  line(text, "How sure it is who", episode.grade.identity);
  line(text, "What is not known", episode.grade.not_known);
  for (const auto& signal : episode.signals)
    text.append("- ").append(signal).append("\n");
}

void how_to_open(std::string& text, std::string_view reference) {
  text.append(
      "\nThis message holds no name and no web address, because others may read it on its way. To see them, on the "
      "gateway:\n  breakwater episode show ");
  text.append(reference).append(
      "\nWhat is sealed in it opens with your key file and its passphrase alone. That you looked is recorded.\n");
}

std::string upper(std::string_view word) {
  std::string text(word);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

std::string_view opening(Occasion occasion) {
  switch (occasion) {
    case Occasion::opened:
      return "Somebody on the Wi-Fi tried to open sites that concern you.";
    case Occasion::worse:
      return "An episode that you were told of has become more serious.";
    case Occasion::unseen:
      return "Nobody has looked at this episode yet. You are told as the deputy of who was told first.";
  }
  return "";
}

}  // namespace

void add_footer(std::string& text, const Scene& scene) {
  text.append("\n-- \nBreakwater, the web filter of ")
      .append(centre_of(scene))
      .append(". Do not answer this message.\n");
  if (!scene.head.empty()) {
    text.append("Newest signed head of the records:\n").append(scene.head).append("\n");
    text +=
        "Keep this message: the head in it shows later, by `breakwater verify --head`, whether a record was changed or "
        "taken away.\n";
  }
}

bool is_incident(const Episode& episode) {
  constexpr std::array<std::string_view, 4> kIncidents{"malware", "command-and-control", "phishing", "scams"};
  const auto is_one = [&](std::string_view category) {
    return std::count(kIncidents.begin(), kIncidents.end(), category.substr(0, category.find('/'))) > 0;
  };
  // One of a safeguarding theme among them makes it a matter for the lead.
  return !episode.categories.empty() && std::all_of(episode.categories.begin(), episode.categories.end(), is_one);
}

Notice episode_notice(const Episode& episode, Occasion occasion, const Scene& scene) {
  Notice notice;
  notice.subject = occasion == Occasion::unseen ? "Not looked at yet: " : "";
  notice.subject.append(upper(to_string(episode.severity))).append(": ").append(episode.theme);
  notice.subject.append(" (").append(episode.reference).append(")");
  notice.text.append(opening(occasion)).append("\n\n");
  facts(notice.text, episode, scene);
  how_to_open(notice.text, episode.reference);
  add_footer(notice.text, scene);
  return notice;
}

std::string public_device(const Episode& episode, const EpisodeNames& names) {
  return episode.owner == "pool laptop" || episode.owner == "console" ? names.device : std::string();
}

Notice incident_notice(const Episode& episode, std::string_view device, Milliseconds due, Milliseconds now,
                       unsigned reminder, const Scene& scene) {
  Notice notice;
  const auto left = std::chrono::ceil<std::chrono::minutes>(due - now).count();
  const auto clock = left > 0 ? "to be acknowledged by " + dated(due, scene) + ": " + std::to_string(left) + " min left"
                              : "not acknowledged since " + dated(due, scene);
  if (reminder > 0) notice.subject = "Reminder " + std::to_string(reminder) + ": ";
  notice.subject.append("SECURITY INCIDENT ").append(episode.reference).append(", ").append(clock);
  auto& text = notice.text;
  text = "A device asked for a site that is known for malware or fraud. The request was ";
  text.append(episode.allowed == episode.attempts ? "let through" : "stopped").append(".\n\n");
  line(text, "This incident is", clock);
  line(text, "Device", device.empty() ? "not known as the centre's own; the sealed record names it" : device);
  facts(text, episode, scene);
  text.append("\nTo acknowledge it, on the gateway:\n  breakwater alerts acknowledge ").append(episode.reference);
  text.append(" --by YOUR-NAME\n");
  how_to_open(text, episode.reference);
  add_footer(text, scene);
  return notice;
}

std::string digest_line(const Episode& episode, const Scene& scene) {
  std::string text(to_string(episode.severity));
  text.append(": ").append(episode.theme).append(", ").append(span_of(episode, scene)).append(", ");
  text.append(counts(episode)).append(", ").append(episode.reference);
  return is_incident(episode) ? text.append(", a security incident to be acknowledged") : text;
}

Notice digest_notice(std::span<const std::string> lines, std::uint64_t left_out, const Scene& scene) {
  Notice notice;
  notice.subject = std::to_string(lines.size() + left_out) + " episodes in one message";
  auto& text = notice.text;
  text = "There were more episodes than messages that you want in an hour. These are the others:\n\n";
  for (const auto& one : lines)
    text.append("- ").append(one).append("\n");
  if (left_out > 0)
    text.append("- and ")
        .append(std::to_string(left_out))
        .append(
            " more, the least serious ones, for which there was no room in the outbox; `breakwater episode list` "
            "shows them\n");
  how_to_open(text, "REFERENCE");
  add_footer(text, scene);
  return notice;
}

Notice test_notice(std::string_view recipient, const Scene& scene) {
  Notice notice{"Test message", "This is a test. "};
  notice.text.append(recipient).append(" is told of concerns at this address. Nothing has happened.\n");
  add_footer(notice.text, scene);
  return notice;
}

std::string full_report(const Episode& episode, const EpisodeNames& names, const Scene& scene) {
  std::string text = "This report holds personal data of a young person. Keep it as the safeguarding policy says.\n\n";
  facts(text, episode, scene);
  text += '\n';
  line(text, "Account", names.user);
  line(text, "Device", names.device);
  line(text, "Address", names.client);
  const auto list = [&text](std::string_view title, const std::vector<std::string>& values) {
    if (values.empty()) return;
    text.append("\n").append(title).append(":\n");
    for (const auto& value : values)
      text.append("- ").append(value).append("\n");
  };
  list("Sites", names.hosts);
  list("Addresses of pages (unencrypted ones alone are known)", names.urls);
  list("Words searched for", names.searches);
  if (!names.context.empty()) text += "\nWhat else was asked for in the hour before and after:\n";
  for (const auto& visit : names.context)
    text.append("- ")
        .append(dated(visit.time, scene))
        .append(" ")
        .append(visit.host)
        .append(visit.action == rules::Action::block ? " (blocked)\n" : "\n");
  add_footer(text, scene);
  return text;
}

}  // namespace breakwater::alerts

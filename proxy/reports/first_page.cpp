#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "proxy/reports/sections.h"
#include "proxy/reports/words.h"

namespace breakwater::reports {
namespace {

using rules::Concern;

constexpr std::size_t kMostWaiting = 6;  // on the first page; all of them are in the table of episodes

std::uint64_t count(const std::vector<EpisodeEntry>& episodes, Concern severity) {
  return static_cast<std::uint64_t>(std::count_if(episodes.begin(), episodes.end(),
                                                  [&](const auto& episode) { return episode.severity == severity; }));
}

std::uint64_t attempts(const Report& report) {
  std::uint64_t all = 0;
  for (const auto& theme : report.themes)
    all += total(theme.attempts);
  return all;
}

/// "On this day", "In this week".
std::string in_the_span(const Report& report) {
  return fmt::format("{} this {}", report.span == "day" ? "On" : "In", report.span);
}

std::string access_headline(const Report& report) {
  std::set<std::string_view> people;
  std::set<std::string_view> subjects;
  std::size_t looks = 0;
  for (const auto& access : report.accesses) {
    if (access.by.empty()) continue;  // what the gateway did by itself
    ++looks;
    people.insert(access.by);
    subjects.insert(access.subject);
  }
  if (people.empty()) return fmt::format("{}, nobody opened a name or took a record away.", in_the_span(report));
  return fmt::format("{}, names were opened or records taken away {}, by {}, about {}.", in_the_span(report),
                     counted(looks, "time", "times"), counted(people.size(), "person", "people"),
                     counted(subjects.size(), "person", "people"));
}

/// "Not the whole story" where the filter itself failed a test: nothing else on the page can be trusted without it.
void add_failed_checks(const Report& report, Blocks& out) {
  const auto failed = std::count_if(report.checks.begin(), report.checks.end(),
                                    [](const Check& check) { return check.outcome == Check::Outcome::failed; });
  if (failed == 0) return;
  out.emplace_back(
      Callout{Tone::danger, "The filter failed a check of itself",
              fmt::format("{} of {}. Something may have been let through that should have been stopped. Ask IT what "
                          "was done about it; see \u201CChecks of the filter\u201D.",
                          counted(static_cast<std::uint64_t>(failed), "check failed", "checks failed"),
                          grouped(report.checks.size()))});
}

/// Nobody should take a time without attempts for a quiet one where nobody looked.
void add_blind(const Report& report, Blocks& out) {
  if (report.blind.empty()) return;
  std::string text;
  for (const auto& sentence : report.blind)
    text.append(sentence).append(" ");
  text.append(report.audience == Audience::it ? "The gateway\u2019s own messages say why; see " : "Ask IT why; see ");
  text.append("\u201CWhat this report can and cannot see\u201D.");
  out.emplace_back(Callout{Tone::warning, "The filter did not see everything", std::move(text)});
}

void add_waiting(const Report& report, Blocks& out) {
  const auto waiting = unseen(report);
  const bool dsl = report.audience == Audience::dsl;
  out.emplace_back(Heading{.text = dsl ? "What needs you now" : "What waits for the safeguarding lead"});
  if (waiting.empty()) {
    out.emplace_back(Callout{Tone::good, "Nothing waits", "No episode is left that nobody has looked at."});
    return;
  }
  Table table;
  table.caption = "Nobody has looked at these yet. The gravest come first, then the oldest.";
  table.columns = {{"Severity", 0.8}, {"What", 2.2}, {"When it began", 1.3}, {"Waiting for", 1}, {"Reference", 1.3}};
  for (const auto* episode : waiting) {
    if (table.rows.size() == kMostWaiting) break;
    table.rows.push_back({{std::string(to_string(episode->severity)), tone_of(episode->severity), {}},
                          {episode->theme, {}, {}},
                          {moment_text(episode->first, *report.zone), {}, {}},
                          {span_text(std::max(report.made - episode->first, std::chrono::seconds(0))), {}, {}},
                          {episode->reference, {}, episode->reference}});
  }
  out.emplace_back(std::move(table));
  if (waiting.size() > kMostWaiting)
    out.emplace_back(
        Paragraph{.text = fmt::format("{} more wait: \u201Cbreakwater episode list --only new\u201D shows all.",
                                      grouped(waiting.size() - kMostWaiting))});
  if (dsl)
    out.emplace_back(Paragraph{
        .text = "What to do: read what is known about the episode further down, open its names with your key if you "
                "need them (\u201Cbreakwater episode show REFERENCE --names\u201D; that is recorded), talk to the "
                "people who "
                "know the learner, and write down what you decided (\u201Cbreakwater episode decide\u201D). If a child "
                "may be in danger now, do not wait for any of it: follow your centre\u2019s procedure, "
                "or call 999."});
}

void add_figures(const Report& report, Blocks& out) {
  const auto danger = count(report.episodes, Concern::danger);
  const auto waiting = unseen(report).size();
  std::vector<std::chrono::seconds> looks;
  for (const auto& episode : report.episodes)
    if (episode.looked) looks.push_back(*episode.looked - episode.first);
  std::sort(looks.begin(), looks.end());
  const auto* const episodes = report.episodes.size() == 1 ? "episode" : "episodes";
  out.emplace_back(KeyFigures{{
      {grouped(report.episodes.size()),
       fmt::format("{} {} this {}", episodes, report.span == "day" ? "on" : "in", report.span), Tone::plain},
      {grouped(danger), "of them danger", danger > 0 ? Tone::danger : Tone::plain},
      {grouped(waiting), "not looked at by anybody", waiting > 0 ? Tone::warning : Tone::good},
      {looks.empty() ? "\u2013" : span_text(looks[(looks.size() - 1) / 2]), "usual time to a first look", Tone::plain},
  }});
}

void add_words(const Report& report, Blocks& out) {
  out.emplace_back(Heading{.text = "What the words mean"});
  Definitions words;
  words.items = {
      {"Attempt",
       "One visit that the filter stopped (or only noted, where the policy says so), because the site is on a "
       "list of a theme of concern."},
      {"Episode",
       "Attempts of one person on one theme that belong together in time. The safeguarding lead is told once an "
       "episode, not once an attempt."},
      {"Severity",
       "Danger: act on it now. Warning: look at it today. Notice: worth knowing, often harmless. It comes "
       "from the theme, by your centre\u2019s policy; it is no judgement of a person."},
  };
  if (report.audience != Audience::governance)
    words.items.emplace_back("Pseudonym",
                             "P- and eight characters stand for one person, always the same ones. Names are "
                             "sealed: only the safeguarding lead\u2019s key opens them, and that is recorded.");
  words.items.emplace_back("How sure",
                           "Account: the person had signed in. Device: a known device was used, by whom is not "
                           "known. Network: only the network is known.");
  words.items.emplace_back(
      "An attempt is not proof",
      "Pages load parts from elsewhere and apps call home by themselves. What points to a person and "
      "what does not is said with each episode.");
  out.emplace_back(std::move(words));
}

}  // namespace

Tone tone_of(Concern severity) {
  constexpr std::array kTones{Tone::plain, Tone::notice, Tone::warning, Tone::danger};
  return kTones[static_cast<std::size_t>(severity)];
}

std::vector<const EpisodeEntry*> unseen(const Report& report) {
  std::vector<const EpisodeEntry*> out;
  for (const auto* episodes : {&report.waiting, &report.episodes})
    for (const auto& episode : *episodes)
      if (!episode.looked) out.push_back(&episode);
  std::stable_sort(out.begin(), out.end(), [](const auto* a, const auto* b) {
    return a->severity != b->severity ? a->severity > b->severity : a->first < b->first;
  });
  return out;
}

std::string headline(const Report& report) {
  if (report.audience == Audience::dpo) return access_headline(report);
  const auto span = in_the_span(report);
  const auto blocked = attempts(report);
  if (report.episodes.empty() && blocked == 0)
    return fmt::format("{}, no attempt to reach content of concern was recorded.", span);
  if (report.episodes.empty())
    return fmt::format("{}, there was no episode. {} recorded: too few, or too far apart, to be one.", span,
                       counted(blocked, "single attempt was", "single attempts were"));
  const auto all = report.episodes.size();
  auto out =
      fmt::format("{}, there {} {} of attempts to reach content of concern, by {}.", span, all == 1 ? "was" : "were",
                  counted(all, "episode", "episodes"), counted(report.people, "person", "people"));
  const auto danger = count(report.episodes, Concern::danger);
  out += danger == 0 ? " None is of the gravest kind (danger)."
                     : fmt::format(" {} of the gravest kind (danger).", counted(danger, "is", "are"));
  return out;
}

void add_first_page(const Report& report, Blocks& out) {
  out.emplace_back(Paragraph{Paragraph::Style::lead, headline(report)});
  add_figures(report, out);
  add_failed_checks(report, out);
  add_blind(report, out);
  add_waiting(report, out);
  add_words(report, out);
}

}  // namespace breakwater::reports

#include "proxy/portal/portal.h"

#include <algorithm>

#include <date/date.h>
#include <fmt/format.h>

#include "categories/url.h"
#include "proxy/pages/words.h"
#include "proxy/portal/form.h"
#include "proxy/portal/views.h"
#include "proxy/portal/words.h"
#include "rules/civil_time.h"

namespace breakwater::portal {
namespace {

constexpr std::chrono::minutes kBareAddress{30};
constexpr std::size_t kMaxTo = 2000;  // what browsers take for an address

// A page with a form tells its own origin who it is, which `no-referrer` would hide from us too (Fetch 3.2.4); no other
// site learns anything.
constexpr std::string_view kFields =
    "Content-Type: text/html; charset=utf-8\r\n"
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'\r\n"
    "Cache-Control: no-store\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: same-origin\r\n";

// The type is Mozilla's ("Proxy Auto-Configuration (PAC) file").
constexpr std::string_view kPacFields =
    "Content-Type: application/x-ns-proxy-autoconfig\r\nCache-Control: max-age=3600\r\nX-Content-Type-Options: "
    "nosniff\r\n";

// RFC 8908 4.
constexpr std::string_view kCaptiveFields =
    "Content-Type: application/captive+json\r\nCache-Control: private, no-store\r\nX-Content-Type-Options: nosniff\r\n";

Response html(std::string body, std::uint16_t status = 200) {
  return {status, std::string(kFields), std::move(body)};
}

/// An absolute http or https URL that may be shown as a link, or "".
std::string_view link_to(const Form& form) {
  const auto to = value_of(form, "to");
  return to.size() <= kMaxTo && categories::parse_url(to, categories::HostSource::wire) ? to : std::string_view();
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names)
    out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

}  // namespace

/// A request with what is known of it.
struct Portal::Visit {
  const Request& request;
  Form query;
  Form form;
  Frame frame;
  std::string person;
  const rules::Policy& policy;
  const Words& say;

  /// What the person is asked to accept; nullptr: nothing.
  const rules::AcceptanceTerms* terms() const {
    return policy.acceptance && policy.acceptance->asks(request.subject.group) ? &*policy.acceptance : nullptr;
  }
  /// Of the text that is shown, where there are terms.
  pages::Language text_language() const {
    return terms()->welsh.content.empty() ? pages::Language::english : frame.language;
  }
  Response notice(std::string_view title, std::string_view text, std::uint16_t status) const {
    return html(render(frame, NoticeView{title, text}), status);
  }
  /// An address of which nothing else is known may have been somebody else's a while ago.
  bool is_theirs(const Blocked& blocked) const {
    return !person.starts_with("address:") || request.now - blocked.time < kBareAddress;
  }
  std::string short_time(rules::SysSeconds when) const { return rules::format_short(when, request.now, *policy.zone); }
};

const Portal::Route Portal::kRoutes[] = {
    {"GET", "/", &Portal::window},           {"GET", kCaptivePath, &Portal::captive},
    {"GET", "/accept", &Portal::show_terms}, {"POST", "/accept", &Portal::accept},
    {"POST", "/review", &Portal::review},
};

Portal::Portal(const std::filesystem::path& state, std::string pac, const PersonTag& tag,
               std::function<void(const std::string&)> tell)
    : pac_(std::move(pac)), tell_(std::move(tell)), acceptances_(state, tag, tell_), reviews_(state, tag) {
  if (const auto failed = acceptances_.open()) tell_(*failed);
  if (const auto failed = reviews_.open()) tell_(*failed);
}

bool Portal::is_pac(std::string_view path) {
  return path == "/proxy.pac" || path == "/wpad.dat";
}

Response Portal::respond(const Request& request) {
  const auto path = std::string_view(request.path).substr(0, request.path.find('?'));
  if (is_pac(path) && !pac_.empty()) return {200, std::string(kPacFields), pac_};
  const auto& policy = request.snapshot->policy;
  const auto query = parse_form(std::string_view(request.path).substr(std::min(path.size() + 1, request.path.size())));
  auto language = request.language;
  const auto chosen = query ? value_of(*query, "lang") : std::string_view();
  if (chosen == "cy") language = pages::Language::welsh;
  if (chosen == "en") language = pages::Language::english;
  Visit visit{request, query.value_or(Form()), {}, {policy.centre, language}, {}, policy, words(language)};
  if (request.subject.group >= policy.groups.size()) {
    pages::BlockPage page;
    page.centre = policy.centre;
    page.reason = to_string(rules::Reason::unknown_client);
    return html(pages::render(page, language), 403);
  }
  visit.person = rules::person_key(request.subject);

  const auto method = request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
  const auto here = [&](const Route& route) { return route.path == path; };
  const auto* found =
      std::ranges::find_if(kRoutes, [&](const Route& each) { return here(each) && each.method == method; });
  if (found == std::end(kRoutes)) {
    if (std::ranges::none_of(kRoutes, here)) return visit.notice(visit.say.no_page, "", 404);
    auto response = visit.notice(visit.say.no_page, "", 405);
    response.fields += "Allow: GET, HEAD, POST\r\n";
    return response;
  }
  if (method == "POST") {
    auto form = parse_form(request.body);
    if (!form || request.from == Request::From::foreign ||
        !tokens_.holds(value_of(*form, "token"), visit.person, request.now))
      return path == "/accept" && visit.terms() ? terms_page(visit, visit.say.bad_form, 403)
                                                : visit.notice(visit.say.window, visit.say.bad_form, 403);
    visit.form = std::move(*form);
  }
  return (this->*found->handler)(visit);
}

Response Portal::window(const Visit& visit) {
  const auto& request = visit.request;
  WindowView view;
  view.group = visit.policy.groups[request.subject.group].name;
  view.period = request.period;
  if (request.bell) view.bell = visit.short_time(*request.bell);
  view.open = open_now(*request.snapshot, request.subject.group, request.period);
  view.quotas = request.quotas;
  view.token = tokens_.make(visit.person, request.now);
  if (visit.terms() && request.subject.acceptance == rules::Acceptance::missing)
    view.rules = WindowView::Rules::to_be_accepted;
  const auto blocked = recent_.of(rules::civil_day(request.now, *visit.policy.zone), visit.person);
  for (const auto& each : blocked)
    if (visit.is_theirs(each))
      view.entries.push_back(
          {each, visit.short_time(each.time), each.opens ? visit.short_time(*each.opens) : std::string()});
  return html(render(visit.frame, view));
}

/// Both pages must be reached by TLS (RFC 8908 5), so that elsewhere there is nothing of it.
Response Portal::captive(const Visit& visit) {
  const auto& base = visit.request.secure_base;
  if (base.empty()) return visit.notice(visit.say.no_page, "", 404);
  const bool is_captive = visit.terms() && visit.request.subject.acceptance == rules::Acceptance::missing;
  return {
      200, std::string(kCaptiveFields),
      fmt::format(R"({{"captive":{},"user-portal-url":"{}/accept","venue-info-url":"{}/"}})", is_captive, base, base)};
}

Response Portal::terms_page(const Visit& visit, std::string_view notice, std::uint16_t status) {
  const auto& terms = *visit.terms();
  AcceptView view;
  view.version = terms.version;
  view.text = visit.text_language() == pages::Language::welsh ? terms.welsh.content : terms.english.content;
  view.to = link_to(visit.form.empty() ? visit.query : visit.form);
  view.notice = notice;
  view.token = tokens_.make(visit.person, visit.request.now);
  return html(render(visit.frame, view), status);
}

Response Portal::show_terms(const Visit& visit) {
  if (!visit.terms()) return visit.notice(visit.say.rules, visit.say.nothing_to_accept, 200);
  if (visit.request.subject.acceptance == rules::Acceptance::missing) return terms_page(visit, "", 200);
  return html(render(visit.frame, NoticeView{visit.say.rules, visit.say.accepted, link_to(visit.query)}));
}

/// Afterwards the browser is sent to the page itself, which then says so: a form that is sent again by "reload" is
/// none.
Response Portal::accept(const Visit& visit) {
  const auto* terms = visit.terms();
  if (!terms) return visit.notice(visit.say.rules, visit.say.nothing_to_accept, 200);
  if (value_of(visit.form, "version") != terms->version) return terms_page(visit, visit.say.new_version, 409);
  if (value_of(visit.form, "agree") != "yes") return terms_page(visit, visit.say.tick, 400);
  const auto& subject = visit.request.subject;
  const auto failed = acceptances_.add({date::format("%FT%TZ", visit.request.now), visit.person, terms->version,
                                        visit.policy.groups[subject.group].name,
                                        std::string(pages::labels(visit.text_language()).code)});
  if (failed) {
    tell_("an acceptance is not kept: " + *failed);
    auto response = terms_page(visit, visit.say.accept_failed, 503);
    response.store = Response::Store::failed;
    return response;
  }
  auto response = html("", 303);
  const bool welsh = visit.frame.language == pages::Language::welsh;
  response.fields.append("Location: /accept?lang=").append(welsh ? "cy" : "en");
  if (const auto to = link_to(visit.form); !to.empty()) response.fields.append("&to=").append(escape_value(to));
  response.fields += "\r\n";
  return response;
}

Response Portal::review(const Visit& visit) {
  const auto& request = visit.request;
  const auto& subject = request.subject;
  const auto kind = value_of(visit.form, "kind");
  if (kind != "review" && kind != "accident") return visit.notice(visit.say.window, visit.say.bad_form, 400);
  const auto day = rules::civil_day(request.now, *visit.policy.zone);
  const auto blocked = recent_.find(day, visit.person, value_of(visit.form, "reference"));
  if (!blocked || !visit.is_theirs(*blocked)) return visit.notice(visit.say.window, visit.say.gone, 404);
  const Review review{date::format("%FT%TZ", request.now),
                      std::string(kind),
                      blocked->reference,
                      visit.person,
                      visit.policy.groups[subject.group].name,
                      blocked->host,
                      joined(blocked->categories),
                      std::string(to_string(blocked->concern)),
                      blocked->reason,
                      clean_review_text(value_of(visit.form, "text"))};
  std::string error;
  switch (reviews_.add(day, review, error)) {
    case ReviewBook::Added::kept:
      return visit.notice(visit.say.window, kind == "review" ? visit.say.review_kept : visit.say.accident_kept, 200);
    case ReviewBook::Added::too_many:
      return visit.notice(visit.say.window, visit.say.too_many, 429);
    case ReviewBook::Added::failed:
      break;
  }
  tell_("a message of a learner is not kept: " + error);
  auto response = visit.notice(visit.say.window, visit.say.not_kept, 503);
  response.store = Response::Store::failed;
  return response;
}

void Portal::note_blocked(const std::string& person, const date::time_zone& zone, Blocked blocked) {
  const auto day = rules::civil_day(blocked.time, zone);
  recent_.add(day, person, std::move(blocked));
}

std::string Portal::acceptance_url(std::string_view base, std::string_view to) {
  std::string url(base);
  url += "/accept";
  if (!to.empty() && to.size() <= kMaxTo) url.append("?to=").append(escape_value(to));
  return url;
}

}  // namespace breakwater::portal

#include "proxy/portal/views.h"

#include "proxy/pages/category_names.h"
#include "proxy/pages/page.h"
#include "proxy/portal/form.h"
#include "proxy/portal/words.h"

namespace breakwater::portal {
namespace {

using pages::Kind;
using pages::Page;

constexpr std::string_view kStyle = R"(
h2{margin:28px 0 0;font-size:1.15rem}
h3{margin:0;font-size:1rem}
.switch{margin:12px 0 0;text-align:right}
a{color:var(--accent)}
.note{margin:12px 0 0;padding:12px 16px;border-radius:8px;background:var(--tint);color:var(--accent)}
.soft{margin:6px 0 0;color:var(--soft)}
.entry{margin:14px 0 0;padding:14px 16px;border:1px solid var(--line);border-radius:8px}
.entry p{margin:6px 0 0}
.entry dl{margin:10px 0 0;padding:10px 0 0;border-width:1px 0 0}
@media(max-width:30rem){.entry dl{grid-template-columns:1fr;gap:0}.entry dd{margin:0 0 6px}}
details{margin:10px 0 0}
summary{display:inline-block;padding:8px 0;color:var(--accent);font-weight:600;text-decoration:underline;cursor:pointer}
form{margin:6px 0 0}
label{display:block;margin:6px 0}
.agree{display:flex;gap:10px}
textarea{display:block;width:100%;min-height:5em;padding:8px;border:1px solid var(--soft);border-radius:8px;background:var(--well);color:var(--text);font:inherit}
button{min-height:44px;margin:8px 0 0;padding:8px 20px;border:0;border-radius:8px;background:var(--accent);color:var(--card);font:inherit;font-weight:600;cursor:pointer}
input[type=checkbox]{flex:none;width:24px;height:24px;margin:0}
.rules{margin:18px 0 0;padding:4px 16px 16px;border-radius:8px;background:var(--well)}
.rules p{margin:12px 0 0}
.rules ~ form{margin:16px 0 0}
.tags{display:flex;flex-wrap:wrap;gap:6px}
.tags li{margin:0;padding:2px 10px;border-radius:8px;background:var(--well)}
)";

void begin(Page& page, const Frame& frame, std::string_view title, std::string_view switch_to) {
  const auto& say = words(frame.language);
  page.begin(Kind::own, title, frame.centre, frame.language, kStyle);
  page.raw("<p class=\"switch\"><a lang=\"").raw(say.other_code).raw("\" hreflang=\"").raw(say.other_code);
  page.raw("\" href=\"").whole(switch_to).raw("\">").raw(say.other_language).raw("</a></p>");
}

/// A link to a page of ours that keeps the language.
std::string link(std::string_view path, pages::Language language, std::string_view to = {}) {
  std::string out(path);
  out += language == pages::Language::welsh ? "?lang=cy" : "?lang=en";
  if (!to.empty()) out.append("&to=").append(escape_value(to));
  return out;
}

pages::Language other(pages::Language language) {
  return language == pages::Language::english ? pages::Language::welsh : pages::Language::english;
}

void hidden(Page& page, std::string_view name, std::string_view value) {
  page.raw("<input type=\"hidden\" name=\"").raw(name).raw("\" value=\"").whole(value).raw("\">");
}

void begin_form(Page& page, std::string_view path, pages::Language language, std::string_view token) {
  page.raw("<form method=\"post\" action=\"").whole(link(path, language)).raw("\">");
  hidden(page, "token", token);
}

void tags(Page& page, std::string_view title, const std::vector<std::string_view>& categories,
          pages::Language language) {
  if (categories.empty()) return;
  page.raw("<h3 class=\"ask\">").text(title).raw("</h3><ul class=\"tags\">");
  for (const auto category : categories)
    page.raw("<li>").text(pages::category_name(category, language)).raw("</li>");
  page.raw("</ul>");
}

void go_on(Page& page, const Frame& frame, std::string_view to) {
  const auto& say = words(frame.language);
  if (!to.empty())
    page.raw("<p class=\"ask\">").text(say.go_on).raw(" <a href=\"").whole(to).raw("\">").text(to).raw("</a></p>");
}

class Window {
 public:
  Window(const Frame& frame, const WindowView& view)
      : frame_(frame), view_(view), say_(words(frame.language)), label_(pages::labels(frame.language)) {}

  std::string render() {
    begin(page_, frame_, say_.window, link("/", other(frame_.language)));
    if (view_.rules == WindowView::Rules::to_be_accepted) {
      page_.raw("<p class=\"note\">").text(say_.accept_first).raw(" <a href=\"").text(link("/accept", frame_.language));
      page_.raw("\">").text(say_.rules).raw("</a></p>");
    }
    page_.raw("<dl>").row(say_.group, view_.group).row(say_.period, pages::period_name(view_.period, frame_.language));
    page_.row(say_.next_bell, view_.bell).raw("</dl>");
    quotas();
    stopped();
    open();
    page_.raw("<h2>").text(say_.help).raw("</h2><p class=\"soft\">").text(say_.help_text).raw("</p>");
    page_.help(frame_.language, Page::Help::with_act_early);
    return page_.finish(frame_.language);
  }

 private:
  void quotas() {
    if (view_.quotas.empty()) return;
    page_.raw("<h2>").text(say_.left).raw("</h2><dl>");
    for (const auto& quota : view_.quotas)
      page_.row(quota.name, left_of(quota));
    page_.raw("</dl>");
  }

  /// "12 minutes, 30 MiB"
  std::string left_of(const QuotaLeft& quota) const {
    std::string text;
    if (quota.minutes) text.append(std::to_string(*quota.minutes)).append(label_.minutes);
    if (quota.bytes) {
      const bool small = *quota.bytes < (1 << 20);
      text.append(text.empty() ? "" : ", ").append(std::to_string(*quota.bytes >> (small ? 10 : 20)));
      text.append(small ? " KiB" : " MiB");
    }
    return text;
  }

  void stopped() {
    page_.raw("<h2>").text(say_.stopped).raw("</h2><p class=\"soft\">");
    page_.text(view_.entries.empty() ? say_.nothing_stopped : say_.stopped_note).raw("</p>");
    for (const auto& each : view_.entries)
      entry(each);
  }

  void entry(const WindowView::Entry& entry) {
    const auto& blocked = entry.blocked;
    const auto& reason = pages::words_for(blocked.reason).words[static_cast<std::size_t>(frame_.language)];
    page_.raw("<article class=\"entry\"><h3><bdi>").text(blocked.host).raw("</bdi></h3><p class=\"soft\">");
    page_.text(entry.time);
    if (blocked.times > 1) page_.raw(" · ").text(std::to_string(blocked.times)).raw(" ").text(say_.times);
    page_.raw("</p><p>").text(reason.text).raw("</p><dl>");
    std::string names;
    for (const auto& category : blocked.categories)
      names.append(names.empty() ? "" : ", ").append(pages::category_name(category, frame_.language));
    page_.row(blocked.categories.size() == 1 ? label_.category : label_.categories, names);
    page_.row(label_.opens, entry.opens);
    page_.raw("<dt>").text(label_.reference).raw("</dt><dd class=\"reference\">").text(blocked.reference);
    page_.raw("</dd></dl>");
    if (blocked.concern != rules::Concern::none) {
      page_.raw("<p class=\"soft\">").text(say_.accident_note).raw("</p>");
      form(blocked, "accident", say_.accident);
    }
    page_.raw("<details><summary>").text(say_.ask_review).raw("</summary>");
    form(blocked, "review", say_.ask_review);
    page_.raw("</details></article>");
  }

  void form(const Blocked& blocked, std::string_view kind, std::string_view button) {
    begin_form(page_, "/review", frame_.language, view_.token);
    hidden(page_, "kind", kind);
    hidden(page_, "reference", blocked.reference);
    if (kind == "review")
      page_.raw("<label>").text(say_.why).raw("<textarea name=\"text\" maxlength=\"500\"></textarea></label>");
    page_.raw("<button>").text(button).raw("</button></form>");
  }

  void open() {
    const auto& open = view_.open;
    page_.raw("<h2>").text(say_.open_now).raw("</h2><p class=\"soft\">");
    page_.text(open.fallback == rules::Action::allow ? say_.open_default : say_.closed_default).raw("</p>");
    tags(page_, say_.open_list, open.open, frame_.language);
    tags(page_, say_.closed_list, open.closed, frame_.language);
    tags(page_, say_.never_list, open.never, frame_.language);
  }

  const Frame& frame_;
  const WindowView& view_;
  const Words& say_;
  const pages::Labels& label_;
  Page page_;
};

}  // namespace

std::string render(const Frame& frame, const WindowView& view) {
  return Window(frame, view).render();
}

std::string render(const Frame& frame, const AcceptView& view) {
  const auto& say = words(frame.language);
  Page page;
  begin(page, frame, say.rules, link("/accept", other(frame.language), view.to));
  page.element("<p class=\"note\" role=\"alert\">", view.notice, "</p>");
  page.raw("<p class=\"why\">").text(say.rules_intro).raw("</p><div class=\"rules\">").prose(view.text).raw("</div>");
  page.raw("<p class=\"soft\">").text(say.version).raw(" ").text(view.version).raw("</p>");
  begin_form(page, "/accept", frame.language, view.token);
  hidden(page, "version", view.version);
  if (!view.to.empty()) hidden(page, "to", view.to);
  page.raw("<label class=\"agree\"><input type=\"checkbox\" name=\"agree\" value=\"yes\" required><span>")
      .text(say.agree);
  page.raw("</span></label><button>").text(say.accept).raw("</button></form>");
  return page.finish(frame.language);
}

std::string render(const Frame& frame, const NoticeView& view) {
  const auto& say = words(frame.language);
  Page page;
  begin(page, frame, view.title, link("/", other(frame.language)));
  page.element("<p class=\"why\">", view.text, "</p>");
  go_on(page, frame, view.to);
  page.raw("<p class=\"ask\"><a href=\"").text(link("/", frame.language)).raw("\">").text(say.to_window);
  page.raw("</a></p>");
  return page.finish(frame.language);
}

}  // namespace breakwater::portal

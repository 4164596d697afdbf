#include "proxy/pages/page.h"

#include <algorithm>
#include <array>

#include "proxy/wire/html.h"
#include "proxy/wire/utf8.h"

namespace breakwater::pages {
namespace {

constexpr std::size_t kMaxText = 300;       // a longer address says no more to a reader
constexpr std::size_t kTypicalSize = 6144;  // of a block page

// Contrast of every text with its ground is 4.5:1 or more in both schemes (WCAG 2.1 AA).
constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--ground:#eef1f5;--card:#fff;--text:#1a2230;--soft:#4d5868;--line:#d9dfe7;--well:#f5f7fa}
.never{--accent:#b3261e;--tint:#fdeceb}
.blocked{--accent:#2f4fb8;--tint:#eaeffc}
.failed{--accent:#7a5200;--tint:#fbf2dd}
.own{--accent:#17693a;--tint:#e3f3e9}
@media(prefers-color-scheme:dark){
:root{--ground:#10141b;--card:#1a2029;--text:#e8ecf2;--soft:#a9b4c2;--line:#333d4a;--well:#222a35}
.never{--accent:#ff9d94;--tint:#3a2023}
.blocked{--accent:#a9bdff;--tint:#222d4a}
.failed{--accent:#f0c674;--tint:#372e1b}
.own{--accent:#8fd6ad;--tint:#1c3327}
}
*{box-sizing:border-box}
body{margin:0;padding:16px;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;align-items:center;
justify-content:center;background:var(--ground);color:var(--text);
font:17px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{width:100%;max-width:36rem;background:linear-gradient(var(--accent) 0 6px,var(--card) 6px);border:1px solid var(--line);border-radius:14px;
padding:34px 28px 24px;overflow-wrap:anywhere}
header{display:flex;gap:16px;align-items:flex-start}
svg{flex:none;width:44px;height:44px;padding:10px;border-radius:50%;background:var(--tint);color:var(--accent)}
h1{margin:0;font-size:1.5rem;line-height:1.25}
header p{margin:4px 0 0;color:var(--soft)}
.what{margin:22px 0 0;padding:10px 14px;border-radius:8px;background:var(--well);font-weight:600}
.why{margin:16px 0 0}
.opens{display:flex;justify-content:space-between;align-items:baseline;flex-wrap:wrap;gap:4px 16px;margin:18px 0 0;
padding:12px 16px;border-radius:8px;background:var(--tint);color:var(--accent)}
.opens strong{font-size:1.35rem}
dl{display:grid;grid-template-columns:auto minmax(0,1fr);gap:8px 20px;margin:20px 0 0;padding:16px 0;border:solid var(--line);
border-width:1px 0}
dt{color:var(--soft)}
dd{margin:0}
.reference{font:600 1.05em ui-monospace,"Cascadia Mono",Consolas,"DejaVu Sans Mono",monospace;letter-spacing:.05em}
.ask{margin:16px 0 0}
aside{margin:20px 0 0;padding:14px 16px;border:1px solid var(--line);border-radius:8px}
aside p{margin:0}
ul{list-style:none;margin:10px 0 0;padding:0}
li+li{margin-top:8px}
li a{color:inherit;font-weight:600;white-space:nowrap}
li span{display:block;color:var(--soft)}
footer{margin:14px 0 0;font-size:.85rem;color:var(--soft);text-align:center}
@media(max-width:30rem){main{padding:26px 18px 20px}}
)";

// By Kind: no entry, a clock, a warning, a person. Drawn here, for nothing may be fetched.
constexpr std::string_view kIcons[] = {
    R"(<circle cx="12" cy="12" r="9.5"/><path d="M5.3 5.3l13.4 13.4"/>)",
    R"(<circle cx="12" cy="12" r="9.5"/><path d="M12 6.5V12l3.8 2.4"/>)",
    R"(<path d="M12 2.8L22.2 20.5H1.8z"/><path d="M12 9.5v5M12 17.4v.2"/>)",
    R"(<circle cx="12" cy="7.5" r="4.5"/><path d="M3.5 22c0-5 3.8-8 8.5-8s8.5 3 8.5 8"/>)",
};

constexpr std::array<std::string_view, 4> kClasses{"never", "blocked", "failed", "own"};  // by Kind

}  // namespace

void Page::escape(std::string_view text) {
  wire::append_html(out_, text);
}

Page& Page::text(std::string_view text) {
  wire::is_clean(text, kMaxText) ? escape(text) : escape(wire::clean_text(text, kMaxText));
  return *this;
}

Page& Page::prose(std::string_view text) {
  bool open = false;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto last = line.find_last_not_of(" \t\r");
    line = line.substr(0, last == std::string_view::npos ? 0 : last + 1);
    if (!line.empty()) raw(open ? "<br>" : "<p>").escape(wire::clean_text(line, line.size() * 4));
    if (line.empty() && open) raw("</p>");
    open = !line.empty();
  }
  return open ? raw("</p>") : *this;
}

Page& Page::begin(Kind kind, std::string_view title, std::string_view centre, Language language,
                  std::string_view style) {
  const auto number = static_cast<std::size_t>(kind);
  out_.reserve(kTypicalSize);
  raw("<!doctype html>\n<html lang=\"").raw(labels(language).code).raw("\"><head><meta charset=\"utf-8\">");
  raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
  raw("<meta name=\"robots\" content=\"noindex\"><title>").text(title).raw("</title><style>");
  raw(kStyle).raw(style).raw("</style></head>\n<body class=\"").raw(kClasses[number]).raw("\"><main><header>");
  raw("<svg viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2.4\" stroke-linecap=\"round\" "
      "stroke-linejoin=\"round\" aria-hidden=\"true\">");
  raw(kIcons[number]).raw("</svg><div><h1>").text(title).raw("</h1>");
  return element("<p>", centre, "</p>").raw("</div></header>");
}

std::string Page::finish(Language language) {
  raw("</main><footer>").raw(labels(language).logged).raw("</footer></body></html>\n");
  return std::move(out_);
}

Page& Page::help(Language language, Help help) {
  const Labels& label = labels(language);
  const auto line = [&](std::string_view name, std::string_view call, std::string_view number, std::string_view who) {
    raw("<li><a href=\"tel:").raw(call).raw("\">").raw(name).raw(" ").raw(number).raw("</a> <span>").raw(who);
    raw("</span>");
  };
  raw("<aside><p>").raw(label.help).raw("</p><ul>");
  line("Childline", "08001111", "0800 1111", label.childline);
  line("Samaritans", "116123", "116 123", label.samaritans);
  if (help == Help::with_act_early) line("ACT Early", "08000113764", "0800 011 3764", label.act_early);
  return raw("</ul></aside>");
}

}  // namespace breakwater::pages

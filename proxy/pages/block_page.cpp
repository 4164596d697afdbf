#include "proxy/pages/block_page.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "proxy/pages/category_names.h"
#include "proxy/pages/words.h"
#include "proxy/wire/utf8.h"

namespace breakwater::pages {
namespace {

constexpr std::size_t kMaxText = 300;  // a longer address says no more to a reader
constexpr std::size_t kMaxCategories = 8;

// Contrast of every text with its ground is 4.5:1 or more in both schemes (WCAG 2.1 AA).
constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--ground:#eef1f5;--card:#fff;--text:#1a2230;--soft:#4d5868;--line:#d9dfe7;--well:#f5f7fa}
.never{--accent:#b3261e;--tint:#fdeceb}
.blocked{--accent:#2f4fb8;--tint:#eaeffc}
.failed{--accent:#7a5200;--tint:#fbf2dd}
@media(prefers-color-scheme:dark){
:root{--ground:#10141b;--card:#1a2029;--text:#e8ecf2;--soft:#a9b4c2;--line:#333d4a;--well:#222a35}
.never{--accent:#ff9d94;--tint:#3a2023}
.blocked{--accent:#a9bdff;--tint:#222d4a}
.failed{--accent:#f0c674;--tint:#372e1b}
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

// By Kind: no entry, a clock, a warning. Drawn here, for nothing may be fetched.
constexpr std::string_view kIcons[] = {
    R"(<circle cx="12" cy="12" r="9.5"/><path d="M5.3 5.3l13.4 13.4"/>)",
    R"(<circle cx="12" cy="12" r="9.5"/><path d="M12 6.5V12l3.8 2.4"/>)",
    R"(<path d="M12 2.8L22.2 20.5H1.8z"/><path d="M12 9.5v5M12 17.4v.2"/>)",
};

class Page {
 public:
  /// Markup of ours.
  Page& raw(std::string_view markup) {
    out_ += markup;
    return *this;
  }

  /// Text of anybody's, in content or in a quoted attribute.
  Page& text(std::string_view text) {
    for (const char c : wire::clean_text(text, kMaxText)) {
      switch (c) {
        case '&':
          out_ += "&amp;";
          break;
        case '<':
          out_ += "&lt;";
          break;
        case '>':
          out_ += "&gt;";
          break;
        case '"':
          out_ += "&quot;";
          break;
        case '\'':
          out_ += "&#39;";
          break;
        default:
          out_ += c;
      }
    }
    return *this;
  }

  /// An element around the text, or nothing where there is none.
  Page& element(std::string_view open, std::string_view content, std::string_view close) {
    return content.empty() ? *this : raw(open).text(content).raw(close);
  }

  /// A line of the table, or nothing. <bdi> keeps odd writing directions from turning what stands around.
  Page& row(std::string_view label, std::string_view value) {
    return value.empty() ? *this : raw("<dt>").text(label).raw("</dt><dd><bdi>").text(value).raw("</bdi></dd>");
  }

  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void append_categories(Page& page, const std::vector<std::string_view>& categories, Language language) {
  if (categories.empty()) return;
  const Labels& label = labels(language);
  page.raw("<dt>").text(categories.size() == 1 ? label.category : label.categories).raw("</dt><dd>");
  const std::size_t shown = std::min(categories.size(), kMaxCategories);
  for (std::size_t i = 0; i < shown; ++i)
    page.raw(i > 0 ? ", <bdi>" : "<bdi>").text(category_name(categories[i], language)).raw("</bdi>");
  page.raw(shown < categories.size() ? ", …</dd>" : "</dd>");
}

/// "20 of 20 minutes", and that there is nothing left.
void append_quota(Page& page, const QuotaUse& quota, Language language) {
  constexpr std::uint64_t kKiB = 1 << 10;
  constexpr std::uint64_t kMiB = 1 << 20;
  const Labels& label = labels(language);
  const auto used = [&](const QuotaUse::Amount& amount, std::uint64_t unit, std::string_view name) {
    auto text = std::to_string(amount.used / unit);
    text.append(label.of).append(std::to_string((amount.most + unit - 1) / unit)).append(name);
    page.row(label.used, text);
  };
  if (quota.minutes) used(*quota.minutes, 1, label.minutes);
  if (quota.bytes) quota.bytes->most < kMiB ? used(*quota.bytes, kKiB, " KiB") : used(*quota.bytes, kMiB, " MiB");
  if (quota.minutes || quota.bytes) page.row(label.left, label.nothing);
}

void append_help(Page& page, const std::vector<std::string_view>& categories, Language language) {
  const auto is_one_of = [&](std::initializer_list<std::string_view> names) {
    return std::ranges::any_of(categories, [&](auto category) { return std::ranges::count(names, category) > 0; });
  };
  const bool radical = is_one_of({"terrorism", "extremism"});
  if (!radical && !is_one_of({"self-harm", "child-abuse"})) return;
  const Labels& label = labels(language);
  const auto line = [&](std::string_view name, std::string_view call, std::string_view number, std::string_view who) {
    page.raw("<li><a href=\"tel:")
        .raw(call)
        .raw("\">")
        .text(name)
        .raw(" ")
        .text(number)
        .raw("</a> <span>")
        .text(who)
        .raw("</span>");
  };
  page.raw("<aside><p>").text(label.help).raw("</p><ul>");
  line("Childline", "08001111", "0800 1111", label.childline);
  line("Samaritans", "116123", "116 123", label.samaritans);
  if (radical) line("ACT Early", "08000113764", "0800 011 3764", label.act_early);
  page.raw("</ul></aside>");
}

std::string_view class_of(Kind kind) {
  switch (kind) {
    case Kind::never:
      return "never";
    case Kind::blocked:
      return "blocked";
    case Kind::failed:
      return "failed";
  }
  return "blocked";
}

}  // namespace

std::string render(const BlockPage& block, Language language) {
  const ReasonWords& reason = words_for(block.reason);
  const Words& words = reason.words[static_cast<std::size_t>(language)];
  const Labels& label = labels(language);
  const auto kind = static_cast<std::size_t>(reason.kind);

  Page page;
  page.raw("<!doctype html>\n<html lang=\"").raw(label.code).raw("\"><head><meta charset=\"utf-8\">");
  page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
  page.raw("<meta name=\"robots\" content=\"noindex\"><title>").text(words.title).raw("</title>");
  page.raw("<style>")
      .raw(kStyle)
      .raw("</style></head>\n<body class=\"")
      .raw(class_of(reason.kind))
      .raw("\"><main><header>");
  page.raw(
      "<svg viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2.4\" stroke-linecap=\"round\" "
      "stroke-linejoin=\"round\" aria-hidden=\"true\">");
  page.raw(kIcons[kind]).raw("</svg><div><h1>").text(words.title).raw("</h1>");
  page.element("<p>", block.centre, "</p>").raw("</div></header>");
  page.element("<p class=\"what\"><bdi>", block.what, "</bdi></p>");
  page.raw("<p class=\"why\">").text(words.text).raw("</p>");
  if (!block.until.empty())
    page.raw("<p class=\"opens\">").text(label.opens).raw(" <strong>").text(block.until).raw("</strong></p>");
  page.raw("<dl>");
  append_categories(page, block.categories, language);
  page.row(label.rule, block.rule)
      .row(label.period, period_name(block.period, language))
      .row(label.detail, block.detail);
  append_quota(page, block.quota, language);
  if (!block.reference.empty())
    page.raw("<dt>").text(label.reference).raw("</dt><dd class=\"reference\">").text(block.reference).raw("</dd>");
  page.raw("</dl><p class=\"ask\">").text(label.advice[kind]).raw("</p>");
  append_help(page, block.categories, language);
  page.raw("</main><footer>").text(label.logged).raw("</footer></body></html>\n");
  return page.take();
}

}  // namespace breakwater::pages

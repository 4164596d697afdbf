#include "proxy/pages/block_page.h"

#include <algorithm>
#include <initializer_list>

#include "proxy/pages/category_names.h"
#include "proxy/pages/page.h"
#include "proxy/pages/words.h"

namespace breakwater::pages {
namespace {

constexpr std::size_t kMaxCategories = 8;

void append_categories(Page& page, const std::vector<std::string_view>& categories, Language language) {
  if (categories.empty()) return;
  const Labels& label = labels(language);
  page.raw("<dt>").raw(categories.size() == 1 ? label.category : label.categories).raw("</dt><dd>");
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

/// Some categories are a reason to offer a talk.
void append_help(Page& page, const std::vector<std::string_view>& categories, Language language) {
  const auto is_one_of = [&](std::initializer_list<std::string_view> names) {
    return std::ranges::any_of(categories, [&](auto category) { return std::ranges::count(names, category) > 0; });
  };
  const bool radical = is_one_of({"terrorism", "extremism"});
  if (radical || is_one_of({"self-harm", "child-abuse"}))
    page.help(language, radical ? Page::Help::with_act_early : Page::Help::general);
}

}  // namespace

std::string render(const BlockPage& block, Language language) {
  const ReasonWords& reason = words_for(block.reason);
  const Words& words = reason.words[static_cast<std::size_t>(language)];
  const Labels& label = labels(language);
  const auto kind = static_cast<std::size_t>(reason.kind);

  Page page;
  page.begin(reason.kind, words.title, block.centre, language);
  page.element("<p class=\"what\"><bdi>", block.what, "</bdi></p>");
  page.raw("<p class=\"why\">").raw(words.text).raw("</p>");
  if (!block.until.empty())
    page.raw("<p class=\"opens\">").raw(label.opens).raw(" <strong>").text(block.until).raw("</strong></p>");
  page.raw("<dl>");
  append_categories(page, block.categories, language);
  page.row(label.rule, block.rule)
      .row(label.period, period_name(block.period, language))
      .row(label.detail, block.detail);
  append_quota(page, block.quota, language);
  if (!block.reference.empty())
    page.raw("<dt>").raw(label.reference).raw("</dt><dd class=\"reference\">").text(block.reference).raw("</dd>");
  page.raw("</dl><p class=\"ask\">").raw(label.advice[kind]).raw("</p>");
  append_help(page, block.categories, language);
  return page.finish(language);
}

}  // namespace breakwater::pages

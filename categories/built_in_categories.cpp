#include "categories/built_in_categories.h"

#include <algorithm>

#include "categories/category.h"

namespace breakwater::categories {
namespace {

constexpr std::string_view kCategories[] = {
    "terrorism",
    "extremism",
    "hate",
    "child-abuse",
    "self-harm",
    "grooming",
    "violence",
    "weapons",
    "drugs",
    "adult",
    "gambling",
    "malware",
    "phishing",
    "scams",
    "hacking",
    "piracy",
    "circumvention",
    "circumvention/proxy",
    "circumvention/vpn",
    "circumvention/doh",
    "circumvention/tor",
    "circumvention/translate",
    "cults",
    "alcohol-tobacco",
    "social-media",
    "social-media/youtube",
    "social-media/instagram",
    "social-media/threads",
    "social-media/tiktok",
    "social-media/snapchat",
    "social-media/whatsapp",
    "social-media/discord",
    "social-media/reddit",
    "social-media/bereal",
    "social-media/pinterest",
    "social-media/x",
    "social-media/bluesky",
    "social-media/telegram",
    "social-media/twitch",
    "social-media/kick",
    "social-media/facebook",
    "social-media/linkedin",
    "social-media/other",
    "chat",
    "dating",
    "forums",
    "games",
    "streaming",
    "music",
    "sport",
    "shopping",
    "celebrity",
    "astrology",
    "ai-tools",
    "ai-tools/chatgpt",
    "ai-tools/gemini",
    "ai-tools/copilot",
    "ai-tools/claude",
    "ai-tools/perplexity",
    "ai-tools/deepseek",
    "ai-tools/grok",
    "ai-tools/meta-ai",
    "ai-tools/character-ai",
    "ai-tools/other",
    "cloud-storage",
    "file-hosting",
    "remote-control",
    "exam-cheating",
    "executables",
    "url-shorteners",
    "dynamic-dns",
    "web-hosting",
    "ads",
    "trackers",
    "misinformation",
    "webmail",
    "news",
    "banking",
    "education",
    "health",
    "government",
    "jobs",
    "search",
    "updates",
    "religion",
};

struct Mapping {
  std::string_view folder;
  std::string_view category;
};

/// Folders of the Université Toulouse Capitole lists, in alphabetical order. Their white lists (liste_blanche,
/// exceptions_liste_bu, reaffected) have no place here: a feed may not allow anything.
constexpr Mapping kUt1[] = {
    {"adult", "adult"},
    {"agressif", "extremism"},
    {"ai", "ai-tools/other"},
    {"arjel", "gambling"},
    {"associations_religieuses", "religion"},
    {"astrology", "astrology"},
    {"audio-video", "streaming"},
    {"bank", "banking"},
    {"celebrity", "celebrity"},
    {"chat", "chat"},
    {"child", "education"},
    {"cleaning", "updates"},
    {"cryptojacking", "malware"},
    {"dangerous_material", "weapons"},
    {"dating", "dating"},
    {"ddos", "malware"},
    {"dialer", "malware"},
    {"doh", "circumvention/doh"},
    {"drogue", "drugs"},
    {"dynamic-dns", "dynamic-dns"},
    {"fakenews", "misinformation"},
    {"filehosting", "file-hosting"},
    {"financial", "banking"},
    {"forums", "forums"},
    {"gambling", "gambling"},
    {"games", "games"},
    {"hacking", "hacking"},
    {"jobsearch", "jobs"},
    {"lingerie", "adult"},
    {"liste_bu", "education"},
    {"malware", "malware"},
    {"manga", "streaming"},
    {"marketingware", "trackers"},
    {"mixed_adult", "adult"},
    {"phishing", "phishing"},
    {"press", "news"},
    {"publicite", "ads"},
    {"radio", "music"},
    {"redirector", "circumvention/proxy"},
    {"remote-control", "remote-control"},
    {"residential-proxies", "circumvention/proxy"},
    {"sect", "cults"},
    {"sexual_education", "health"},
    {"shopping", "shopping"},
    {"shortener", "url-shorteners"},
    {"social_networks", "social-media/other"},
    {"sports", "sport"},
    {"stalkerware", "malware"},
    {"strict_redirector", "circumvention/proxy"},
    {"strong_redirector", "circumvention/proxy"},
    {"translation", "circumvention/translate"},
    {"tricheur", "exam-cheating"},
    {"tricheur_pix", "exam-cheating"},
    {"update", "updates"},
    {"vpn", "circumvention/vpn"},
    {"warez", "piracy"},
    {"webhosting", "web-hosting"},
    {"webmail", "webmail"},
};
static_assert(std::ranges::is_sorted(kUt1, {}, &Mapping::folder));

}  // namespace

std::span<const std::string_view> built_in_categories() {
  return kCategories;
}

std::string_view built_in_mapping(std::string_view feed, std::string_view folder) {
  if (feed == "ut1") {
    const auto* found = std::ranges::lower_bound(kUt1, folder, {}, &Mapping::folder);
    if (found != std::end(kUt1) && found->folder == folder) return found->category;
  }
  // A folder that is named as the taxonomy names it means that, whosever it is.
  const auto* found = std::ranges::find(kCategories, folder);
  return found != std::end(kCategories) ? *found : std::string_view();
}

}  // namespace breakwater::categories

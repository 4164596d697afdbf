#include "proxy/pages/category_names.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace breakwater::pages {
namespace {

struct CategoryName {
  std::string_view category;
  std::array<std::string_view, 2> names;  // by Language
};

constexpr CategoryName kNames[] = {
    {"terrorism", {"Terrorism", "Terfysgaeth"}},
    {"extremism", {"Extremism", "Eithafiaeth"}},
    {"hate", {"Hate and harassment", "Casineb ac aflonyddu"}},
    {"child-abuse", {"Child abuse", "Cam-drin plant"}},
    {"self-harm", {"Self-harm and suicide", "Hunan-niweidio a hunanladdiad"}},
    {"grooming", {"Chat with strangers", "Sgwrsio â dieithriaid"}},
    {"violence", {"Violence", "Trais"}},
    {"weapons", {"Weapons", "Arfau"}},
    {"drugs", {"Drugs", "Cyffuriau"}},
    {"adult", {"Adult content", "Cynnwys i oedolion"}},
    {"gambling", {"Gambling", "Gamblo"}},
    {"malware", {"Harmful software", "Meddalwedd niweidiol"}},
    {"phishing", {"Phishing", "Gwe-rwydo"}},
    {"scams", {"Scams", "Sgamiau"}},
    {"hacking", {"Hacking", "Hacio"}},
    {"piracy", {"Illegal copies", "Copïau anghyfreithlon"}},
    {"circumvention", {"Ways round the filter", "Ffyrdd o osgoi’r hidlydd"}},
    {"circumvention/proxy", {"Proxies", "Gweinyddion dirprwyol"}},
    {"circumvention/vpn", {"VPNs", "Rhwydweithiau VPN"}},
    {"circumvention/doh", {"Encrypted DNS", "DNS wedi’i amgryptio"}},
    {"circumvention/tor", {"Tor", "Tor"}},
    {"circumvention/translate", {"Translation of whole pages", "Cyfieithu tudalennau cyfan"}},
    {"cults", {"Cults", "Cyltiau"}},
    {"alcohol-tobacco", {"Alcohol and tobacco", "Alcohol a thybaco"}},
    {"social-media", {"Social media", "Cyfryngau cymdeithasol"}},
    {"social-media/youtube", {"YouTube", "YouTube"}},
    {"social-media/instagram", {"Instagram", "Instagram"}},
    {"social-media/threads", {"Threads", "Threads"}},
    {"social-media/tiktok", {"TikTok", "TikTok"}},
    {"social-media/snapchat", {"Snapchat", "Snapchat"}},
    {"social-media/whatsapp", {"WhatsApp", "WhatsApp"}},
    {"social-media/discord", {"Discord", "Discord"}},
    {"social-media/reddit", {"Reddit", "Reddit"}},
    {"social-media/bereal", {"BeReal", "BeReal"}},
    {"social-media/pinterest", {"Pinterest", "Pinterest"}},
    {"social-media/x", {"X (Twitter)", "X (Twitter)"}},
    {"social-media/bluesky", {"Bluesky", "Bluesky"}},
    {"social-media/telegram", {"Telegram", "Telegram"}},
    {"social-media/twitch", {"Twitch", "Twitch"}},
    {"social-media/kick", {"Kick", "Kick"}},
    {"social-media/facebook", {"Facebook", "Facebook"}},
    {"social-media/linkedin", {"LinkedIn", "LinkedIn"}},
    {"social-media/other", {"Other social media", "Cyfryngau cymdeithasol eraill"}},
    {"chat", {"Chat", "Sgwrsio"}},
    {"dating", {"Dating", "Dêtio"}},
    {"forums", {"Forums", "Fforymau"}},
    {"games", {"Games", "Gemau"}},
    {"streaming", {"Streaming", "Ffrydio"}},
    {"music", {"Music", "Cerddoriaeth"}},
    {"sport", {"Sport", "Chwaraeon"}},
    {"shopping", {"Shopping", "Siopa"}},
    {"celebrity", {"Celebrity news", "Newyddion am enwogion"}},
    {"astrology", {"Astrology", "Sêr-ddewiniaeth"}},
    {"ai-tools", {"AI tools", "Offer deallusrwydd artiffisial"}},
    {"ai-tools/chatgpt", {"ChatGPT", "ChatGPT"}},
    {"ai-tools/gemini", {"Gemini", "Gemini"}},
    {"ai-tools/copilot", {"Copilot", "Copilot"}},
    {"ai-tools/claude", {"Claude", "Claude"}},
    {"ai-tools/perplexity", {"Perplexity", "Perplexity"}},
    {"ai-tools/deepseek", {"DeepSeek", "DeepSeek"}},
    {"ai-tools/grok", {"Grok", "Grok"}},
    {"ai-tools/meta-ai", {"Meta AI", "Meta AI"}},
    {"ai-tools/character-ai", {"Character.AI", "Character.AI"}},
    {"ai-tools/other", {"Other AI tools", "Offer deallusrwydd artiffisial eraill"}},
    {"cloud-storage", {"Cloud storage", "Storio yn y cwmwl"}},
    {"file-hosting", {"File sharing", "Rhannu ffeiliau"}},
    {"remote-control", {"Remote control", "Rheoli o bell"}},
    {"exam-cheating", {"Cheating in exams", "Twyllo mewn arholiadau"}},
    {"executables", {"Programs (.exe, .com)", "Rhaglenni (.exe, .com)"}},
    {"url-shorteners", {"Short links", "Dolenni byr"}},
    {"dynamic-dns", {"Dynamic DNS", "DNS dynamig"}},
    {"web-hosting", {"Web hosting", "Gwesteia gwe"}},
    {"ads", {"Advertising", "Hysbysebion"}},
    {"trackers", {"Trackers", "Olrheinwyr"}},
    {"misinformation", {"Misinformation", "Camwybodaeth"}},
    {"webmail", {"Webmail", "Gwebost"}},
    {"news", {"News", "Newyddion"}},
    {"banking", {"Banking", "Bancio"}},
    {"education", {"Education", "Addysg"}},
    {"health", {"Health", "Iechyd"}},
    {"government", {"Government", "Llywodraeth"}},
    {"jobs", {"Jobs", "Swyddi"}},
    {"search", {"Search engines", "Peiriannau chwilio"}},
    {"updates", {"Software updates", "Diweddariadau meddalwedd"}},
    {"religion", {"Religion", "Crefydd"}},
};

}  // namespace

std::string_view category_name(std::string_view category, Language language) {
  const auto* found = std::ranges::find(kNames, category, &CategoryName::category);
  return found == std::end(kNames) ? category : found->names[static_cast<std::size_t>(language)];
}

}  // namespace breakwater::pages

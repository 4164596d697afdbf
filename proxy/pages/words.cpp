#include "proxy/pages/words.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "proxy/wire/html.h"

namespace breakwater::pages {
namespace {

constexpr std::string_view kBlocked = "This site is blocked";
constexpr std::string_view kBlockedWelsh = "Mae’r wefan hon wedi’i rhwystro";
constexpr std::string_view kConnection = "This connection is blocked";
constexpr std::string_view kConnectionWelsh = "Mae’r cysylltiad hwn wedi’i rwystro";

constexpr ReasonWords kGeneral{
    "",
    Kind::blocked,
    {{{kBlocked, "It is not open on this network."}, {kBlockedWelsh, "Nid yw ar agor ar y rhwydwaith hwn."}}}};

constexpr ReasonWords kReasons[] = {
    {"floor",
     Kind::never,
     {{{kBlocked, "Sites of this kind are never open on this network, whatever the time of day."},
       {kBlockedWelsh, "Nid yw gwefannau o’r math hwn byth ar agor ar y rhwydwaith hwn, beth bynnag fo’r amser."}}}},
    {"rule",
     Kind::blocked,
     {{{"This site is not open right now", "The centre’s rules keep sites of this kind closed at this time."},
       {"Nid yw’r wefan hon ar agor ar hyn o bryd",
        "Mae rheolau’r ganolfan yn cadw gwefannau o’r math hwn ar gau yr adeg hon."}}}},
    {"default",
     Kind::blocked,
     {{{kBlocked, "Only sites that the centre has approved are open to you, and this is not one of them."},
       {kBlockedWelsh,
        "Dim ond gwefannau y mae’r ganolfan wedi’u cymeradwyo sydd ar agor i chi, ac nid yw hon yn un ohonynt."}}}},
    {"quota",
     Kind::blocked,
     {{{"Your allowance is used up", "You have had all the time or data there is for sites of this kind for now."},
       {"Mae eich lwfans wedi dod i ben",
        "Rydych wedi defnyddio’r holl amser neu ddata sydd ar gael ar gyfer gwefannau o’r math hwn am y tro."}}}},
    {"unknown_client",
     Kind::blocked,
     {{{"This device is not known here",
        "The network cannot tell which group this device belongs to, so nothing is open to it."},
       {"Nid ydym yn adnabod y ddyfais hon",
        "Ni all y rhwydwaith weld i ba grŵp y mae’r ddyfais hon yn perthyn, felly nid oes dim ar agor iddi."}}}},
    {"not_tls",
     Kind::blocked,
     {{{kConnection, "It said that it was a secure web connection, but it was something else."},
       {kConnectionWelsh, "Honnodd ei fod yn gysylltiad gwe diogel, ond rhywbeth arall ydoedd."}}}},
    {"no_sni",
     Kind::blocked,
     {{{kConnection, "It did not say which site it is for, so it could not be checked."},
       {kConnectionWelsh, "Ni ddywedodd ar gyfer pa wefan y mae, felly nid oedd modd ei wirio."}}}},
    {"sni",
     Kind::blocked,
     {{{kConnection, "It asked for one site and then named another."},
       {kConnectionWelsh, "Gofynnodd am un wefan ac yna enwi un arall."}}}},
    {"ech",
     Kind::blocked,
     {{{kConnection, "It hid which site it is for behind the name of another, so it could not be checked."},
       {kConnectionWelsh, "Cuddiodd ar gyfer pa wefan y mae y tu ôl i enw un arall, felly nid oedd modd ei wirio."}}}},
    {"not_http",
     Kind::blocked,
     {{{kConnection, "It went to where web sites are, but it was something else."},
       {kConnectionWelsh, "Aeth i’r man lle mae gwefannau, ond rhywbeth arall ydoedd."}}}},
    {"no_host",
     Kind::blocked,
     {{{kConnection, "The request did not say which site it is for, so it could not be checked."},
       {kConnectionWelsh, "Ni ddywedodd y cais ar gyfer pa wefan y mae, felly nid oedd modd ei wirio."}}}},
    {"silent",
     Kind::blocked,
     {{{kConnection, "Nothing was said on it that says what it is for, so it could not be checked."},
       {kConnectionWelsh, "Ni ddywedwyd dim arno sy’n dweud i beth y mae, felly nid oedd modd ei wirio."}}}},
    {"plain_http",
     Kind::blocked,
     {{{kConnection, "It was to be a secure web connection, but it is not encrypted."},
       {kConnectionWelsh, "Roedd i fod yn gysylltiad gwe diogel, ond nid yw wedi’i amgryptio."}}}},
    {"nested_proxy",
     Kind::blocked,
     {{{kConnection, "It goes to another proxy, which would fetch sites past this network’s filter."},
       {kConnectionWelsh,
        "Mae’n mynd at ddirprwy arall, a fyddai’n nôl gwefannau heibio i hidlydd y rhwydwaith hwn."}}}},
    {"ssh",
     Kind::blocked,
     {{{kConnection, "It is a remote login (SSH), through which anything could pass."},
       {kConnectionWelsh, "Mewngofnodi o bell (SSH) ydyw, a gallai unrhyw beth fynd drwyddo."}}}},
    {"socks",
     Kind::blocked,
     {{{kConnection, "It is a SOCKS proxy, through which anything could pass."},
       {kConnectionWelsh, "Dirprwy SOCKS ydyw, a gallai unrhyw beth fynd drwyddo."}}}},
    {"openvpn",
     Kind::blocked,
     {{{kConnection, "It is a VPN (OpenVPN). VPNs are not open on this network."},
       {kConnectionWelsh, "VPN (OpenVPN) ydyw. Nid yw VPNs ar agor ar y rhwydwaith hwn."}}}},
    {"wireguard",
     Kind::blocked,
     {{{kConnection, "It is a VPN (WireGuard). VPNs are not open on this network."},
       {kConnectionWelsh, "VPN (WireGuard) ydyw. Nid yw VPNs ar agor ar y rhwydwaith hwn."}}}},
    {"sstp",
     Kind::blocked,
     {{{kConnection, "It is a VPN (SSTP). VPNs are not open on this network."},
       {kConnectionWelsh, "VPN (SSTP) ydyw. Nid yw VPNs ar agor ar y rhwydwaith hwn."}}}},
    {"remote_desktop",
     Kind::blocked,
     {{{kConnection, "It controls a computer from afar, which is not open on this network."},
       {kConnectionWelsh, "Mae’n rheoli cyfrifiadur o bell, ac nid yw hynny ar agor ar y rhwydwaith hwn."}}}},
    {"bittorrent",
     Kind::blocked,
     {{{kConnection, "It shares files by BitTorrent, which is not open on this network."},
       {kConnectionWelsh, "Mae’n rhannu ffeiliau drwy BitTorrent, ac nid yw hynny ar agor ar y rhwydwaith hwn."}}}},
    {"chat_protocol",
     Kind::blocked,
     {{{kConnection, "It is a chat program’s, and cannot be checked."},
       {kConnectionWelsh, "Cysylltiad rhaglen sgwrsio ydyw, ac nid oes modd ei wirio."}}}},
    {"tor",
     Kind::blocked,
     {{{kConnection, "It looks like one of the Tor network, which is not open here."},
       {kConnectionWelsh, "Mae’n edrych fel un o rwydwaith Tor, nad yw ar agor yma."}}}},
    {"dot",
     Kind::blocked,
     {{{kConnection, "It looks up names past this network (DNS over TLS)."},
       {kConnectionWelsh, "Mae’n chwilio am enwau heibio i’r rhwydwaith hwn (DNS dros TLS)."}}}},
    {"loop",
     Kind::failed,
     {{{"This request went round in circles", "It came from this gateway and was on its way back to it."},
       {"Aeth y cais hwn mewn cylchoedd", "Daeth o’r porth hwn ac roedd ar ei ffordd yn ôl ato."}}}},
    {"address_literal",
     Kind::blocked,
     {{{"This address is blocked",
        "Sites are open by name only. This address is a number, so it could not be checked."},
       {"Mae’r cyfeiriad hwn wedi’i rwystro",
        "Dim ond drwy eu henw y mae gwefannau ar agor. Rhif yw’r cyfeiriad hwn, felly nid oedd modd ei wirio."}}}},
    {"private_destination",
     Kind::blocked,
     {{{"This address is blocked", "It leads into a private network and not to the internet."},
       {"Mae’r cyfeiriad hwn wedi’i rwystro", "Mae’n arwain i rwydwaith preifat ac nid i’r rhyngrwyd."}}}},
    {"port",
     Kind::blocked,
     {{{"This address is blocked", "It uses a port that is not open on this network."},
       {"Mae’r cyfeiriad hwn wedi’i rwystro", "Mae’n defnyddio porth nad yw ar agor ar y rhwydwaith hwn."}}}},
    {"sign_in",
     Kind::blocked,
     {{{"Please sign in", "Sign in with your account of the centre. Your browser asks for its name and password."},
       {"Mewngofnodwch",
        "Mewngofnodwch gyda’ch cyfrif yn y ganolfan. Bydd eich porwr yn gofyn am ei enw a’i gyfrinair."}}}},
    {"sign_in_elsewhere",
     Kind::blocked,
     {{{"Please sign in by the secure proxy",
        "You have to sign in, and this connection would not keep your password secret. Set the proxy named below."},
       {"Mewngofnodwch drwy’r dirprwy diogel",
        "Rhaid i chi fewngofnodi, ac ni fyddai’r cysylltiad hwn yn cadw eich cyfrinair yn gyfrinachol. Gosodwch y "
        "dirprwy a enwir isod."}}}},
    {"sign_in_failed",
     Kind::failed,
     {{{"Your sign-in could not be checked", "Something went wrong on our side. Try again in a minute."},
       {"Nid oedd modd gwirio eich mewngofnodi",
        "Aeth rhywbeth o’i le ar ein hochr ni. Rhowch gynnig arall arni mewn munud."}}}},
    {"acceptance",
     Kind::blocked,
     {{{"Please read the rules first",
        "Before you use this network, read its rules and accept them: open breakwater.internal in a browser."},
       {"Darllenwch y rheolau yn gyntaf",
        "Cyn defnyddio’r rhwydwaith hwn, darllenwch ei reolau a’u derbyn: agorwch breakwater.internal mewn porwr."}}}},
    {"portal",
     Kind::failed,
     {{{"This page is opened without https",
        "breakwater.internal is on this network itself. Open it with http in front of its name, not with https."},
       {"Agorir y dudalen hon heb https",
        "Mae breakwater.internal ar y rhwydwaith hwn ei hun. Agorwch hi gyda http o flaen ei henw, nid gyda https."}}}},
    {"engine_error",
     Kind::failed,
     {{{"This site could not be checked", "Something went wrong on our side, and what cannot be checked stays closed."},
       {"Nid oedd modd gwirio’r wefan hon",
        "Aeth rhywbeth o’i le ar ein hochr ni, ac mae’r hyn na ellir ei wirio yn aros ar gau."}}}},
    {"malformed",
     Kind::failed,
     {{{"This request could not be read",
        "The browser or app sent something that breaks the rules of the web, so it went no further."},
       {"Nid oedd modd darllen y cais hwn",
        "Anfonodd y porwr neu’r ap rywbeth sy’n torri rheolau’r we, felly nid aeth ddim pellach."}}}},
    {"unrecorded",
     Kind::never,
     {{{kBlocked, "It is not open on this network. Something also went wrong on our side, so please tell your tutor."},
       {kBlockedWelsh,
        "Nid yw ar agor ar y rhwydwaith hwn. Aeth rhywbeth o’i le ar ein hochr ni hefyd, felly rhowch wybod i’ch "
        "tiwtor."}}}},
    {"dns",
     Kind::failed,
     {{{"This site cannot be found",
        "No address was found for its name. Check the spelling, or try again in a minute."},
       {"Nid oes modd dod o hyd i’r wefan hon",
        "Ni chafwyd cyfeiriad ar gyfer ei henw. Gwiriwch y sillafu, neu rhowch gynnig arall arni mewn munud."}}}},
    {"connect",
     Kind::failed,
     {{{"This site cannot be reached", "It did not take the connection, and may be out of order. Try again later."},
       {"Nid oes modd cyrraedd y wefan hon",
        "Ni dderbyniodd y cysylltiad, ac efallai nad yw’n gweithio. Rhowch gynnig arall arni yn nes ymlaen."}}}},
    {"timeout",
     Kind::failed,
     {{{"This site took too long", "No answer came in time. Try again later."},
       {"Cymerodd y wefan hon ormod o amser", "Ni ddaeth ateb mewn pryd. Rhowch gynnig arall arni yn nes ymlaen."}}}},
    {"origin",
     Kind::failed,
     {{{"This site sent a broken answer", "Its answer could not be read, so it went no further."},
       {"Anfonodd y wefan hon ateb diffygiol", "Nid oedd modd darllen ei hateb, felly nid aeth ddim pellach."}}}},
    {"limit",
     Kind::failed,
     {{{"Too much is open at once", "Close some pages or apps, and try again."},
       {"Mae gormod ar agor ar unwaith", "Caewch rai tudalennau neu apiau, a rhowch gynnig arall arni."}}}},
};

constexpr Labels kLabels[] = {
    {.code = "en-GB",
     .opens = "It opens at",
     .category = "Category",
     .categories = "Categories",
     .period = "Time of day",
     .rule = "Rule",
     .detail = "What was wrong",
     .used = "Used",
     .of = " of ",
     .minutes = " minutes",
     .left = "Left",
     .nothing = "nothing",
     .reference = "Reference",
     .advice = {"If you came here by accident, or think this is a mistake, tell your tutor and quote the reference.",
                "Do you need it for your course, or is this a mistake? Ask your tutor, and quote the reference.",
                "If it happens again, tell your tutor and quote the reference."},
     .help = "If something is worrying you, you can talk to someone in confidence. These calls are free.",
     .childline = "under 19",
     .samaritans = "any age, day and night",
     .act_early = "worried that someone is being drawn into extremism",
     .logged = "What is opened on this network is logged."},
    {.code = "cy",
     .opens = "Bydd yn agor am",
     .category = "Categori",
     .categories = "Categorïau",
     .period = "Adeg o’r dydd",
     .rule = "Rheol",
     .detail = "Beth oedd o’i le",
     .used = "Wedi’i ddefnyddio",
     .of = " o ",
     .minutes = " munud",
     .left = "Ar ôl",
     .nothing = "dim",
     .reference = "Cyfeirnod",
     .advice =
         {"Os daethoch yma ar ddamwain, neu os ydych yn meddwl mai camgymeriad yw hyn, dywedwch wrth eich tiwtor a "
          "rhowch "
          "y cyfeirnod.",
          "A oes ei hangen arnoch ar gyfer eich cwrs, neu ai camgymeriad yw hyn? Gofynnwch i’ch tiwtor, a rhowch y "
          "cyfeirnod.",
          "Os bydd hyn yn digwydd eto, dywedwch wrth eich tiwtor a rhowch y cyfeirnod."},
     .help = "Os oes rhywbeth yn eich poeni, gallwch siarad â rhywun yn gyfrinachol. Mae’r galwadau hyn am ddim.",
     .childline = "dan 19 oed",
     .samaritans = "unrhyw oed, ddydd a nos",
     .act_early = "os ydych yn poeni bod rhywun yn cael ei ddenu at eithafiaeth",
     .logged = "Cedwir cofnod o’r hyn a agorir ar y rhwydwaith hwn."},
};

constexpr bool is_plain(std::string_view text) {
  return wire::kPlainInHtml.contains_all(text);
}
constexpr bool is_plain(const ReasonWords& reason) {
  const auto& [english, welsh] = reason.words;
  return is_plain(english.title) && is_plain(english.text) && is_plain(welsh.title) && is_plain(welsh.text);
}
constexpr bool is_plain(const Labels& l) {
  const auto texts = {l.code, l.opens,     l.category,  l.categories, l.period,     l.rule,      l.detail,
                      l.used, l.of,        l.left,      l.minutes,    l.nothing,    l.reference, l.advice[0],
                      l.help, l.advice[1], l.advice[2], l.childline,  l.samaritans, l.act_early, l.logged};
  return std::ranges::all_of(texts, [](std::string_view text) { return is_plain(text); });
}
static_assert(is_plain(kGeneral) && std::ranges::all_of(kReasons, [](const auto& each) { return is_plain(each); }) &&
                  std::ranges::all_of(kLabels, [](const auto& each) { return is_plain(each); }),
              "pages take these words as they are");

// The periods of the sample policy; those of a centre's own are in its own language.
constexpr std::pair<std::string_view, std::string_view> kWelshPeriods[] = {
    {"session", "sesiwn"}, {"break", "egwyl"},    {"lunch", "amser cinio"},
    {"closed", "ar gau"},  {"working", "gwaith"}, {"private", "amser personol"},
};

}  // namespace

const ReasonWords& words_for(std::string_view reason) {
  const auto* found = std::ranges::find(kReasons, reason, &ReasonWords::reason);
  return found == std::end(kReasons) ? kGeneral : *found;
}

std::string_view period_name(std::string_view period, Language language) {
  if (language == Language::english) return period;
  const auto* found = std::ranges::find(kWelshPeriods, period, &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(kWelshPeriods) ? period : found->second;
}

const Labels& labels(Language language) {
  return kLabels[static_cast<std::size_t>(language)];
}

}  // namespace breakwater::pages

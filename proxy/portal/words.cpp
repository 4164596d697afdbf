#include "proxy/portal/words.h"

namespace breakwater::portal {
namespace {

constexpr Words kWords[] = {
    {
        .other_language = "Cymraeg",
        .other_code = "cy",
        .window = "Your window on this network",
        .group = "Your group",
        .period = "Time of day",
        .next_bell = "Next bell",
        .accept_first = "You have not yet accepted the rules of this network, so little is open to you.",
        .stopped = "Stopped today",
        .nothing_stopped = "Nothing of yours has been stopped today.",
        .stopped_note = "Only you see this list, and it is gone at the end of the day.",
        .times = "times",
        .left = "What you have left",
        .open_now = "Open now",
        .open_default = "Sites are open to you, but for what is named below.",
        .closed_default = "Only sites that the centre has approved are open to you.",
        .open_list = "Open",
        .closed_list = "Closed at this time",
        .never_list = "Never open",
        .help = "Someone to talk to",
        .help_text =
            "Ask your tutor about anything on this page. If something that you saw worries you, tell your tutor "
            "or the safeguarding lead.",
        .ask_review = "Ask for a review",
        .why = "What do you need it for? (You may leave this empty.)",
        .accident = "That was an accident",
        .accident_note = "It happens to everyone. Say so, and whoever looks at it will know.",
        .review_kept = "Thank you. Your request has been passed on, and somebody will look at it.",
        .accident_kept = "Thank you for telling us. Whoever looks at it will know.",
        .too_many = "You have sent as many messages as you can in one day. Please speak to your tutor.",
        .not_kept = "Something went wrong on our side, and your message was not kept. Please speak to your tutor.",
        .gone = "This entry is no longer in your list. Please speak to your tutor.",
        .bad_form = "This form is too old, or did not come from this page. Please go back and send it again.",
        .rules = "The rules of this network",
        .rules_intro = "Please read them, and accept them at the end of the page. Then the network opens to you.",
        .version = "Version",
        .agree = "I have read these rules and I accept them",
        .accept = "Accept",
        .tick = "Please tick the box to say that you accept the rules.",
        .new_version = "The rules have changed since you opened this page. Please read them again.",
        .accepted = "Thank you. You have accepted the rules, and the network is open to you.",
        .accept_failed =
            "Something went wrong on our side, and your acceptance was not kept. Please try again in a minute.",
        .go_on = "Go on to",
        .to_window = "To your window on this network",
        .nothing_to_accept = "There is nothing that you need to accept.",
        .no_page = "There is no such page here",
    },
    {
        .other_language = "English",
        .other_code = "en",
        .window = "Eich ffenestr ar y rhwydwaith hwn",
        .group = "Eich grŵp",
        .period = "Adeg o’r dydd",
        .next_bell = "Y gloch nesaf",
        .accept_first = "Nid ydych wedi derbyn rheolau’r rhwydwaith hwn eto, felly ychydig sydd ar agor i chi.",
        .stopped = "Wedi’i rwystro heddiw",
        .nothing_stopped = "Nid oes dim o’ch eiddo chi wedi’i rwystro heddiw.",
        .stopped_note = "Dim ond chi sy’n gweld y rhestr hon, a bydd yn diflannu ar ddiwedd y dydd.",
        .times = "gwaith",
        .left = "Yr hyn sydd gennych ar ôl",
        .open_now = "Ar agor nawr",
        .open_default = "Mae gwefannau ar agor i chi, heblaw am yr hyn a enwir isod.",
        .closed_default = "Dim ond gwefannau y mae’r ganolfan wedi’u cymeradwyo sydd ar agor i chi.",
        .open_list = "Ar agor",
        .closed_list = "Ar gau yr adeg hon",
        .never_list = "Byth ar agor",
        .help = "Rhywun i siarad â nhw",
        .help_text = "Gofynnwch i’ch tiwtor am unrhyw beth ar y dudalen hon. Os yw rhywbeth a welsoch yn eich poeni, "
                     "dywedwch wrth eich tiwtor neu’r arweinydd diogelu.",
        .ask_review = "Gofyn am adolygiad",
        .why = "Ar gyfer beth mae ei hangen arnoch? (Cewch adael hwn yn wag.)",
        .accident = "Damwain oedd hynny",
        .accident_note = "Mae’n digwydd i bawb. Dywedwch hynny, a bydd pwy bynnag sy’n edrych arno yn gwybod.",
        .review_kept = "Diolch. Mae eich cais wedi’i anfon ymlaen, a bydd rhywun yn edrych arno.",
        .accident_kept = "Diolch am ddweud wrthym. Bydd pwy bynnag sy’n edrych arno yn gwybod.",
        .too_many = "Rydych wedi anfon cymaint o negeseuon ag y gallwch mewn diwrnod. Siaradwch â’ch tiwtor.",
        .not_kept = "Aeth rhywbeth o’i le ar ein hochr ni, ac ni chadwyd eich neges. Siaradwch â’ch tiwtor.",
        .gone = "Nid yw’r cofnod hwn yn eich rhestr mwyach. Siaradwch â’ch tiwtor.",
        .bad_form = "Mae’r ffurflen hon yn rhy hen, neu ni ddaeth o’r dudalen hon. Ewch yn ôl a’i hanfon eto.",
        .rules = "Rheolau’r rhwydwaith hwn",
        .rules_intro = "Darllenwch nhw, a’u derbyn ar ddiwedd y dudalen. Yna bydd y rhwydwaith yn agor i chi.",
        .version = "Fersiwn",
        .agree = "Rwyf wedi darllen y rheolau hyn ac rwy’n eu derbyn",
        .accept = "Derbyn",
        .tick = "Ticiwch y blwch i ddweud eich bod yn derbyn y rheolau.",
        .new_version = "Mae’r rheolau wedi newid ers i chi agor y dudalen hon. Darllenwch nhw eto.",
        .accepted = "Diolch. Rydych wedi derbyn y rheolau, ac mae’r rhwydwaith ar agor i chi.",
        .accept_failed =
            "Aeth rhywbeth o’i le ar ein hochr ni, ac ni chadwyd eich derbyniad. Rhowch gynnig arall arni mewn "
            "munud.",
        .go_on = "Ymlaen i",
        .to_window = "I’ch ffenestr ar y rhwydwaith hwn",
        .nothing_to_accept = "Nid oes dim y mae angen i chi ei dderbyn.",
        .no_page = "Nid oes tudalen o’r fath yma",
    },
};

}  // namespace

const Words& words(pages::Language language) {
  return kWords[static_cast<std::size_t>(language)];
}

}  // namespace breakwater::portal

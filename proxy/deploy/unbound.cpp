// How Unbound 1.17 is brought to each of the things (`man unbound.conf`; tried in tests/integration/test_dns.py):
//
//   safe search     An RPZ: a local-zone of type redirect would take what is below the name as well (mail.google.com),
//                   and of every other type it answers the CNAME alone, without its addresses.
//   levels          Tags: a zone with tags counts for the networks that carry one of them.
//   HTTPS records   Neither local-zone nor RPZ can tell types apart, so that a Python module answers types 64 and 65 by
//                   an empty answer: no ECH keys reach a browser, and it asks for A and AAAA as it always does.

#include "proxy/deploy/unbound.h"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "proxy/deploy/names.h"
#include "proxy/deploy/rpz.h"
#include "rules/safe_search_names.h"

namespace breakwater::deploy {
namespace {

constexpr std::string_view kHardening = R"(
  # Nothing about this resolver itself, and no answer that somebody else slipped in.
  hide-identity: yes
  hide-version: yes
  harden-glue: yes
  harden-dnssec-stripped: yes
  harden-below-nxdomain: yes
  qname-minimisation: yes
  deny-any: yes
  aggressive-nsec: yes
  prefetch: yes
  msg-cache-size: 64m
  rrset-cache-size: 128m
  module-config: "python respip validator iterator"
)";

// RFC 9460: SVCB is type 64, HTTPS type 65. The module comes before validator and iterator, so that nobody is asked.
constexpr std::string_view kPython = R"(
WITHOUT = (64, 65)


def init(module, config):
    return True


def deinit(module):
    return True


def inform_super(module, state, super_state, data):
    return True


def operate(module, event, state, data):
    if event not in (MODULE_EVENT_NEW, MODULE_EVENT_PASS):
        state.ext_state[module] = MODULE_FINISHED
    elif state.qinfo.qtype not in WITHOUT:
        state.ext_state[module] = MODULE_WAIT_MODULE
    else:
        empty = DNSMessage(state.qinfo.qname_str, state.qinfo.qtype, RR_CLASS_IN, PKT_QR | PKT_RA)
        if not empty.set_return_msg(state):
            state.ext_state[module] = MODULE_ERROR
            return True
        state.return_msg.rep.security = 2  # as checked as it can be: the validator has nothing to look at
        state.return_rcode = RCODE_NOERROR
        state.ext_state[module] = MODULE_FINISHED
    return True
)";

/// Where clients of a network can be (RFC 1918, RFC 6598, RFC 4193, RFC 4291 2.5.6).
constexpr std::string_view kLocalNetworks[] = {"10.0.0.0/8",    "172.16.0.0/12", "192.168.0.0/16",
                                               "100.64.0.0/10", "fc00::/7",      "fe80::/10"};

constexpr std::string_view kModule = "without_https_records.py";

std::string tag_of(rules::SafeSearch level) {
  const auto* const search = level.search == rules::SafeSearch::Search::on ? "search" : "plain";
  return fmt::format("{}-youtube-{}", search, rules::to_string(level.youtube));
}

/// What the networks of a group are held to, for each network once.
std::map<categories::Network, rules::SafeSearch> networks_of(const rules::Policy& policy) {
  std::map<categories::Network, rules::SafeSearch> networks;
  for (const auto& group : policy.groups)
    for (const auto& network : group.networks)
      networks.emplace(network, group.safe_search);
  if (!policy.catch_all) return networks;
  // Whoever is in no group's network is in this group; a resolver for all the world is nobody's wish.
  for (const auto text : kLocalNetworks)
    if (const auto network = categories::Network::parse(text))
      networks.emplace(*network, policy.groups[*policy.catch_all].safe_search);
  return networks;
}

std::string clients(const std::map<categories::Network, rules::SafeSearch>& networks,
                    const std::map<std::string, rules::SafeSearch>& levels) {
  std::string text = "\n  # Who may ask: the networks of the policy's groups. Everybody else is refused.\n";
  if (!levels.empty()) {
    text += "  define-tag: \"";
    for (const auto& [tag, level] : levels)
      text.append(text.ends_with('"') ? "" : " ").append(tag);
    text += "\"\n";
  }
  for (const auto& [network, level] : networks) {
    text += fmt::format("  access-control: {} allow\n", network.to_string());
    if (const auto tag = tag_of(level); levels.contains(tag))
      text += fmt::format("  access-control-tag: {} \"{}\"\n", network.to_string(), tag);
  }
  return text;
}

std::string names(const Site& site) {
  std::string text = "\n  # These say, by not being there, that encrypted DNS and relays are not wanted.\n";
  for (const auto name : canary_names())
    text += fmt::format("  local-zone: \"{}.\" always_nxdomain\n", name);
  text += "\n  # These are the gateway.\n";
  for (const auto& name : gateway_names(site)) {
    text += fmt::format("  local-zone: \"{}.\" static\n", name);
    for (const auto& address : site.addresses)
      text += fmt::format("  local-data: \"{}. 300 IN {} {}\"\n", name, address.is_v4() ? "A" : "AAAA",
                          address.to_string());
  }
  text +=
      "\n  # No name of the outside leads inside (DNS rebinding); put a private-domain of your own beside this file.\n";
  for (const auto network : private_networks())
    text += fmt::format("  private-address: {}\n", network);
  return text;
}

std::string zone(std::string_view name, const std::filesystem::path& file, std::string_view tag) {
  auto text = fmt::format("\nrpz:\n  name: \"{}\"\n  zonefile: \"{}\"\n", name, file.string());
  if (!tag.empty()) text += fmt::format("  tags: \"{}\"\n", tag);
  return text;
}

}  // namespace

std::vector<TextFile> unbound_files(const Site& site, const rules::Policy& policy, const std::filesystem::path& folder,
                                    const std::filesystem::path& blocking) {
  const auto networks = networks_of(policy);
  std::map<std::string, rules::SafeSearch> levels;
  for (const auto& [network, level] : networks)
    if (!rules::safe_names(level).empty()) levels.emplace(tag_of(level), level);

  auto conf = file_head(site, "Breakwater: DNS for the Wi-Fi, for Unbound 1.17");
  conf += "server:\n  interface: 127.0.0.1\n";
  for (const auto& address : site.addresses)
    conf += fmt::format("  interface: {}\n", address.to_string());
  conf += clients(networks, levels);
  conf += names(site);
  conf += kHardening;
  conf += fmt::format("\npython:\n  python-script: \"{}\"\n", (folder / kModule).string());

  std::vector<TextFile> files;
  for (const auto& [tag, level] : levels) {
    const auto name = "safe-" + tag + ".rpz";
    auto text = file_head(site, "Breakwater: names that search engines offer for schools", ";");
    RpzWriter writer(text, name);
    writer.begin(1);
    for (const auto& each : rules::safe_names(level))
      writer.lead(each.host, each.safe);
    files.push_back({name, std::move(text)});
    conf += zone(name, folder / name, tag);
  }
  if (!blocking.empty()) conf += zone("breakwater-lists.rpz", blocking, "");
  files.push_back({std::string(kModule), file_head(site,
                                                   "Breakwater: answers questions for HTTPS and SVCB records (RFC "
                                                   "9460) as if there were none") +
                                             std::string(kPython.substr(1))});
  files.push_back({"breakwater.conf", std::move(conf)});
  return files;
}

}  // namespace breakwater::deploy

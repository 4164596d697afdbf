#include "proxy/cli/holdings.h"
#include "proxy/cli/terminal.h"
#include "proxy/reports/words.h"

namespace breakwater::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostShown = 2000;  // of one purpose on the page; the other file has them all

std::string kept(const Holding& holding, const rules::Policy& policy) {
  if (holding.age == nullptr) return holding.kept;
  const auto age = policy.retention.*holding.age;
  return age ? reports::counted(static_cast<std::uint64_t>(age->count()), "day", "days") : "until somebody deletes it";
}

constexpr std::string_view kIntroduction =
    "This is what the gateway of the Wi-Fi keeps, why, and for how long (UK GDPR, article 15). Times are in UTC unless "
    "they say otherwise. Who acted on a record, and what they wrote, is left out, since it may name others; where "
    "something is sealed, only the safeguarding lead can open it. Lines of the access log stand here where they carry "
    "this name or address; another person may have used the address.";

/// "host: example.org; port: 443"; what is null or empty is left out.
std::string text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_structured()) return value.is_null() ? std::string() : value.dump();
  std::string out;
  for (const auto& [name, each] : value.items()) {
    const auto text = text_of(each);
    if (text.empty()) continue;
    out.append(out.empty() ? "" : "; ");
    if (value.is_object()) out.append(name).append(": ");
    out.append(text);
  }
  return out;
}

std::string time_of(const Json& item) {
  const auto found = item.find("time");
  return found != item.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void add(const Holding& holding, const rules::Policy& policy, std::vector<reports::Block>& out) {
  out.emplace_back(reports::Heading{.text = holding.title});
  out.emplace_back(reports::Definitions{{{"What it is for", holding.purpose},
                                         {"How long it is kept", kept(holding, policy)},
                                         {"How many", reports::grouped(holding.items.size())}}});
  if (holding.items.empty()) return;
  reports::Table table;
  table.caption = holding.items.size() > kMostShown ? "The first of them; subject.json has all, and what is cut here"
                                                    : "Each of them; subject.json has what is cut here";
  table.columns = {{"When", 1}, {"What is held", 4}};
  for (const auto& item : holding.items) {
    if (table.rows.size() == kMostShown) break;
    auto rest = item;
    rest.erase("time");
    table.rows.push_back({{time_of(item), {}, {}}, {text_of(rest), {}, {}}});
  }
  out.emplace_back(std::move(table));
}

}  // namespace

reports::Document to_document(const std::vector<Holding>& holdings, const DataSubject& subject,
                              const rules::Policy& policy, rules::SysSeconds made) {
  reports::Document out;
  out.title = "What the web gateway holds about you";
  out.subtitle = subject.kind() + " " + subject.name();
  out.author = policy.centre + " \u00B7 made " + reports::moment_text(made, *policy.zone);
  out.marking = "Confidential. The safeguarding lead reads it before it is handed out.";
  out.made = made;
  out.blocks.emplace_back(reports::Paragraph{.text = std::string(kIntroduction)});
  for (const auto& holding : holdings)
    add(holding, policy, out.blocks);
  return out;
}

Json to_json(const std::vector<Holding>& holdings, const DataSubject& subject, const rules::Policy& policy,
             rules::SysSeconds made) {
  Json out{
      {"about", subject.key}, {"pseudonym", subject.pseudonym}, {"centre", policy.centre}, {"made", utc_text(made)}};
  out["held"] = Json::array();
  for (const auto& holding : holdings)
    out["held"].push_back({{"what", holding.title},
                           {"purpose", holding.purpose},
                           {"kept", kept(holding, policy)},
                           {"items", holding.items}});
  return out;
}

}  // namespace breakwater::cli

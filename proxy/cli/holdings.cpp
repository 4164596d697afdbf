#include "proxy/cli/holdings.h"

#include <algorithm>
#include <fstream>
#include <set>

#include "proxy/cli/attempts.h"
#include "proxy/identity/now_file.h"
#include "proxy/identity/state_file.h"
#include "proxy/portal/acceptance_book.h"
#include "proxy/portal/review_book.h"
#include "proxy/quota/ledger.h"
#include "proxy/safeguarding/attempt_json.h"
#include "proxy/safeguarding/episode.h"

namespace breakwater::cli {
namespace {

using Json = nlohmann::ordered_json;
using rules::Retention;
using safeguarding::Kind;
using safeguarding::Record;

Json parsed(std::string_view text) {
  auto json = Json::parse(text, nullptr, false);
  return json.is_discarded() ? Json() : json;
}

std::string member(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// As a line of JSON has it.
std::string quoted(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

class Gathering {
 public:
  Gathering(const DataSubject& subject, const std::filesystem::path& state, std::vector<std::string>& errors)
      : subject_(subject), state_(state), errors_(errors) {}

  Holding attempts(safeguarding::Store& store, safeguarding::Opener* opener) {
    Holding out{"Recorded attempts",
                "Requests in categories that raise a safeguarding concern: evidence for the safeguarding lead.",
                &Retention::attempts,
                {}};
    each(store, {.kinds = {Kind::attempt}}, [&](const Record& record) {
      const auto attempt = parse_attempt(record, "");
      if (attempt && attempt->pseudonym == subject_.pseudonym) out.items.push_back(whole(record, opener));
    });
    return out;
  }

  Holding episodes(safeguarding::Store& store, safeguarding::Opener* opener) {
    Holding out{
        "Episodes and what was done about them",
        "Attempts that belong together, for the safeguarding lead to judge; sites asked for in the hour around.",
        &Retention::episodes,
        {}};
    std::set<std::string> references;
    each(store, {.kinds = {Kind::episode}}, [&](const Record& record) {
      const auto episode = safeguarding::parse_episode(record.body.value_or(""));
      if (episode && episode->pseudonym == subject_.pseudonym) references.insert(record.reference);
    });
    each(store, {.kinds = {Kind::episode, Kind::alert, Kind::decision, Kind::hold}}, [&](const Record& record) {
      if (!references.contains(record.reference)) return;
      out.items.push_back(record.kind == Kind::episode ? whole(record, opener) : outline(record));
    });
    return out;
  }

  Holding looks(safeguarding::Store& store) {
    Holding out{
        "Looks at these records", "So that every look at a name can be accounted for.", &Retention::episodes, {}};
    each(store, {.kinds = {Kind::access}}, [&](const Record& record) {
      if (member(parsed(record.body.value_or("")), "subject") == subject_.pseudonym)
        out.items.push_back(outline(record));
    });
    return out;
  }

  Holding acceptances() {
    Holding out{
        "Acceptances", "Which version of the acceptable-use text was accepted when.", &Retention::acceptances, {}};
    std::uint64_t damaged = 0;
    tell(portal::read_acceptances(
        state_,
        [&](const portal::Accepted& one) {
          if (one.person == subject_.pseudonym) out.items.push_back(parsed(to_json(one)));
        },
        damaged));
    return out;
  }

  Holding reviews() {
    Holding out{"Messages",
                "Requests for review and reports of accidents, so that they are answered.",
                &Retention::reviews,
                {}};
    std::uint64_t damaged = 0;
    tell(portal::read_reviews(
        state_,
        [&](const portal::Review& one) {
          if (one.person == subject_.pseudonym) out.items.push_back(parsed(to_json(one)));
        },
        damaged));
    return out;
  }

  Holding passes() {
    Holding out{"Lesson passes used", "Which pass opened something for them first when.", &Retention::passes, {}};
    lines_of(state_ / "passes.log", {subject_.pseudonym}, [&](const Json& line) {
      if (member(line, "client") == subject_.pseudonym) out.items.push_back(line);
    });
    return out;
  }

  Holding quotas() {
    Holding out{"Use of quotas", "Minutes and bytes, so that the limit is the same for everybody.", nullptr,
                "a day after the period or day it counts for"};
    std::string error;
    const auto written = quota::read_book(state_, error);
    if (!error.empty()) errors_.push_back(error);
    for (const auto& [key, person] : written.people)
      if (key == subject_.pseudonym || key == subject_.key) out.items.push_back(parsed(quota::to_json(key, person)));
    return out;
  }

  Holding identity() {
    Holding out{"Where they are known to be",
                "Which device and account is at which address, for the right rules.",
                &Retention::identity,
                {}};
    const auto file = state_ / "identity" / identity::kNowFile;
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) return out;
    std::string error;
    const auto text = identity::read_text(file, identity::kMaxNowBytes, error);
    const auto now = text ? identity::parse_now(*text) : std::nullopt;
    if (!now) errors_.push_back(file.string() + ": " + (error.empty() ? "damaged" : error));
    if (!now) return out;
    const auto address = categories::IpAddress::parse(subject_.name());
    for (const auto& seen : now->all) {
      const auto& who = seen.identity;
      const bool theirs = subject_.kind() == "user" ? who.user == subject_.name()
                          : subject_.kind() == "device"
                              ? who.device == subject_.name() || (who.mac && who.mac->to_string() == subject_.name())
                              : address && seen.network.contains(*address);
      if (theirs) out.items.push_back(parsed(to_json(seen)));
    }
    return out;
  }

  Holding access_log(const std::filesystem::path& log) {
    Holding out{"Access log",
                "One line per request, to keep the gateway working and to answer questions about it.",
                &Retention::access_log,
                {}};
    std::error_code ignored;
    auto file = log;
    for (int number = 1; std::filesystem::is_regular_file(file, ignored); ++number) {
      std::ifstream in(file, std::ios::binary);
      for (std::string line; std::getline(in, line);)
        if (is_log_line_of(subject_, line)) out.items.push_back(parsed(line));
      if (in.bad()) errors_.push_back(file.string() + ": cannot be read");
      file = log;
      file += "." + std::to_string(number);
    }
    return out;
  }

 private:
  void tell(const std::optional<std::string>& error) {
    if (error) errors_.push_back(*error);
  }

  void each(safeguarding::Store& store, const safeguarding::Filter& filter,
            const std::function<void(const Record&)>& visit) {
    if (const auto error = store.each(filter, visit)) errors_.push_back(error->message);
  }

  /// JSON objects of a file, one a line, that have one of these words in them.
  void lines_of(const std::filesystem::path& file, const std::vector<std::string>& words,
                const std::function<void(const Json&)>& visit) {
    std::ifstream in(file, std::ios::binary);
    for (std::string line; std::getline(in, line);) {
      const auto has = [&line](const std::string& word) { return line.find(word) != std::string::npos; };
      if (std::none_of(words.begin(), words.end(), has)) continue;
      if (const auto object = parsed(line); object.is_object()) visit(object);
    }
    if (in.bad()) errors_.push_back(file.string() + ": cannot be read");
  }

  static Json outline(const Record& record) {
    Json out{{"record", record.seq}, {"time", time_text(record.time)}, {"kind", to_string(record.kind)}};
    if (!record.reference.empty()) out["reference"] = record.reference;
    const auto body = parsed(record.body.value_or(""));
    for (const char* key : {"state", "what"})
      if (auto text = member(body, key); !text.empty()) out[key] = std::move(text);
    if (body.is_object() && body.contains("hold")) out["hold"] = body["hold"];
    if (!record.body) out["deleted"] = true;
    return out;
  }

  static Json whole(const Record& record, safeguarding::Opener* opener) {
    auto out = outline(record);
    auto body = parsed(record.body.value_or(""));
    if (body.is_object()) body.erase("salt");
    out["facts"] = std::move(body);
    const auto opened = opener ? opener->open(record) : safeguarding::Unopened::other_key;
    if (opened)
      out["names"] = parsed(*opened);
    else
      out["sealed"] = to_string(opened.error());
    return out;
  }

  const DataSubject& subject_;
  const std::filesystem::path& state_;
  std::vector<std::string>& errors_;
};

}  // namespace

bool is_log_line_of(const DataSubject& subject, std::string_view line) {
  const auto has = [line](std::string_view word) { return line.find(word) != std::string_view::npos; };
  if (!has(subject.pseudonym) && !has(quoted(subject.name()))) return false;
  const auto object = parsed(line);
  const auto client = member(object, "client");
  const auto user = member(object, "user");
  if (client == subject.pseudonym) return true;
  if (subject.kind() == "user") return user == subject.name();
  return subject.kind() == "address" && user.empty() && client == subject.name();
}

std::vector<Holding> read_holdings(const DataSubject& subject, const std::filesystem::path& state,
                                   const std::filesystem::path& log, safeguarding::Store* store,
                                   safeguarding::Opener* opener, std::vector<std::string>& errors) {
  Gathering gathering(subject, state, errors);
  std::vector<Holding> all;
  if (store != nullptr) {
    all.push_back(gathering.attempts(*store, opener));
    all.push_back(gathering.episodes(*store, opener));
    all.push_back(gathering.looks(*store));
  }
  all.push_back(gathering.access_log(log));
  all.push_back(gathering.acceptances());
  all.push_back(gathering.reviews());
  all.push_back(gathering.passes());
  all.push_back(gathering.quotas());
  all.push_back(gathering.identity());
  return all;
}

}  // namespace breakwater::cli

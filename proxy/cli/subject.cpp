#include "proxy/cli/subject.h"

#include <algorithm>
#include <iostream>

#include "proxy/admin/control_socket.h"
#include "proxy/admin/journal.h"
#include "proxy/admin/request.h"
#include "proxy/cli/holdings.h"
#include "proxy/cli/in_force.h"
#include "proxy/cli/person.h"
#include "proxy/cli/terminal.h"
#include "proxy/reports/html.h"
#include "proxy/safeguarding/case.h"
#include "proxy/safeguarding/private_file.h"
#include "proxy/telemetry/log_erase.h"

namespace breakwater::cli {
namespace {

using Json = nlohmann::ordered_json;
using safeguarding::Deletion;

/// nullopt: what is wrong has been told.
std::optional<DataSubject> subject_of(const SubjectOptions& options) {
  DataSubject subject;
  std::size_t given = 0;
  for (const auto& [kind, name] : {std::pair<std::string_view, const std::string&>("user:", options.person),
                                   {"device:", options.device},
                                   {"address:", options.address}}) {
    if (name.empty()) continue;
    subject.key = std::string(kind).append(name);
    ++given;
  }
  if (given != 1) {
    fail("say whom it is about: one of --person, --device and --address");
    return std::nullopt;
  }
  if (!options.address.empty()) {
    const auto address = categories::IpAddress::parse(options.address);
    if (!address) {
      fail("--address \"" + options.address + "\" is no IP address");
      return std::nullopt;
    }
    subject.key = "address:" + address->to_string();
  }
  subject.pseudonym = person_tag(options.state)(subject.key);
  if (subject.pseudonym.empty()) {
    fail(options.state.string() + ": no gateway has run here");
    return std::nullopt;
  }
  return subject;
}

/// Whom it is about, and the store in which it is recorded that it was asked for; false: what is wrong has been told.
bool begin(const SubjectOptions& options, std::string_view what, std::optional<DataSubject>& subject,
           std::unique_ptr<safeguarding::Store>& store) {
  if (options.names.by.empty() || options.names.reason.empty()) {
    fail("this needs --by and --reason, which are recorded");
    return false;
  }
  subject = subject_of(options);
  store = subject ? open_store(options.state) : nullptr;
  return store != nullptr && record_access(*store, options.names, what, subject->pseudonym);
}

std::optional<safeguarding::Opener> opener_of(const SubjectOptions& options) {
  return options.names.key.empty() ? safeguarding::holding_opener(options.state)
                                   : opener_for(options.names, options.state);
}

/// "" or what went wrong.
std::string write(const std::filesystem::path& folder, const char* name, std::string_view bytes) {
  const auto error = safeguarding::write_private(folder / name, bytes);
  return error.empty() ? error : (folder / name).string() + ": " + error;
}

/// A line of theirs.
bool is_theirs(std::string_view line, const std::string& pseudonym) {
  const auto object = Json::parse(line, nullptr, false);
  if (!object.is_object()) return false;
  for (const char* key : {"person", "client"})
    if (const auto found = object.find(key); found != object.end() && *found == pseudonym) return true;
  return false;
}

safeguarding::Entry erasure_receipt(std::string_view what, const DataSubject& subject, std::uint64_t lines) {
  Deletion deletion;
  deletion.purpose = std::string("erasure: ").append(what).append(" of ").append(subject.pseudonym);
  deletion.what = Deletion::What::elsewhere;
  deletion.until = now_ms();
  deletion.count = static_cast<std::int64_t>(lines);
  return receipt(deletion, now_ms());
}

/// The reference of an episode of theirs that is held; "": there is none. nullopt: it is not known, and has been told.
std::optional<std::string> held_episode(safeguarding::Store& store, const DataSubject& subject) {
  const auto cases = safeguarding::read_cases(store);
  if (!cases) {
    fail(cases.error().message);
    return std::nullopt;
  }
  const auto held = std::find_if(cases->begin(), cases->end(), [&](const safeguarding::Case& one) {
    return one.held() && one.episode.pseudonym == subject.pseudonym;
  });
  return held == cases->end() ? "" : held->episode.reference;
}

/// `gateway`: why the gateway has not set its log aside; "": it has. "" or what went wrong.
std::string erase_from_log(const SubjectOptions& options, const DataSubject& subject, safeguarding::Store& store,
                           const std::string& gateway, std::uint64_t& removed) {
  const auto held = held_episode(store, subject);
  if (!held) return "the access log is left as it is";
  if (!held->empty()) {
    std::cout << "access log: kept, since episode " << *held << " is held as evidence\n";
    return "";
  }
  telemetry::ErasedLines done;
  const auto log = options.log.empty() ? options.state / "access.log" : options.log;
  auto error = telemetry::erase_lines(
      log, [&subject](std::string_view line) { return is_log_line_of(subject, line); }, done);
  removed = done.removed;
  std::cout << "access log: " << done.removed << " lines deleted\n";
  if (done.unread > 0) std::cout << "access log: " << done.unread << " lines are too long to be read; they stay\n";
  // What a gateway that has set its log aside writes to is what came since.
  if (error.empty() && !done.busy.empty() && !gateway.empty())
    error = done.busy.front().string() + ": a gateway writes to it, and has not set it aside: " + gateway;
  return error;
}

}  // namespace

int subject_export(const SubjectOptions& options) {
  if (options.out.empty()) return fail("--out says into which folder");
  const auto snapshot = load_in_force({options.policy, {}, options.state, {}});
  if (!snapshot) return kUsage;
  std::optional<DataSubject> subject;
  std::unique_ptr<safeguarding::Store> store;
  if (!begin(options, "subject access export", subject, store)) return kUsage;
  auto opener = opener_of(options);
  if (!opener && !options.names.key.empty()) return kUsage;
  const auto log = options.log.empty() ? options.state / "access.log" : options.log;
  std::vector<std::string> errors;
  const auto holdings = read_holdings(*subject, options.state, log, store.get(), opener ? &*opener : nullptr, errors);
  for (const auto& error : errors)
    fail(error);
  if (!errors.empty()) return kUsage;
  const auto made = now();
  const auto json = to_json(holdings, *subject, snapshot->policy, made);
  for (const auto& failure :
       {write(options.out, "subject.json", json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"),
        write(options.out, "subject.html", to_html(to_document(holdings, *subject, snapshot->policy, made)))})
    if (!failure.empty()) return fail(failure);
  std::cout << options.out.string() << ": subject.html and subject.json, what is sealed "
            << (opener ? "opened where this key opens it" : "stays sealed") << '\n';
  for (const auto& holding : holdings)
    std::cout << "  " << holding.title << ": " << holding.items.size() << '\n';
  return 0;
}

int subject_erase(const SubjectOptions& options) {
  std::optional<DataSubject> subject;
  std::unique_ptr<safeguarding::Store> store;
  if (!begin(options, "erasure", subject, store)) return kUsage;
  int code = 0;
  std::vector<safeguarding::Entry> receipts;
  for (const auto& [what, name] : {std::pair("acceptances", "portal/acceptances.log"),
                                   std::pair("reviews", "portal/reviews.log"), std::pair("passes", "passes.log")}) {
    admin::Rewritten done;
    const auto error = admin::rewrite_lines(
        options.state / name,
        [&](std::string_view line) {
          return is_theirs(line, subject->pseudonym) ? std::nullopt : std::optional(std::string(line));
        },
        done);
    if (!error.empty()) code = fail(error);
    std::cout << what << ": " << done.removed << " lines deleted\n";
    if (done.removed == 0) continue;
    receipts.push_back(erasure_receipt(what, *subject, done.removed));
  }
  // Asked for as well where there is no gateway: then nobody writes to the log.
  std::string gateway;
  admin::Request erased;
  erased.command = admin::Command::erased;
  if (const auto answer = admin::ask(options.state, admin::to_line(erased), gateway))
    if (const auto said = Json::parse(*answer, nullptr, false); said.is_object()) gateway = said.value("error", "");
  std::uint64_t removed = 0;
  if (const auto error = erase_from_log(options, *subject, *store, gateway, removed); !error.empty())
    code = fail(error);
  if (removed > 0) receipts.push_back(erasure_receipt("access log", *subject, removed));
  if (const auto error = receipts.empty() ? std::nullopt : store->append(receipts)) return fail(error->message);
  std::cout << "Kept: attempts, episodes and what was decided, as evidence for safeguarding, for the times of "
               "[retention]; use of quotas, until a day after its period; who is where, while it lasts\n";
  return code;
}

}  // namespace breakwater::cli

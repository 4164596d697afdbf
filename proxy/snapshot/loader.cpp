#include "proxy/snapshot/loader.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "categories/catalogue_builder.h"
#include "rules/civil_time.h"
#include "rules/policy_file.h"
#include "rules/toml_reader.h"

namespace breakwater::snapshot {
namespace {

constexpr std::uintmax_t kPolicyMost = 256u << 20;

using CataloguePtr = std::shared_ptr<const categories::Catalogue>;

void complain(Loaded& loaded, categories::Severity severity, const std::filesystem::path& file, std::string message) {
  loaded.diagnostics.push_back({severity, file.string(), 0, 0, std::move(message)});
}

/// The catalogue compiled before, where its sources have not changed since and the file can be trusted.
CataloguePtr reuse(const std::filesystem::path& file, std::uint64_t fingerprint) {
  auto opened = categories::Catalogue::open(file);
  return opened && (*opened)->fingerprint() == fingerprint ? *opened : nullptr;
}

CataloguePtr compile(const categories::Sources& sources, const std::optional<std::filesystem::path>& kept,
                     Loaded& loaded) {
  categories::BuildReport report;
  auto image = categories::build_catalogue(sources, report);
  loaded.diagnostics.insert(loaded.diagnostics.end(), report.diagnostics.begin(), report.diagnostics.end());
  loaded.inputs.insert(loaded.inputs.end(), report.inputs.begin(), report.inputs.end());
  if (!image) return nullptr;
  if (kept) {
    std::string error;
    if (categories::write_image(*kept, *image, error)) {
      if (auto opened = categories::Catalogue::open(*kept)) return *opened;
    } else {
      complain(loaded, categories::Severity::warning, *kept, "the compiled lists could not be kept: " + error);
    }
  }
  auto opened = categories::Catalogue::from_image(std::move(*image));
  if (opened) return *opened;
  complain(loaded, categories::Severity::error, "",
           "the compiled lists are unusable: " + std::string(to_string(opened.error())));
  return nullptr;
}

}  // namespace

std::optional<std::string> read_file(const std::filesystem::path& file, std::string& error) {
  std::error_code code;
  const auto size = std::filesystem::file_size(file, code);
  if (code) {
    error = code.message();
    return std::nullopt;
  }
  if (size > kPolicyMost) {
    error = "larger than 256 MiB";
    return std::nullopt;
  }
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (size != 0) text << stream.rdbuf();
  if (!stream || !text) {
    error = std::strerror(errno);
    return std::nullopt;
  }
  return std::move(text).str();
}

Loaded load(const std::filesystem::path& policy, const rules::Gate& gate,
            const std::optional<std::filesystem::path>& state) {
  Loaded loaded;
  loaded.inputs.push_back(policy);
  std::string error;
  const auto text = read_file(policy, error);
  if (!text) {
    complain(loaded, categories::Severity::error, policy, "cannot be read: " + error);
    return loaded;
  }
  const auto file = rules::PolicyFile::parse(*text, policy, loaded.diagnostics);
  if (!file) {
    Loaded lists;  // what is wrong with them comes when the policy is right
    rules::check_names(
        *text, policy, [&](const auto& sources) { return compile(sources, std::nullopt, lists); }, loaded.diagnostics);
    return loaded;
  }

  std::optional<std::filesystem::path> kept;
  if (state) kept = *state / "catalogue.bin";
  const auto fingerprint = categories::fingerprint(file->sources());
  auto catalogue = kept ? reuse(*kept, fingerprint) : nullptr;
  if (!catalogue) catalogue = compile(file->sources(), kept, loaded);
  for (const auto& source : file->sources().all)
    loaded.inputs.push_back(source.path);
  if (!catalogue) return loaded;

  auto resolved = file->resolve(*catalogue, loaded.diagnostics);
  if (!resolved) return loaded;
  for (const auto& list : catalogue->lists())
    loaded.entries += list.entries;
  loaded.snapshot = std::make_shared<const rules::Snapshot>(rules::Snapshot{catalogue, std::move(*resolved), gate});
  return loaded;
}

const date::time_zone* zone_of(const std::filesystem::path& policy) {
  std::string error;
  const auto text = read_file(policy, error);
  if (!text) return nullptr;
  rules::DiagnosticSink sink(policy.string(), *text);
  const auto parsed = rules::parse_toml(*text, sink);
  return parsed ? rules::find_zone((*parsed)["centre"]["timezone"].value_or(std::string_view())) : nullptr;
}

}  // namespace breakwater::snapshot

#include "proxy/lists/hits.h"

#include <fstream>

#include <nlohmann/json.hpp>

#include "categories/image.h"

namespace breakwater::lists {
namespace {

std::filesystem::path file_of(const std::filesystem::path& state) {
  return state / "lists" / "hits";
}

}  // namespace

std::optional<Hits> read_hits(const std::filesystem::path& state) {
  std::ifstream stream{file_of(state)};
  try {
    const auto value = nlohmann::json::parse(stream);
    return Hits{std::chrono::sys_seconds{std::chrono::seconds{value.at("since").get<std::int64_t>()}},
                value.at("hits")};
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

bool write_hits(const std::filesystem::path& state, const Hits& hits) {
  const nlohmann::json value{{"since", hits.since.time_since_epoch().count()}, {"hits", hits.by_list}};
  const auto text = value.dump() + '\n';
  std::string ignored;
  return categories::write_image(file_of(state), {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()},
                                 categories::Durability::cached, ignored);
}

}  // namespace breakwater::lists

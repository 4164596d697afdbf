#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <sys/un.h>

#include "categories/file.h"

namespace breakwater::admin {

/// The address of STATE/control. A path in sockaddr_un ends at 107 bytes, so the folder is named by a descriptor that
/// must stay open as long as the address is used.
struct ControlAddress {
  categories::File folder;
  std::string path;  ///< "/proc/self/fd/7/control"
};

/// nullopt: there is no such folder.
std::optional<ControlAddress> control_address(const std::filesystem::path& state);

/// Sends one line to the gateway that runs on this state, and gives its answer without its end. nullopt: `error` says
/// why: no gateway runs, or it did not answer within ten seconds.
std::optional<std::string> ask(const std::filesystem::path& state, const std::string& line, std::string& error);

}  // namespace breakwater::admin

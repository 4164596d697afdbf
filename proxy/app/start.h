#pragma once

#include <filesystem>
#include <optional>

#include "proxy/app/clock.h"
#include "proxy/app/server.h"
#include "proxy/snapshot/settings.h"

/// What comes before the gateway runs. What cannot be done is told on standard error.
namespace breakwater::app {

/// Every connection takes two descriptors, so the soft limit is raised to the hard one.
void raise_descriptor_limit();

/// "" gives the defaults. nullopt: `code` is the exit status.
std::optional<snapshot::Settings> read_settings(const std::filesystem::path& config, int& code);

/// How far the clock of a demonstration is from the real one: it starts at the civil time asked for.
std::optional<Clock> make_clock(const ServeOptions& options);

}  // namespace breakwater::app

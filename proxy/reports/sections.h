#pragma once

#include <array>
#include <vector>

#include "proxy/reports/document.h"
#include "proxy/reports/report.h"

namespace breakwater::reports {

inline constexpr std::array kGravestFirst{rules::Concern::danger, rules::Concern::warning, rules::Concern::notice};

/// "danger" and its like, as a badge.
Tone tone_of(rules::Concern severity);
/// What nobody has looked at yet, older episodes too: the gravest first, then the oldest.
std::vector<const EpisodeEntry*> unseen(const Report& report);

/// What happened, in a sentence or two that name nobody, not by pseudonym either.
std::string headline(const Report& report);

// The parts of a report, in their order.
using Blocks = std::vector<Block>;
void add_first_page(const Report& report, Blocks& out);
void add_overview(const Report& report, Blocks& out);
void add_episodes(const Report& report, Blocks& out);
void add_case_work(const Report& report, Blocks& out);
void add_unseen(const Report& report, Blocks& out);  ///< for dsl and it alone
void add_trust(const Report& report, Blocks& out);   ///< checks of the filter, coverage and limits
void add_seal(const Report& report, Blocks& out);

}  // namespace breakwater::reports

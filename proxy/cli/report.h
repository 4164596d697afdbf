#pragma once

#include <filesystem>
#include <string>

#include "proxy/cli/names.h"

namespace breakwater::cli {

struct ReportOptions {
  enum class Span : std::uint8_t { day, week, month };

  std::filesystem::path state;   ///< directory given to serve
  std::filesystem::path policy;  ///< names the centre and its zone
  Span span = Span::week;        ///< the last one that is over
  std::string from;              ///< first day, in place of `span`
  std::string to;                ///< last day
  std::string audience = "dsl";
  std::string format;  ///< "pdf", "html", "csv"; "": as the file is called
  std::filesystem::path out;
  NamesOptions names;
};

/// Writes a report (0600). It signs the chain's head first, and has it at its end. With names, that they were opened is
/// recorded first.
int report(const ReportOptions& options);

}  // namespace breakwater::cli

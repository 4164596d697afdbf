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
  std::string mail_to;           ///< name of a recipient of the policy, in place of `out`
  std::filesystem::path config;  ///< of `mail_to`: it names the mail server
  NamesOptions names;
};

/// Writes a report (0600), or sends it as the schedule would. It signs the chain's head first, and has it at its end.
/// With names, that they were opened is recorded first.
int report(const ReportOptions& options);

}  // namespace breakwater::cli

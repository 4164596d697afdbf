#pragma once

#include "categories/entry_parser.h"
#include "categories/line_reader.h"

namespace breakwater::categories {

/// Settings of dnsmasq, of which these block (dnsmasq(8)):
///
///   address=/a.com/b.com/0.0.0.0   also "", "#", and any address that is not public (a block page)
///   server=/a.com/   local=/a.com/ answered by nobody
///   server=/a.com/#                the list does not hold for it
///   conf-file=FILE                 goes on there
class DnsmasqConfig : public LineReader {
 public:
  explicit DnsmasqConfig(EntrySink& sink) : sink_(sink) {}
  void line(std::string_view text, std::uint32_t number) override;

 private:
  EntrySink& sink_;
};

/// Settings of Unbound, of which these block (unbound.conf(5)):
///
///   local-zone: "a.com." always_nxdomain       all types that give no true answer
///   local-zone: "a.com." always_transparent    the list does not hold for it
///   local-data: "a.com. A 0.0.0.0"             any address that is not public
///   include: FILE                              goes on there
class UnboundConfig : public LineReader {
 public:
  explicit UnboundConfig(EntrySink& sink) : sink_(sink) {}
  void line(std::string_view text, std::uint32_t number) override;

 private:
  EntrySink& sink_;
};

}  // namespace breakwater::categories

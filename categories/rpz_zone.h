#pragma once

#include <string>

#include "categories/entry_parser.h"
#include "categories/line_reader.h"

namespace breakwater::categories {

/// A response policy zone (draft-vixie-dnsop-dns-rpz-00) as a master file (RFC 1035 5.1).
///
///   example.com      CNAME .             also "*.", "rpz-drop.", another host, A, AAAA: the domain
///   *.example.com    CNAME .             the same
///   example.com      CNAME rpz-passthru. the list does not hold for it
///   24.0.2.0.192.rpz-ip  CNAME .         a network; "zz" stands for "::"
///
/// A domain covers its subdomains here, with "*." or without. Names are relative to the zone, which $ORIGIN and the
/// owner of the SOA record tell; an absolute name is taken where it is below that. Rules about name servers and clients
/// are skipped.
class RpzZone : public LineReader {
 public:
  explicit RpzZone(EntrySink& sink) : sink_(sink) {}
  void line(std::string_view text, std::uint32_t number) override;
  void finish() override;

 private:
  class Record;

  void record(std::string_view text, std::uint32_t number);
  void directive(const Word& name, Words& words, std::uint32_t number);

  EntrySink& sink_;
  std::string joined_;  ///< the lines of a record in parentheses, so far
  std::uint32_t first_ = 0;
  std::size_t depth_ = 0;
  std::string origin_;  ///< absolute, with its last dot; "" where nothing has said it
  std::string zone_;    ///< the same, of the zone itself
  std::string owner_;   ///< of the last record: a line that begins with a blank goes on with it
};

}  // namespace breakwater::categories

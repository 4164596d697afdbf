#pragma once

#include "categories/entry_parser.h"
#include "categories/line_reader.h"
#include "categories/list_format.h"

namespace breakwater::categories {

/// Lists with one entry a line, in which a '#' begins a comment:
///
///   domains      example.com, .example.com, *.example.com: the domain and its subdomains; ads*.example.com: a
///   wildcard;
///                an address or a network; a URL where there is a slash
///   hosts        address and names; the names of the machine itself are passed over
///   automatic    domains and hosts, told line by line
///   urls         [http://]host[:port]/path: what begins so, on the host and its subdomains, whatever the port
///   expressions  one regular expression, caseless; a comment begins with " # ", since '#' may be part of one
///   keywords     one whole word, or a phrase, of a host or a path, caseless
///   addresses    an address or a network in CIDR notation
///
/// `example.org  # until 2026-12-18, why` holds until the end of that day. Where the date is malformed the entry is not
/// given at all: nobody meant it to hold for ever.
class PlainList : public LineReader {
 public:
  /// `language` of key words, as for normalise_keyword().
  PlainList(ListFormat format, EntrySink& sink, std::string_view language = {})
      : format_(format), sink_(sink), language_(language) {}
  void line(std::string_view text, std::uint32_t number) override;

 private:
  void judge(std::string_view text, std::uint32_t number, EntryParser& parser);
  void keyword(const Word& first, Words& words, EntryParser& parser) const;
  void expression(std::string_view text, EntryParser& parser);
  void entries(ListFormat format, const Word& first, Words& words, EntryParser& parser);

  ListFormat format_;
  EntrySink& sink_;
  std::string language_;
  std::string repeated_;  ///< the line before, where it gave an entry: fifty million of the same take no time
};

}  // namespace breakwater::categories

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
///   keywords     one whole word of a host or a path, caseless
///   addresses    an address or a network in CIDR notation
///
/// `example.org  # until 2026-12-18, why` holds until the end of that day. Where the date is malformed the entry is not
/// given at all: nobody meant it to hold for ever.
class PlainList : public LineReader {
 public:
  PlainList(ListFormat format, EntrySink& sink) : format_(format), sink_(sink) {}
  void line(std::string_view text, std::uint32_t number) override;

 private:
  void expression(std::string_view text, EntryParser& parser);
  static void entries(ListFormat format, const Word& first, Words& words, EntryParser& parser);

  ListFormat format_;
  EntrySink& sink_;
};

}  // namespace breakwater::categories

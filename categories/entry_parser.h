#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "categories/entry_sink.h"
#include "categories/words.h"

namespace breakwater::categories {

/// Reads the entries of one line: words to hosts, networks and patterns, or to a rejection that says why. What all list
/// formats share.
class EntryParser {
 public:
  EntryParser(EntrySink& sink, std::uint32_t line) : sink_(sink), line_(line) {}

  /// One word of a list of domains: a domain, `.x`, `*.x`, a wildcard, an address, a network, a URL where there is a
  /// slash.
  void domain(Word word);
  /// A host and nothing else, without any sign before it.
  void host(const Word& word) { named_host(word, &EntrySink::domain); }
  /// A host for which the list does not hold.
  void except(const Word& word) { named_host(word, &EntrySink::except); }
  /// An address or a network in CIDR notation.
  void network(const Word& word);
  void url(const Word& word);
  /// A host in which '*' stands for any part, dots included; its subdomains are covered.
  void wildcard(const Word& word);
  void expression(const Word& word);
  /// One whole word of a host or a path, or a phrase; `language` as for normalise_keyword().
  void keyword(const Word& phrase, std::string_view language);
  /// The names that stand after an address. Those that hosts files give to the machine itself are passed over.
  void hosts_line(const Word& address, Words& words);
  /// A pattern that a reader has made itself.
  void made_expression(std::string_view expression);

  /// Rejects a host with below it all that a registry gives out: "com", "co.uk".
  bool reject_suffix(const Word& word, const Host& host);
  /// The message is the word, quoted, and `why`.
  void reject(const Word& word, std::string_view why);
  void skip(const Word& word, std::string_view what) { sink_.skip(what, line_, word.column); }

  /// Whether anything of this line has been taken.
  bool has_taken() const { return taken_; }
  EntrySink& sink() const { return sink_; }
  std::uint32_t line() const { return line_; }

  /// 0.0.0.0, 127.0.0.1, :: and ::1, to which hosts files lead what they block.
  static bool is_own_address(std::string_view text);
  /// An address, with or without a zone: "fe80::1%lo0".
  static std::optional<IpAddress> parse_address(std::string_view text) {
    return IpAddress::parse(text.substr(0, text.find('%')));
  }
  /// ".example.com" and "*.example.com" are ways to say that subdomains are meant, as they always are here.
  static std::string_view without_subdomain_sign(std::string_view text);

 private:
  using Take = void (EntrySink::*)(const Host&, std::uint32_t);
  void named_host(const Word& word, Take take);
  void listed_host(const Word& word, const Host& host, Take take = &EntrySink::domain);
  void pattern(EntryKind kind, std::string_view text);

  EntrySink& sink_;
  std::uint32_t line_;
  bool taken_ = false;
};

/// Appends `text` so that an expression matches it and nothing else.
void append_literal(std::string& expression, std::string_view text);

}  // namespace breakwater::categories

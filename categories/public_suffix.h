#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

struct psl_ctx_st;

namespace breakwater::categories {

/// Whether a name is one below which anybody may register: "co.uk" by the rules of ICANN's registries, "github.io" by
/// its owner's (the two sections of publicsuffix.org's list). Registries for public bodies alone, "gov.uk" and the
/// like, are none: their sites belong together, and lists name them so.
enum class SuffixKind : std::uint8_t { none, icann, private_ };

/// The public suffix list: the system's, or libpsl's own copy where there is none. Safe to read from any thread.
class PublicSuffixes {
 public:
  PublicSuffixes();
  /// The one copy of this process, loaded at the first call.
  static const PublicSuffixes& system();

  /// `host` is the text of a Host that is a domain. A single label is `icann` whether a registry knows it or not.
  SuffixKind kind(std::string_view host) const;

 private:
  bool may_be_suffix(std::string_view host) const;

  struct Free {
    void operator()(psl_ctx_st* list) const;
  };
  std::unique_ptr<psl_ctx_st, Free> list_;  ///< null where libpsl has no list at all: then only single labels are known
  std::vector<bool> rules_;                 ///< a bit for the hash of each rule; empty: not known
};

}  // namespace breakwater::categories

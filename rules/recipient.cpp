#include "rules/recipient.h"

namespace breakwater::rules {

std::string_view to_string(Recipient::Role role) {
  switch (role) {
    case Recipient::Role::dsl:
      return "dsl";
    case Recipient::Role::deputy:
      return "deputy";
    case Recipient::Role::governance:
      return "governance";
    case Recipient::Role::dpo:
      return "dpo";
    case Recipient::Role::it:
      return "it";
  }
  return "";
}

}  // namespace breakwater::rules

#include "proxy/selftest/target.h"

namespace breakwater::selftest {

std::string_view to_string(Target::Kind kind) {
  switch (kind) {
    case Target::Kind::canary:
      return "canary";
    case Target::Kind::list_entry:
      return "list entry";
    case Target::Kind::test_page:
      return "test page";
    case Target::Kind::named:
      return "named";
    case Target::Kind::essential:
      return "essential";
  }
  return "";
}

}  // namespace breakwater::selftest

#include "proxy/selftest/door.h"

namespace breakwater::selftest {
namespace {

std::string_view to_string(Way way) {
  switch (way) {
    case Way::http:
      return "HTTP";
    case Way::connect:
      return "HTTPS";
    case Way::hello:
      return "HTTPS by its server name";
  }
  return "";
}

}  // namespace

std::string_view to_string(Door::Kind kind) {
  switch (kind) {
    case Door::Kind::proxy:
      return "proxy";
    case Door::Kind::tls_proxy:
      return "proxy by TLS";
    case Door::Kind::intercepted_http:
      return "intercepted HTTP";
    case Door::Kind::intercepted_tls:
      return "intercepted HTTPS";
  }
  return "";
}

bool is_intercepted(Door::Kind kind) {
  return kind == Door::Kind::intercepted_http || kind == Door::Kind::intercepted_tls;
}

bool leads(Door::Kind kind, Way way) {
  if (!is_intercepted(kind)) return true;
  return way == (kind == Door::Kind::intercepted_http ? Way::http : Way::connect);
}

std::string to_text(Door::Kind kind, Way way) {
  if (is_intercepted(kind)) return std::string(to_string(kind));
  std::string text(to_string(way));
  if (kind == Door::Kind::tls_proxy) text.append(" within TLS");
  return text;
}

}  // namespace breakwater::selftest

// What is read as a URL, a host or an authority is written in a form that is read as the same.

#include <cstdint>
#include <cstdlib>

#include "http/url.h"

namespace trunkd {
namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_host(std::string_view text) {
  const auto host = normalize_host(text);
  if (!host) return;
  check(!host->empty() && host->size() <= 253);
  check(normalize_host(*host) == *host);
}

void check_authority(std::string_view text) {
  const auto authority = parse_authority(text);
  if (!authority) return;
  const Origin origin{Scheme::http, authority->host, authority->port.value_or(80)};
  const auto again = parse_authority(origin.authority());
  check(again.has_value() && again->host == authority->host);
  check(again->port.value_or(80) == origin.port);
}

void check_url(std::string_view text) {
  const auto url = parse_url(text);
  if (!url) return;
  check(url->path.starts_with('/'));
  const auto again = parse_url(url->text());
  check(again.has_value() && again->text() == url->text() && again->origin == url->origin);
}

void check_reference(const Url& base, std::string_view text) {
  const auto found = resolve_reference(base, text);
  if (!found) return;
  check(found->fragment.empty() || found->fragment.starts_with('#'));
  const auto again = resolve_reference(base, found->url.text());
  check(again.has_value() && again->url.text() == found->url.text());
}

}  // namespace
}  // namespace trunkd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace trunkd;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_host(text);
  check_authority(text);
  check_url(text);
  const Url base{{Scheme::https, "a.example", 8443}, "/b/c/d", "q=1", true};
  check_reference(base, text);
  return 0;
}

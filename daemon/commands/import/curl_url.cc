#include "daemon/commands/import/curl_url.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "daemon/commands/import/shell_words.h"
#include "http/url.h"

namespace trunkd {
namespace {

std::optional<char> hex_byte(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    const char lower = ascii_lower(c);
    const bool digit = c >= '0' && c <= '9';
    if (!digit && !(lower >= 'a' && lower <= 'f')) return std::nullopt;
    value = value * 16 + (digit ? c - '0' : lower - 'a' + 10);
  }
  return static_cast<char>(value);
}

// What is no escape stays as it is, and so does one of a control byte.
std::string login_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_escape = text[i] == '%' && i + 2 < text.size();
    const auto byte = is_escape ? hex_byte(text.substr(i + 1, 2)) : std::nullopt;
    const bool decoded = byte && (*byte < 0 || *byte >= ' ');
    out += decoded ? *byte : text[i];
    if (decoded) i += 2;
  }
  return out;
}

}  // namespace

Parsed<CurlUrl> read_curl_url(std::string_view text) {
  CurlUrl url;
  const size_t scheme = text.find("://");
  const bool has_scheme = scheme != std::string_view::npos && scheme < text.find_first_of("/?#");
  if (has_scheme) {
    const std::string_view name = text.substr(0, scheme);
    if (iequals(name, "https")) {
      url.origin.scheme = Scheme::https;
    } else if (iequals(name, "http")) {
      url.origin.scheme = Scheme::http;
    } else {
      return wrong("has a URL that is neither http nor https");
    }
    text.remove_prefix(scheme + 3);
  } else {
    url.origin.scheme = Scheme::http;
    url.guessed_scheme = true;
  }
  text = text.substr(0, text.find('#'));
  const size_t end = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, end);
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    url.login = login_decoded(authority.substr(0, at));
    authority.remove_prefix(at + 1);
  }
  if (has_variable(authority)) {
    return wrong("has a variable for the host of its URL: put the host in its place");
  }
  const auto parsed = parse_authority(authority);
  if (!parsed) return wrong("has a URL whose host and port cannot be understood");
  url.origin.host = parsed->host;
  url.origin.port = parsed->port.value_or(url.origin.scheme == Scheme::https ? 443 : 80);

  std::string_view rest = text.substr(end);
  const size_t question = rest.find('?');
  url.path = std::string(rest.substr(0, question));
  if (url.path.empty()) url.path = "/";
  if (question != std::string_view::npos) {
    url.has_query = true;
    url.query = std::string(rest.substr(question + 1));
  }
  return url;
}

}  // namespace trunkd

#include "config/proxy_syntax.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "http/characters.h"
#include "http/query.h"
#include "http/url.h"

namespace trunkd {
namespace {

using ProxyKind = UpstreamProxyConfig::Kind;

constexpr std::string_view kMask = "********";
constexpr size_t kMaxSocksLogin = 255;

int hex_value(char c) { return is_digit(c) ? c - '0' : ascii_lower(c) - 'a' + 10; }

// None if a % has no two hexadecimal digits behind it.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2])) {
      return std::nullopt;
    }
    out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
    i += 2;
  }
  return out;
}

bool is_control_byte(char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }

Parsed<ProxyKind> parse_scheme(std::string_view text) {
  const size_t end = text.find("://");
  const std::string scheme = end == text.npos ? "" : to_lower(text.substr(0, end));
  if (scheme == "http") return ProxyKind::http;
  if (scheme == "socks5h") return ProxyKind::socks5h;
  if (scheme == "socks5" || scheme == "socks4" || scheme == "socks4a" || scheme == "socks") {
    return wrong(
        "the only SOCKS that is spoken is socks5h, where the proxy looks names up: write "
        "socks5h://");
  }
  if (scheme == "https") {
    return wrong(
        "TLS to the proxy itself is not spoken; write http://, which tunnels https all "
        "the same");
  }
  return wrong("must be a URL that begins with http:// or socks5h://");
}

Parsed<void> read_login(std::string_view text, UpstreamProxyConfig& proxy) {
  const size_t colon = std::min(text.find(':'), text.size());
  const auto user = percent_decoded(text.substr(0, colon));
  const auto password =
      percent_decoded(colon < text.size() ? text.substr(colon + 1) : std::string_view());
  if (!user || !password) {
    return wrong(
        "a % in the name or the password of the proxy is written %25, any other byte as % "
        "and two hexadecimal digits");
  }
  if (user->empty()) return wrong("there is no name before the @; leave the @ out for no login");
  if (std::any_of(user->begin(), user->end(), is_control_byte) ||
      std::any_of(password->begin(), password->end(), is_control_byte)) {
    return wrong("the name or the password of the proxy has a control character in it");
  }
  // Over SOCKS a colon in the name would do no harm, but it is a mistake there too.
  if (user->find(':') != std::string::npos) {
    return wrong("the name of a proxy's user cannot have a colon in it");
  }
  if (*password == kMask) {
    return wrong("the password is the one that \"trunkd config\" shows in place of the real one");
  }
  if (proxy.kind == ProxyKind::socks5h) {
    for (const std::string& part : {*user, *password}) {
      if (const auto why = socks_misfit(part); !why.empty()) return wrong(std::string(why));
    }
  }
  proxy.user = *user;
  proxy.password = *password;
  return {};
}

}  // namespace

std::string_view socks_misfit(std::string_view user_or_password) {
  if (!user_or_password.empty() && user_or_password.size() <= kMaxSocksLogin) return {};
  return "a name and a password for SOCKS have from 1 to 255 bytes each";
}

Parsed<UpstreamProxyConfig> parse_proxy_url(std::string_view text) {
  UpstreamProxyConfig proxy;
  const auto kind = parse_scheme(text);
  if (!kind) return wrong(kind.error());
  proxy.kind = *kind;
  const std::string_view rest = text.substr(text.find("://") + 3);
  const size_t path = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string_view authority = rest.substr(0, path);
  const size_t at = authority.find('@');
  const bool odd_at = at != authority.npos && authority.find('@', at + 1) != authority.npos;
  if (odd_at || rest.substr(path).find('@') != rest.npos) {
    return wrong(
        "in the name and the password of the proxy @ is written %40, / %2F, ? %3F and # "
        "%23");
  }
  if (path < rest.size() && rest.substr(path) != "/") {
    return wrong("the URL of a proxy ends with its port: there is no path behind it");
  }
  if (at != authority.npos) {
    if (auto login = read_login(authority.substr(0, at), proxy); !login) {
      return wrong(std::move(login.error()));
    }
  }
  const std::string_view address = at == authority.npos ? authority : authority.substr(at + 1);
  auto parsed = parse_authority(address);
  if (!parsed) return wrong("has no valid HOST:PORT of the proxy");  // it may be USER:PASSWORD
  if (!parsed->port) {
    return wrong("needs the port of the proxy, such as " +
                 std::string(proxy.kind == ProxyKind::http ? "http://proxy.example.com:3128"
                                                           : "socks5h://proxy.example.com:1080") +
                 "; there is no usual one");
  }
  proxy.host = std::move(parsed->host);
  proxy.port = *parsed->port;
  return proxy;
}

Parsed<UpstreamProxyConfig> parse_bare_proxy_url(std::string_view text) {
  if (text.find('@') != text.npos) {
    return wrong("beside user and password the URL has no login of its own");
  }
  return parse_proxy_url(text);
}

std::string shown_url(const UpstreamProxyConfig& proxy) {
  std::string out = proxy.kind == ProxyKind::http ? "http://" : "socks5h://";
  if (!proxy.user.empty() && proxy.secret.kind == SecretRef::Kind::none) {
    append_percent_encoded(out, proxy.user);
    if (!proxy.password.empty()) out.append(":").append(kMask);
    out += '@';
  }
  return out + authority_with_port(proxy.host, proxy.port);
}

}  // namespace trunkd

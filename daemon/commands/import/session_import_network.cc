// The part of SessionImport about how the host is reached: timeouts, retries, TLS, proxies.

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "config/host_syntax.h"
#include "config/proxy_syntax.h"
#include "config/scalar_syntax.h"
#include "daemon/commands/import/session_import.h"
#include "daemon/commands/import/shell_words.h"
#include "daemon/commands/quoting.h"

namespace trunkd {
namespace {

constexpr uint64_t kMostAttempts = 10;
constexpr uint64_t kMostRedirects = 50;  // curl's own limit, too
constexpr uint64_t kMostSeconds = 24 * 3600;

// "5", "0.5": to the millisecond.
std::optional<Duration> curl_seconds(std::string_view text) {
  const size_t dot = std::min(text.find('.'), text.size());
  const auto whole = parse_decimal(text.substr(0, dot));
  std::string fraction(text.substr(std::min(dot + 1, text.size())));
  fraction.resize(3, '0');
  const auto thousandths = parse_decimal(fraction);
  if (!whole || !thousandths || *whole > kMostSeconds) return std::nullopt;
  return std::chrono::milliseconds(*whole * 1000 + *thousandths);
}

// The parts of "HOST:PORT:ADDRESSES".
std::optional<std::pair<std::string_view, std::string_view>> host_and_addresses(
    std::string_view text) {
  const size_t first = text.find(':');
  const size_t second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  return std::pair(text.substr(0, first), text.substr(second + 1));
}

// Where the password of "FILE:PASSWORD" begins; "\:" is a colon of the file.
size_t password_of_file(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == ':') {
      return i;
    }
  }
  return std::string_view::npos;
}

std::string duration_line(const std::string& name, Duration duration) {
  return "  " + name + ": " + duration_text(duration);
}

}  // namespace

std::optional<std::string> SessionImport::absolute_path(const std::string& path) const {
  if (path.empty() || has_variable(path)) return std::nullopt;
  std::filesystem::path whole(path);
  if (path.starts_with("~/") && !place_.home.empty()) {
    whole = std::filesystem::path(place_.home) / path.substr(2);
  } else if (whole.is_relative()) {
    whole = std::filesystem::path(place_.working_directory) / whole;
  }
  return whole.lexically_normal().string();
}

void SessionImport::take_timeout(const GivenOption& given) {
  const auto seconds = curl_seconds(given.value);
  if (!seconds) return leave_out(given, "is no number of seconds up to a day");
  switch (given.option->use) {
    case CurlUse::connect_timeout:
      connect_timeout_ = *seconds;
      return;
    case CurlUse::retry_delay:
      retry_delay_ = *seconds;
      return;
    default:
      max_time_ = *seconds;
  }
}

void SessionImport::take_retry(const GivenOption& given) {
  const auto number = parse_decimal(given.value);
  switch (given.option->use) {
    case CurlUse::retry_delay:
      return take_timeout(given);
    case CurlUse::max_redirs:
      max_redirects_ = number.value_or(kMostRedirects);  // -1 is as many as there are
      return;
    default:
      if (!number) return leave_out(given, "is no number");
      retries_ = *number;
      if (*number >= kMostAttempts) {
        leave_out(given, "a session tries 10 times at most, the first included");
      }
  }
}

void SessionImport::take_file(const GivenOption& given) {
  std::string file = given.value;
  if (given.option->use == CurlUse::cert) {
    if (const size_t colon = password_of_file(file); colon != std::string::npos) {
      file.resize(colon);
      leave_out(given.written + " FILE:PASSWORD", "a session's key is not encrypted");
    }
    std::string plain;
    for (size_t i = 0; i < file.size(); ++i) {
      if (file[i] == '\\' && i + 1 < file.size()) ++i;
      plain += file[i];
    }
    file = std::move(plain);
  }
  auto path = absolute_path(file);
  if (!path) return leave_out(given, "names no file that is known here");
  switch (given.option->use) {
    case CurlUse::ca_file:
      ca_file_ = std::move(*path);
      return;
    case CurlUse::cert:
      client_cert_ = std::move(*path);
      return;
    default:
      client_key_ = std::move(*path);
  }
}

void SessionImport::take_resolve(const GivenOption& given) {
  std::string_view text = given.value;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto parts = host_and_addresses(text);
  const auto host = parts ? parse_resolved_host(parts->first) : wrong("");
  if (!host) return leave_out(given, "does not say HOST:PORT:ADDRESS");
  FixedAddresses fixed{*host, {}};
  bool good = true;
  for_each_member(parts->second, [&](std::string_view address) {
    auto parsed = parse_fixed_address(address);
    if (parsed) fixed.addresses.push_back(std::move(*parsed));
    return good = parsed.has_value();
  });
  const bool again = std::any_of(resolve_.begin(), resolve_.end(),
                                 [&](const auto& one) { return one.host == fixed.host; });
  if (!good || fixed.addresses.empty() || again) {
    return leave_out(given, "does not say addresses for a new host");
  }
  resolve_.push_back(std::move(fixed));
}

void SessionImport::take_proxy(const GivenOption& given) {
  std::string text = given.value;
  if (text.empty()) return;  // none
  if (given.option->use == CurlUse::socks_proxy || istarts_with(text, "socks5://")) {
    const size_t scheme = text.find("://");
    text = "socks5h://" + (scheme == std::string::npos ? text : text.substr(scheme + 3));
    if (given.option->name != "socks5-hostname") {
      made_.advice.emplace_back("The SOCKS proxy looks the host's name up itself (socks5h).");
    }
  }
  if (text.find("://") == std::string::npos) text.insert(0, "http://");
  if (text.ends_with('/')) text.pop_back();
  auto proxy = has_variable(text) ? wrong("") : parse_proxy_url(text);
  if (!proxy && !has_variable(text)) proxy = parse_proxy_url(text + ":1080");  // curl's default
  if (!proxy) return leave_out(given, "is no http or socks5h proxy that is known here");
  proxy_ = std::move(*proxy);
}

void SessionImport::add_tls() {
  std::vector<std::string> lines{"tls:"};
  if (tls13_) lines.emplace_back("  min_version: \"1.3\"");
  if (!ca_file_.empty()) lines.push_back("  ca_file: " + yaml_quoted(ca_file_));
  if (!client_cert_.empty()) lines.push_back("  client_cert: " + yaml_quoted(client_cert_));
  if (!client_key_.empty()) lines.push_back("  client_key: " + yaml_quoted(client_key_));
  if (lines.size() > 1) add("tls", std::move(lines));
}

void SessionImport::add_redirects() {
  const uint64_t hops = std::min(max_redirects_.value_or(kMostRedirects), kMostRedirects);
  if (follows_ && hops > 0) {
    add("redirects", {"redirects:", "  follow: " + std::to_string(hops)});
  }
}

void SessionImport::add_proxy() {
  if (proxy_.kind == UpstreamProxyConfig::Kind::none) return;
  if (trim(no_proxy_) == "*") {
    return leave_out("the proxy", "--noproxy \"*\" says not to use it");
  }
  if (proxy_login_.empty() && !proxy_.user.empty()) {
    proxy_login_ = proxy_.user + ':' + proxy_.password;
  }
  const size_t colon = std::min(proxy_login_.find(':'), proxy_login_.size());
  proxy_.user = proxy_login_.substr(0, colon);
  proxy_.password = proxy_login_.substr(std::min(colon + 1, proxy_login_.size()));
  UpstreamProxyConfig bare = proxy_;
  bare.user.clear();
  bare.password.clear();
  const std::string url = yaml_quoted(shown_url(bare));
  if (proxy_.user.empty()) {
    add("upstream_proxy", {"upstream_proxy: " + url});
    if (!proxy_.password.empty()) {
      leave_out("the password for the proxy",
                "a session needs a name beside it; write upstream_proxy.user and .password");
    }
  } else if (has_variable(proxy_.user)) {
    add("upstream_proxy", {"upstream_proxy: " + url});
    leave_out("the name for the proxy", "is a variable of the shell; write upstream_proxy.user");
  } else if (user_is_secret(proxy_login_)) {
    add("upstream_proxy", {"upstream_proxy: " + url});
    leave_out("the name for the proxy",
              "may be a secret, and is not printed; write upstream_proxy.user and .password");
  } else {
    std::string reference = secret_reference(proxy_.password, ".proxy-password");
    add("upstream_proxy",
        {"upstream_proxy:", "  url: " + url, "  user: " + yaml_quoted(proxy_.user),
         "  password: " + yaml_quoted(reference)});
    made_.secrets.push_back({"upstream_proxy", "the password for the proxy", std::move(reference)});
  }

  std::string direct;
  for_each_member(no_proxy_, [&](std::string_view entry) {
    if (entry.starts_with('.')) entry.remove_prefix(1);
    // A host stands for all below it, too.
    for (const std::string& one : {std::string(entry), "*." + std::string(entry)}) {
      const auto parsed = parse_direct_host(one);
      if (parsed) direct += (direct.empty() ? "" : ", ") + yaml_quoted(*parsed);
    }
    return true;
  });
  if (!direct.empty()) add("no_proxy", {"no_proxy: [" + direct + "]"});
}

void SessionImport::add_network_fields() {
  std::vector<std::string> timeouts{"timeouts:"};
  if (connect_timeout_ > 0ms) timeouts.push_back(duration_line("connect", connect_timeout_));
  if (max_time_ > 0ms) timeouts.push_back(duration_line("total", max_time_));
  if (timeouts.size() > 1) add("timeouts", std::move(timeouts));
  add_tls();
  if (retries_.value_or(0) > 0) {
    std::vector<std::string> lines{"retry:"};
    lines.push_back("  attempts: " + std::to_string(std::min(*retries_, kMostAttempts - 1) + 1));
    lines.emplace_back("  on: [connect, 408, 429, 500, 502, 503, 504]");
    if (retry_delay_ > 0ms) lines.push_back(duration_line("backoff", retry_delay_));
    add("retry", std::move(lines));
  }
  add_redirects();
  if (!resolve_.empty()) {
    std::vector<std::string> lines{"resolve:"};
    for (const FixedAddresses& fixed : resolve_) {
      std::string addresses;
      for (const std::string& address : fixed.addresses) {
        addresses += (addresses.empty() ? "" : ", ") + yaml_quoted(address);
      }
      lines.push_back("  " + yaml_quoted(fixed.host) + ": [" + addresses + "]");
    }
    add("resolve", std::move(lines));
  }
  add_proxy();
}

}  // namespace trunkd

#include "daemon/commands/live_report.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/rfc3339.h"

namespace trunkd {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kSoon = 14;  // days that are left to a certificate

constexpr std::string_view kNothingToTry = "nothing to try: allow_hosts names no single host";

std::string counted(int64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::optional<WallTime> certificate_end(const LiveResult& result) {
  return result.tls ? result.tls->certificate_not_after : std::nullopt;
}

// Whole days; negative once it is over.
int64_t days_until(WallTime end, WallTime now) {
  return std::chrono::floor<std::chrono::days>(end - now).count();
}

std::string certificate_text(WallTime end, WallTime now) {
  const int64_t days = days_until(end, now);
  if (days < 0) return "certificate: expired on " + rfc3339(end).substr(0, 10);
  if (days == 0) return "certificate: less than a day left";
  return "certificate: " + counted(days, "day") + " left";
}

std::string_view tls_text(const LiveResult& result) {
  if (!result.tls) return "no TLS";
  return result.tls->version == TlsVersion::tls13 ? "TLS 1.3" : "TLS 1.2";
}

std::string answer_text(const LiveResult& result) {
  return fmt::format("HTTP/1.{} {}", result.http_minor_version, result.status);
}

bool misses_credentials(const LiveResult& result) {
  return result.has_auth && (result.status == 401 || result.status == 403);
}

std::string keeping_text(const LiveResult& result) {
  if (!result.keep_alive) return "closes connections";
  if (result.keep_alive_timeout == Duration::zero()) return "keeps connections";
  const auto timeout = std::chrono::duration_cast<std::chrono::seconds>(result.keep_alive_timeout);
  return fmt::format("keeps connections (timeout {} s)", timeout.count());
}

std::string_view url_text(std::string_view url) { return url.empty() ? "-" : url; }

// Address, TLS, certificate, answer, keeping.
using Columns = std::array<std::string, 5>;

Columns columns(const LiveResult& result, WallTime now) {
  const auto end = certificate_end(result);
  return {result.address, std::string(tls_text(result)), end ? certificate_text(*end, now) : "",
          answer_text(result), keeping_text(result)};
}

void append_column(std::string& line, std::string_view text, size_t width) {
  if (width > 0) line += fmt::format("{:<{}}  ", text, width);
}

std::string summary(const std::vector<LiveResult>& results) {
  int64_t answered = 0, failed = 0, untried = 0;
  for (const LiveResult& result : results) {
    ++(result.answered() ? answered : result.tried() ? failed : untried);
  }
  std::string text = counted(answered, "session") + " answered";
  if (failed > 0) text += fmt::format(", {} failed", failed);
  if (untried > 0) text += fmt::format(", {} with nothing to try", untried);
  return text + ".\n";
}

Json milliseconds(Duration time) { return static_cast<double>(time.count()) / 1000; }

template <typename T>
Json or_null(bool known, T&& value) {
  return known ? Json(std::forward<T>(value)) : Json();
}

Json live_object(const LiveResult& result, WallTime now) {
  const bool connected = !result.address.empty();
  const bool answered = result.answered();
  const auto end = certificate_end(result);
  Json one;
  one["session"] = result.session;
  one["url"] = or_null(result.tried(), result.url);
  one["ok"] = or_null(result.tried(), answered);
  one["address"] = or_null(connected, result.address);
  one["tls_version"] = result.tls ? Json(std::string(tls_text(result).substr(4))) : Json();
  one["tls_verified"] = or_null(result.tls.has_value(), result.verified);
  one["certificate_days_left"] = end ? Json(days_until(*end, now)) : Json();
  one["certificate_not_after"] = end ? Json(rfc3339(*end)) : Json();
  one["http_version"] = or_null(answered, fmt::format("1.{}", result.http_minor_version));
  one["status"] = or_null(answered, result.status);
  one["keep_alive"] = or_null(answered, result.keep_alive);
  const bool announced = result.keep_alive && result.keep_alive_timeout > Duration::zero();
  one["keep_alive_timeout_seconds"] =
      or_null(answered && announced,
              std::chrono::duration_cast<std::chrono::seconds>(result.keep_alive_timeout).count());
  one["dns_ms"] = or_null(connected, milliseconds(result.times.dns));
  one["connect_ms"] = or_null(connected, milliseconds(result.times.connect));
  one["tls_ms"] = or_null(result.tls.has_value(), milliseconds(result.times.tls));
  const Error error = result.error.value_or(Error{});
  one["error"] = or_null(result.error.has_value(), std::string(failure_of(error.kind).word));
  one["detail"] = or_null(result.error.has_value(), error.detail);
  if (!result.tried()) one["detail"] = std::string(kNothingToTry);
  one["hint"] = or_null(!error.hint.empty(), error.hint);
  one["warnings"] = live_warnings(result, now);
  return one;
}

}  // namespace

std::vector<std::string> live_warnings(const LiveResult& result, WallTime now) {
  std::vector<std::string> warnings;
  if (!result.tls) return warnings;
  if (!result.verified) {
    warnings.emplace_back(
        "the certificate is not verified (tls.verify is false): anybody on the way can read and "
        "change what is sent");
  }
  if (const auto end = certificate_end(result); end && days_until(*end, now) < kSoon) {
    const int64_t days = days_until(*end, now);
    warnings.push_back(days < 0 ? "the certificate expired on " + rfc3339(*end)
                                : "the certificate expires soon, on " + rfc3339(*end));
  }
  return warnings;
}

std::string live_text(const std::vector<LiveResult>& results, WallTime now) {
  size_t session_width = 0, url_width = 0;
  std::array<size_t, std::tuple_size_v<Columns>> widths{};
  for (const LiveResult& result : results) {
    session_width = std::max(session_width, result.session.size());
    url_width = std::max(url_width, url_text(result.url).size());
    if (!result.answered()) continue;
    const Columns cells = columns(result, now);
    for (size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  }
  std::string text;
  for (const LiveResult& result : results) {
    std::string line;
    append_column(line, result.session, session_width);
    append_column(line, url_text(result.url), url_width);
    if (result.answered()) {
      const Columns cells = columns(result, now);
      for (size_t i = 0; i < cells.size(); ++i) append_column(line, cells[i], widths[i]);
    } else if (result.tried()) {
      line += "failed: " + result.error->detail;
    } else {
      line += kNothingToTry;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
    const std::string indent(session_width + 2, ' ');
    if (result.error && !result.error->hint.empty()) text += indent + result.error->hint + '\n';
    if (misses_credentials(result)) text += indent + "It was asked without the credentials.\n";
    for (const std::string& warning : live_warnings(result, now)) {
      text.append(indent).append("warning: ").append(warning).append("\n");
    }
  }
  return text + summary(results);
}

std::string live_json(const std::vector<LiveResult>& results, WallTime now) {
  Json list = Json::array();
  for (const LiveResult& result : results) list.push_back(live_object(result, now));
  // The detail may quote bytes of an origin; what is no UTF-8 in it is replaced.
  return list.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace trunkd

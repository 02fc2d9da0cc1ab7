#include "observe/access_line.h"

#include <algorithm>
#include <chrono>
#include <fmt/compile.h>
#include <fmt/format.h>
#include <iterator>
#include <optional>

#include "base/text.h"

namespace trunkd {
namespace {

// Longer paths are cut: one request must not fill the log.
constexpr size_t kLongestPath = 2048;

// RFC 3339 with milliseconds, UTC, whatever the machine's time zone.
void append_time(std::string& out, WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time - day).count();
  fmt::format_to(std::back_inserter(out), FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z"),
                 static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                 static_cast<unsigned>(date.day()), ms / 3'600'000, ms / 60'000 % 60,
                 ms / 1000 % 60, ms % 1000);
}

// Milliseconds with the microseconds behind the point, without floating point.
void append_ms(std::string& out, Duration time) {
  const auto us = time.count() < 0 ? 0 : time.count();
  fmt::format_to(std::back_inserter(out), FMT_COMPILE("{}.{:03}"), us / 1000, us % 1000);
}

void append_number(std::string& out, uint64_t number) {
  fmt::format_to(std::back_inserter(out), FMT_COMPILE("{}"), number);
}

// Values of the text line end at a space; an empty one would shift the columns.
void append_word(std::string& out, std::string_view word) {
  if (word.empty()) {
    out += '-';
    return;
  }
  for (const char c : word) {
    const bool plain = c > ' ' && c < 0x7f && c != '"' && c != '\\';
    if (plain) {
      out += c;
    } else if (c == ' ') {
      out += "\\x20";
    } else {
      out += escaped({&c, 1});
    }
  }
}

void append_text_time(std::string& out, std::string_view name, std::optional<Duration> time) {
  if (!time) return;
  out += ' ';
  out += name;
  out += '=';
  append_ms(out, *time);
}

void append_json_string(std::string& out, std::string_view key, std::string_view value) {
  out += ",\"";
  out += key;
  out += "\":";
  if (value.empty()) {
    out += "null";
    return;
  }
  out += '"';
  append_json_escaped(out, value);
  out += '"';
}

void append_json_number(std::string& out, std::string_view key, uint64_t value) {
  out += ",\"";
  out += key;
  out += "\":";
  append_number(out, value);
}

void append_json_time(std::string& out, std::string_view key, std::optional<Duration> time) {
  out += ",\"";
  out += key;
  out += "\":";
  if (time) {
    append_ms(out, *time);
  } else {
    out += "null";
  }
}

uint64_t unsigned_of(int number) { return number < 0 ? 0 : static_cast<uint64_t>(number); }

}  // namespace

std::string_view loggable_path(std::string_view target, std::string& scratch) {
  target = target.substr(0, target.find_first_of("?#"));
  const size_t scheme_end = target.find("://");
  if (scheme_end != std::string_view::npos && target.front() != '/') {
    const size_t authority = scheme_end + 3;
    const size_t authority_end = std::min(target.find('/', authority), target.size());
    const size_t at = target.substr(0, authority_end).rfind('@');
    if (at != std::string_view::npos && at >= authority) {
      scratch.assign(target.substr(0, authority)).append(target.substr(at + 1));
      target = scratch;
    }
  }
  // "/s/NAME/https/HOST/..." is refused with one, but it is logged too.
  if (target.starts_with("/s/")) {
    const size_t scheme = target.find('/', 3);
    const size_t host = scheme == std::string_view::npos ? scheme : target.find('/', scheme + 1);
    const size_t host_end =
        host == std::string_view::npos ? host : std::min(target.find('/', host + 1), target.size());
    const size_t at = host == std::string_view::npos ? host : target.substr(0, host_end).rfind('@');
    if (at != std::string_view::npos && at > host) {
      scratch.assign(target.substr(0, host + 1)).append(target.substr(at + 1));
      target = scratch;
    }
  }
  return target.substr(0, kLongestPath);
}

void append_text_line(std::string& out, const ExchangeRecord& record) {
  std::string scratch;
  append_time(out, record.started);
  out += ' ';
  append_word(out, record.session);
  out += ' ';
  append_word(out, record.method);
  out += ' ';
  if (!record.host.empty()) {
    append_word(out, record.scheme);
    out += "://";
  }
  append_word(out, record.host);
  out += ' ';
  append_word(out, loggable_path(record.path, scratch));
  out += ' ';
  if (record.status > 0) {
    append_number(out, unsigned_of(record.status));
  } else {
    out += '-';
  }
  out += " in=";
  append_number(out, record.bytes_in);
  out += " out=";
  append_number(out, record.bytes_out);
  out += " total=";
  append_ms(out, record.total);
  append_text_time(out, "queue", record.queue);
  append_text_time(out, "dns", record.dns);
  append_text_time(out, "connect", record.connect);
  append_text_time(out, "tls", record.tls);
  append_text_time(out, "ttfb", record.ttfb);
  if (record.connection_id != 0) {
    out += record.reused ? " reused=" : " new=";
    append_number(out, record.connection_id);
  }
  if (record.attempts > 1) {
    out += " attempts=";
    append_number(out, unsigned_of(record.attempts));
  }
  out += " id=";
  append_word(out, record.request_id);
  if (!record.error.empty()) {
    out += " error=";
    append_word(out, record.error);
  }
  out += '\n';
}

// Every line has every key, so that a reader needs no case for a missing one.
void append_json_line(std::string& out, const ExchangeRecord& record) {
  std::string scratch;
  out += "{\"time\":\"";
  append_time(out, record.started);
  out += '"';
  append_json_string(out, "id", record.request_id);
  append_json_string(out, "session", record.session);
  append_json_string(out, "method", record.method);
  append_json_string(out, "scheme", record.scheme);
  append_json_string(out, "host", record.host);
  append_json_string(out, "path", loggable_path(record.path, scratch));
  append_json_number(out, "status", unsigned_of(record.status));
  append_json_number(out, "bytes_in", record.bytes_in);
  append_json_number(out, "bytes_out", record.bytes_out);
  out += record.reused ? ",\"reused\":true" : ",\"reused\":false";
  append_json_number(out, "connection", record.connection_id);
  append_json_number(out, "attempts", unsigned_of(record.attempts));
  append_json_time(out, "queue_ms", record.queue);
  append_json_time(out, "dns_ms", record.dns);
  append_json_time(out, "connect_ms", record.connect);
  append_json_time(out, "tls_ms", record.tls);
  append_json_time(out, "ttfb_ms", record.ttfb);
  append_json_time(out, "total_ms", record.total);
  append_json_string(out, "error", record.error);
  out += "}\n";
}

void append_dropped_line(std::string& out, AccessLog::Format format, WallTime now,
                         uint64_t dropped) {
  const bool json = format == AccessLog::Format::json;
  if (json) out += "{\"time\":\"";
  append_time(out, now);
  out += json ? "\",\"dropped\":" : " dropped=";
  append_number(out, dropped);
  out += json ? "}\n" : " lines: the log was too slow or could not be written\n";
}

}  // namespace trunkd

#include "proxy/local_reply.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "http/date.h"
#include "http/writer.h"

namespace trunkd {
namespace {

constexpr std::string_view kMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

void append_member(std::string& json, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  json += json.size() > 1 ? ",\"" : "\"";
  json += name;
  json += "\":\"";
  append_json_escaped(json, value);
  json += '"';
}

// Without the closing brace.
std::string problem_json(const Error& error, int status, std::string_view session) {
  const Failure& failure = failure_of(error.kind);
  std::string json = "{";
  append_member(json, "type", std::string("urn:trunkd:") + std::string(failure.word));
  append_member(json, "title", failure.title);
  json += ",\"status\":" + std::to_string(status);
  append_member(json, "detail", error.detail);
  append_member(json, "session", session);
  append_member(json, "phase", error.phase.empty() ? failure.phase : error.phase);
  append_member(json, "setting", error.setting.empty() ? failure.setting : error.setting);
  append_member(json, "hint", error.hint);
  return json;
}

// Fields of an origin's error that its problem keeps.
bool tells_what_to_do(std::string_view name) {
  static constexpr std::string_view kNames[] = {"www-authenticate", "retry-after", "allow",
                                                "ratelimit", "ratelimit-policy"};
  const auto is_it = [&](std::string_view known) { return iequals(known, name); };
  return std::any_of(std::begin(kNames), std::end(kNames), is_it) ||
         istarts_with(name, "ratelimit-") || istarts_with(name, "x-ratelimit-") ||
         istarts_with(name, "x-rate-limit-");
}

// `text` without a character that was cut in two at its end.
std::string_view whole_characters(std::string_view text) {
  for (size_t cut = 1; cut <= 3 && cut <= text.size(); ++cut) {
    const auto lead = static_cast<unsigned char>(text[text.size() - cut]);
    if (lead < 0x80) break;
    if (lead < 0xc0) continue;  // inside of a character: look for its first byte
    if (utf8_length(text.substr(text.size() - cut)) == 0) text.remove_suffix(cut);
    break;
  }
  return text;
}

// A structured-field string (RFC 8941, 3.3.3): visible ASCII; the rest was escaped by who quoted
// it.
std::string sf_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c >= 0x20 && c < 0x7f ? c : '?';
  }
  return out + '"';
}

// In whole seconds (RFC 9110, 10.2.3): not too early, and a second where nobody knows.
uint64_t retry_after_seconds(const Error& error) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(error.retry_after.value_or(1s));
  return static_cast<uint64_t>(std::max<int64_t>(seconds.count(), 1));
}

void append_kind_fields(std::string& out, const Error& error) {
  switch (error.kind) {
    case ErrorKind::queue_full:
    case ErrorKind::queue_timeout:
    case ErrorKind::shutting_down:
    case ErrorKind::rate_limited:
    case ErrorKind::paused:
    case ErrorKind::session_paused:
    case ErrorKind::session_closed:
      append_field(out, "Retry-After", retry_after_seconds(error));
      break;
    case ErrorKind::connect_refused:
    case ErrorKind::trace_refused:
    case ErrorKind::unknown_method:
      append_field(out, "Allow", kMethods);
      break;
    case ErrorKind::proxy_session_missing:
      append_field(out, "Proxy-Authenticate", "Basic realm=\"trunkd session\"");
      break;
    default:
      if (error.retry_after) append_field(out, "Retry-After", retry_after_seconds(error));
      break;
  }
}

LocalReply make_reply(int status, std::string body, std::string_view content_type, WallTime now) {
  LocalReply reply;
  reply.head.status = status;
  reply.head.reason = standard_reason(status);
  reply.head.framing = {Framing::length, body.size()};
  append_field(reply.fields, "Date", format_http_date(now));
  if (!content_type.empty()) append_field(reply.fields, "Content-Type", content_type);
  reply.body = std::move(body);
  return reply;
}

}  // namespace

LocalReply problem_reply(const Error& error, std::string_view session, WallTime now) {
  const Failure& failure = failure_of(error.kind);
  LocalReply reply =
      make_reply(failure.status, problem_json(error, failure.status, session) + "}\n",
                 "application/problem+json", now);
  append_field(reply.fields, "Cache-Control", "no-store");
  std::string proxy_status = "trunkd";
  if (!failure.proxy_status.empty()) {
    proxy_status += "; error=";
    proxy_status += failure.proxy_status;
  }
  if (!error.detail.empty()) proxy_status += "; details=" + sf_string(error.detail);
  append_field(reply.fields, "Proxy-Status", proxy_status);
  append_kind_fields(reply.fields, error);
  return reply;
}

LocalReply upstream_problem_reply(const ResponseHead& head, std::string_view excerpt,
                                  std::string_view session, WallTime now) {
  const std::string status = std::to_string(head.status);
  Error error{ErrorKind::upstream_status, "the origin answered " + status};
  if (!head.reason.empty()) error.detail += ' ' + escaped(head.reason);
  std::string json = problem_json(error, head.status, session);
  append_member(json, "excerpt", whole_characters(excerpt));
  LocalReply reply = make_reply(head.status, json + "}\n", "application/problem+json", now);
  append_field(reply.fields, "Cache-Control", "no-store");
  append_field(reply.fields, "Proxy-Status", "trunkd; received-status=" + status);
  for (const Field field : head.headers) {
    if (tells_what_to_do(field.name)) append_field(reply.fields, field.name, field.value);
  }
  return reply;
}

LocalReply options_reply(WallTime now) {
  LocalReply reply = make_reply(200, "", "", now);
  append_field(reply.fields, "Allow", kMethods);
  return reply;
}

LocalReply trace_reply(const RequestHead& request, WallTime now) {
  std::string echo;
  append_request_line(echo, request.method, request.target);
  for (const Field field : request.headers) {
    if (iequals(field.name, "authorization") || iequals(field.name, "proxy-authorization") ||
        iequals(field.name, "cookie")) {
      continue;
    }
    append_field(echo, field.name, field.value);
  }
  append_end_of_head(echo);
  return make_reply(200, std::move(echo), "message/http", now);
}

}  // namespace trunkd

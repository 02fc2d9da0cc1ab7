#include "proxy/local_reply.h"

#include <utility>

#include "base/text.h"
#include "http/date.h"
#include "http/writer.h"

namespace trunkd {
namespace {

constexpr std::string_view kMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
constexpr uint64_t kRetryAfterSeconds = 1;

void append_member(std::string& json, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  json += json.size() > 1 ? ",\"" : "\"";
  json += name;
  json += "\":\"";
  append_json_escaped(json, value);
  json += '"';
}

std::string problem_json(const Error& error, std::string_view session) {
  const Failure& failure = failure_of(error.kind);
  std::string json = "{";
  append_member(json, "type", std::string("urn:trunkd:") + std::string(failure.word));
  append_member(json, "title", failure.title);
  json += ",\"status\":" + std::to_string(failure.status);
  append_member(json, "detail", error.detail);
  append_member(json, "session", session);
  append_member(json, "phase", failure.phase);
  append_member(json, "setting", failure.setting);
  append_member(json, "hint", error.hint);
  return json + "}\n";
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

void append_kind_fields(std::string& out, ErrorKind kind) {
  switch (kind) {
    case ErrorKind::queue_full:
    case ErrorKind::queue_timeout:
    case ErrorKind::shutting_down:
      append_field(out, "Retry-After", kRetryAfterSeconds);
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
      make_reply(failure.status, problem_json(error, session), "application/problem+json", now);
  append_field(reply.fields, "Cache-Control", "no-store");
  std::string proxy_status = "trunkd";
  if (!failure.proxy_status.empty()) {
    proxy_status += "; error=";
    proxy_status += failure.proxy_status;
  }
  if (!error.detail.empty()) proxy_status += "; details=" + sf_string(error.detail);
  append_field(reply.fields, "Proxy-Status", proxy_status);
  append_kind_fields(reply.fields, error.kind);
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

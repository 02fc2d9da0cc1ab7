#include "base/error.h"

#include <array>
#include <cassert>

namespace trunkd {
namespace {

using enum ErrorKind;

// In the order of the enum.
constexpr std::array kFailures = {
    Failure{malformed_request, 400, "http_request_error", "malformed_request", "Malformed request",
            "request", ""},
    Failure{head_too_large, 431, "http_request_error", "head_too_large", "Request head too large",
            "request", ""},
    Failure{target_too_long, 414, "http_request_error", "target_too_long",
            "Request target too long", "request", ""},
    Failure{unknown_method, 501, "http_request_error", "unknown_method", "Unknown method",
            "request", ""},
    Failure{unsupported_version, 505, "http_request_error", "unsupported_version",
            "HTTP version not supported", "request", ""},
    Failure{request_timeout, 408, "http_request_error", "request_timeout", "Request head too slow",
            "request", "downstream.head_timeout"},
    Failure{body_timeout, 408, "http_request_error", "body_timeout", "Request body stalled",
            "request", "timeouts.read"},
    Failure{client_stalled, 0, "", "client_stalled", "Client reads nothing", "request",
            "downstream.idle"},
    Failure{client_gone, 0, "", "client_gone", "Client left", "request", ""},
    Failure{ambiguous_session, 400, "http_request_denied", "ambiguous_session",
            "Two different sessions named", "request", ""},
    Failure{unknown_session, 404, "http_request_denied", "unknown_session", "No such session",
            "request", "sessions"},
    Failure{proxy_session_missing, 407, "http_request_denied", "proxy_session_missing",
            "No session for this target", "request", "sessions"},
    Failure{misdirected, 421, "http_request_denied", "misdirected", "Not served here", "request",
            "names"},
    Failure{browser_origin, 403, "http_request_denied", "browser_origin",
            "Refused to a web page of another origin", "request", "allow_origins"},
    Failure{target_not_allowed, 403, "http_request_denied", "target_not_allowed",
            "Target not allowed", "request", "allow_hosts"},
    Failure{connect_refused, 405, "http_request_denied", "connect_refused", "CONNECT refused",
            "request", "connect"},
    Failure{trace_refused, 405, "http_request_denied", "trace_refused", "TRACE refused", "request",
            "trace"},
    Failure{expectation_failed, 417, "http_request_error", "expectation_failed",
            "Unknown expectation", "request", ""},
    Failure{queue_full, 503, "connection_limit_reached", "queue_full", "Queue full", "queue",
            "queue.max"},
    Failure{queue_timeout, 503, "connection_limit_reached", "queue_timeout",
            "No connection became free in time", "queue", "queue.timeout"},
    Failure{shutting_down, 503, "connection_limit_reached", "shutting_down", "Shutting down",
            "queue", ""},
    Failure{rate_limited, 429, "http_request_denied", "rate_limited", "Rate limit reached", "queue",
            "rate"},
    Failure{paused, 503, "connection_limit_reached", "paused", "Origin asked for a pause", "queue",
            "queue.timeout"},
    Failure{session_paused, 503, "connection_limit_reached", "session_paused", "Session paused",
            "queue", ""},
    Failure{session_closed, 503, "destination_unavailable", "session_closed", "Session closed",
            "request", ""},
    Failure{killed, 503, "connection_terminated", "killed", "Ended by the operator", "response",
            ""},
    Failure{jar_limit, 503, "connection_limit_reached", "jar_limit", "Too many cookie jars",
            "request", "cookies.max_jars"},
    Failure{dns_failed, 502, "dns_error", "dns_failed", "Host name not found", "dns", "base_url"},
    Failure{dns_timeout, 504, "dns_timeout", "dns_timeout", "Name lookup too slow", "dns",
            "timeouts.connect"},
    Failure{connection_refused, 502, "connection_refused", "connection_refused",
            "Connection refused", "connect", "base_url"},
    Failure{connect_timeout, 504, "connection_timeout", "connect_timeout",
            "Connecting took too long", "connect", "timeouts.connect"},
    Failure{connect_failed, 502, "destination_ip_unroutable", "connect_failed", "Connecting failed",
            "connect", "base_url"},
    Failure{address_refused, 403, "destination_ip_prohibited", "address_refused",
            "Address not allowed", "request", "allow_private"},
    Failure{proxy_refused, 502, "destination_unavailable", "proxy_refused",
            "Proxy refused the way to the origin", "connect", "upstream_proxy"},
    Failure{proxy_failed, 502, "destination_unavailable", "proxy_failed",
            "Proxy could not reach the origin", "connect", "upstream_proxy"},
    Failure{proxy_auth, 502, "proxy_configuration_error", "proxy_auth",
            "Proxy wants other credentials", "connect", "upstream_proxy"},
    Failure{proxy_protocol, 502, "http_protocol_error", "proxy_protocol",
            "Proxy broke the protocol", "connect", "upstream_proxy"},
    Failure{tls_certificate, 502, "tls_certificate_error", "tls_certificate",
            "Certificate not trusted", "tls", "tls.ca_file"},
    Failure{tls_protocol, 502, "tls_protocol_error", "tls_protocol", "TLS handshake failed", "tls",
            "tls"},
    Failure{connection_terminated, 502, "connection_terminated", "connection_terminated",
            "Origin closed the connection", "response", ""},
    Failure{response_timeout, 504, "http_response_timeout", "response_timeout",
            "No response in time", "response", "timeouts.response"},
    Failure{read_timeout, 504, "connection_read_timeout", "read_timeout", "Response body stalled",
            "response", "timeouts.read"},
    Failure{tunnel_idle, 0, "", "tunnel_idle", "Tunnel silent", "response", "timeouts.tunnel"},
    Failure{bad_response, 502, "http_protocol_error", "bad_response", "Broken response", "response",
            ""},
    Failure{proxy_loop, 502, "proxy_loop_detected", "proxy_loop", "Request came back to its sender",
            "request", ""},
    Failure{redirect_loop, 502, "http_protocol_error", "redirect_loop", "Redirects lead nowhere",
            "response", "redirects.follow"},
    Failure{upstream_status, 502, "", "upstream_status", "Origin answered with an error",
            "response", "raise_for_status"},
    Failure{total_timeout, 504, "http_response_timeout", "total_timeout", "The whole took too long",
            "response", "timeouts.total"},
    Failure{credential_unavailable, 502, "proxy_internal_error", "credential_unavailable",
            "Credential cannot be had", "request", "auth"},
    Failure{jar_unavailable, 502, "proxy_internal_error", "jar_unavailable",
            "Cookies cannot be read", "request", "cookies"},
    Failure{internal, 500, "proxy_internal_error", "internal", "Internal error", "", ""},
};

constexpr bool in_order() {
  for (size_t i = 0; i < kFailures.size(); ++i) {
    if (static_cast<size_t>(kFailures[i].kind) != i) return false;
  }
  return kFailures.size() == static_cast<size_t>(internal) + 1;
}
static_assert(in_order());

}  // namespace

const Failure& failure_of(ErrorKind kind) { return kFailures[static_cast<size_t>(kind)]; }

}  // namespace trunkd

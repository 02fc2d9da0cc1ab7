#include "daemon/commands/ctl/advice.h"

namespace trunkd {
namespace {

// NAME stands for the session's name.
std::string_view advice_text(ErrorKind kind) {
  using enum ErrorKind;
  switch (kind) {
    case malformed_request:
    case unknown_method:
    case unsupported_version:
    case expectation_failed:
      return "The client has to send another request; the detail says what is wrong with this one.";
    case head_too_large:
    case target_too_long:
      return "The client has to send less: 64 KiB of head and 16 KiB of target are the most.";
    case request_timeout:
      return "Find out why the client is slow, or raise downstream.head_timeout.";
    case body_timeout:
      return "The client fell silent within its body: find out why, or raise "
             "sessions.NAME.timeouts.read.";
    case client_stalled:
      return "The client reads nothing of its answer: find out why, or raise downstream.idle.";
    case client_gone:
      return "The client left before it had the whole answer; look there if it should have stayed.";
    case ambiguous_session:
      return "Let the client name its session in one way only.";
    case unknown_session:
    case proxy_session_missing:
      return "Let the client name one of the sessions that trunkd ctl sessions lists.";
    case misdirected:
      return "Let the client use one of the names that the detail lists, or add its name to the "
             "setting names.";
    case browser_origin:
      return "If the web page is yours, list its origin in sessions.NAME.allow_origins.";
    case target_not_allowed:
      return "If the client is right, add the host to sessions.NAME.allow_hosts.";
    case connect_refused:
      return "Let the client use http:// or the session's port, or allow tunnels by "
             "sessions.NAME.connect: tunnel.";
    case trace_refused:
      return "If TRACE is wanted, say sessions.NAME.trace: true.";
    case queue_full:
      return "More came than the line holds: raise sessions.NAME.connections if the origin bears "
             "it, or sessions.NAME.queue.max, or let the clients ask less.";
    case queue_timeout:
      return "All connections were in use for too long: raise sessions.NAME.connections if the "
             "origin bears it, or sessions.NAME.queue.timeout; trunkd ctl session NAME shows "
             "them.";
    case shutting_down:
      return "The daemon was ending; ask again when it is back.";
    case rate_limited:
      return "The session's own rate was reached: see sessions.NAME.rate, or let more requests "
             "wait by sessions.NAME.queue.";
    case paused:
      return "The origin asked all callers to wait: ask it less often, by sessions.NAME.rate; "
             "trunkd ctl resume NAME ends the pause now.";
    case session_paused:
      return "Somebody has paused the session: trunkd ctl resume NAME.";
    case session_closed:
      return "Somebody has closed the session: trunkd ctl start NAME.";
    case killed:
      return "Somebody ended what was under way by trunkd ctl kill; trunkd ctl resume NAME lets "
             "the session go on.";
    case jar_limit:
      return "More values of Trunkd-Jar were used than sessions.NAME.cookies.max_jars allows.";
    case dns_failed:
      return "Look at the host's spelling in sessions.NAME.base_url, and whether this machine can "
             "look it up: getent hosts HOST.";
    case dns_timeout:
      return "This machine's name server does not answer in time; the setting is "
             "sessions.NAME.timeouts.connect.";
    case connection_refused:
      return "Nothing listens there: look at host and port, and whether the origin runs.";
    case connect_timeout:
      return "The origin, or a firewall on the way, says nothing: look there first; the setting is "
             "sessions.NAME.timeouts.connect.";
    case connect_failed:
      return "Look at the network: the detail says what the system answered.";
    case address_refused:
      return "If this address is meant, name it in sessions.NAME.allow_private.";
    case proxy_refused:
      return "The proxy lets nobody through to this origin: ask whoever runs it, or see "
             "sessions.NAME.upstream_proxy and sessions.NAME.no_proxy.";
    case proxy_failed:
      return "The proxy could not reach the origin: look there, or whether the origin should be in "
             "sessions.NAME.no_proxy.";
    case proxy_auth:
      return "Look at user and password of sessions.NAME.upstream_proxy.";
    case proxy_protocol:
      return "Look whether sessions.NAME.upstream_proxy names a proxy of that kind at this port.";
    case tls_certificate:
      return "If the certificate is of your own authority, name its file in "
             "sessions.NAME.tls.extra_ca_file; if the name differs, see "
             "sessions.NAME.tls.server_name.";
    case tls_protocol:
      return "Look whether the origin speaks TLS at this port, and in which version "
             "(sessions.NAME.tls.min_version).";
    case connection_terminated:
      return "The origin closed the connection. If requests like this may be sent twice, let the "
             "client send an Idempotency-Key; if it happens often, a shorter "
             "sessions.NAME.keepalive.idle may help.";
    case response_timeout:
      return "The origin was too slow: look there, or raise sessions.NAME.timeouts.response.";
    case read_timeout:
      return "The origin fell silent within its answer: look there, or raise "
             "sessions.NAME.timeouts.read.";
    case tunnel_idle:
      return "Nobody said anything for too long; the setting is sessions.NAME.timeouts.tunnel.";
    case bad_response:
      return "The origin's answer was broken HTTP; only the origin can mend that.";
    case proxy_loop:
      return "sessions.NAME.base_url leads back to trunkd itself: name the origin there.";
    case redirect_loop:
      return "Ask for the address where the redirects should end, or see "
             "sessions.NAME.redirects.follow.";
    case upstream_status:
      return "The origin answered with an error, and sessions.NAME.raise_for_status makes that "
             "one for the client.";
    case total_timeout:
      return "The times above show what took long; the setting is sessions.NAME.timeouts.total.";
    case credential_unavailable:
      return "Look at the file or variable that sessions.NAME.auth names, and who may read it.";
    case jar_unavailable:
      return "Look at the cookie file in the state directory, and who may read it.";
    case internal:
      return "This is a fault of trunkd's, or of the machine; its log may say more.";
  }
  return "";
}

}  // namespace

std::optional<ErrorKind> failure_named(std::string_view word) {
  for (int i = 0; i <= static_cast<int>(ErrorKind::internal); ++i) {
    const auto kind = static_cast<ErrorKind>(i);
    if (failure_of(kind).word == word) return kind;
  }
  return std::nullopt;
}

std::string advice_for(ErrorKind kind, std::string_view session) {
  constexpr std::string_view kPlaceholder = "NAME";
  std::string text(advice_text(kind));
  if (session.empty()) return text;
  for (size_t at = 0; (at = text.find(kPlaceholder, at)) != std::string::npos;) {
    text.replace(at, kPlaceholder.size(), session);
    at += session.size();
  }
  return text;
}

}  // namespace trunkd

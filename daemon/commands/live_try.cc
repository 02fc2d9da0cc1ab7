#include "daemon/commands/live_try.h"

#include <algorithm>
#include <utility>

#include "daemon/secrets.h"
#include "daemon/version.h"
#include "http/writer.h"
#include "session/session.h"

namespace trunkd {
namespace {

const SessionConfig& pool_owner(const Config& config, const SessionConfig& session) {
  if (session.pool.empty()) return session;
  return *std::find_if(config.sessions.begin(), config.sessions.end(),
                       [&](const SessionConfig& other) { return other.name == session.pool; });
}

// `proxy`: the connection's, which sends the request on (RFC 9112, 3.2.2); or null.
Result<std::string> live_request(const LiveTarget& target, const ProxyAccess* proxy) {
  std::string head;
  const std::string path = target.path.empty() ? "/" : target.path;
  append_request_line(head, "HEAD", proxy != nullptr ? target.origin.text() + path : path);
  append_field(head, "Host", target.origin.authority());
  if (proxy != nullptr) {
    if (auto put = proxy->append_authorization(head); !put) return tl::unexpected(put.error());
  }
  append_field(head, "User-Agent", "trunkd/" TRUNKD_VERSION " (check --live)");
  append_end_of_head(head);
  return head;
}

// allow_hosts did not say that it is https. A plain server answers a handshake with something else,
// or waits for more.
bool may_be_plain(const SessionConfig& session, const Origin& tried, const Error& error) {
  const bool guessed = session.multi_host && tried.secure() && tried.port != 443;
  return guessed &&
         (error.kind == ErrorKind::tls_protocol || error.kind == ErrorKind::connect_timeout);
}

}  // namespace

std::optional<LiveTarget> live_target(const SessionConfig& session) {
  if (!session.multi_host) return LiveTarget{session.origin, session.base_path};
  for (const HostPattern& entry : session.allow_hosts) {
    if (entry.wildcard || entry.host.empty()) continue;
    const uint16_t port = entry.port.value_or(443);
    return LiveTarget{{port == 80 ? Scheme::http : Scheme::https, entry.host, port}, ""};
  }
  return std::nullopt;
}

LiveTry::LiveTry(const UpstreamParts& parts, Log& log, const Config& config,
                 const SessionConfig& session, Done done)
    : parts_(parts),
      log_(log),
      config_(config),
      session_(session),
      owner_(pool_owner(config, session)),
      target_(live_target(session)),
      done_(std::move(done)) {
  result_.session = session.name;
  result_.verified = owner_.tls.verify;
  result_.has_auth = session.auth.kind != AuthConfig::Kind::none;
  if (target_) result_.url = target_->url();
}

void LiveTry::start() {
  if (!target_) return finish();
  auto factory = UpstreamFactory::create(
      parts_, complete_upstream_settings(parts_.loop, log_, config_, owner_));
  if (!factory) return fail(factory.error());
  factory_ = std::move(*factory);
  opening_ = factory_->open(target_->origin, *this);
}

void LiveTry::on_opened(PendingOpen&, std::unique_ptr<PooledConnection> connection) {
  parts_.loop.dispose(std::move(opening_));
  // The factory makes no others.
  connection_.reset(static_cast<UpstreamConnection*>(connection.release()));
  result_.address = connection_->address();
  result_.tls = connection_->tls();
  result_.times = connection_->connect_times();
  ask();
}

void LiveTry::on_open_failed(PendingOpen&, const Error& error) {
  Error told = error;
  parts_.loop.dispose(std::move(opening_));
  if (told.hint.empty() && may_be_plain(session_, target_->origin, told)) {
    told.hint = "An entry of allow_hosts says no scheme: https was tried, as on every port but 80.";
  }
  fail(std::move(told));
}

void LiveTry::ask() {
  UpstreamRequest request;
  const auto head = live_request(*target_, connection_->proxy());
  if (!head) return fail(head.error());
  request.head = *head;
  request.head_method = true;
  request.response_timeout = session_.timeouts.response;
  request.read_timeout = session_.timeouts.read;
  connection_->start(*this, request);
}

void LiveTry::on_response_head(ResponseHead&& head) {
  result_.http_minor_version = head.minor_version;
  result_.status = head.status;
}

// What the pool would do with it counts: an origin that sends a body to HEAD, say, is not asked
// again over the same connection.
void LiveTry::on_response_end(Headers&&) {
  result_.keep_alive = connection_->reusable();
  result_.keep_alive_timeout = connection_->keep_alive_hint();
  finish();
}

void LiveTry::on_upstream_error(const Error& error) { fail(error); }

void LiveTry::fail(Error error) {
  result_.error = std::move(error);
  finish();
}

void LiveTry::finish() {
  parts_.loop.dispose(std::move(connection_));
  done_();
}

}  // namespace trunkd

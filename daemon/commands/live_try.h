// One session's try for check --live: one connection, one HEAD.

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"
#include "config/config.h"
#include "daemon/commands/live_report.h"
#include "upstream/upstream_connection.h"
#include "upstream/upstream_factory.h"

namespace trunkd {

// What a session is tried with.
struct LiveTarget {
  Origin origin;
  std::string path;  // base_url's with the endpoint; may be empty

  std::string url() const { return origin.text() + path; }
};

// base_url, or the first single host of allow_hosts: by https, unless its port is 80. None if it
// names only wildcards.
std::optional<LiveTarget> live_target(const SessionConfig& session);

// Opens the connection as the session's pool would, with its owner's settings, and asks without
// anything that the session adds: no credentials, no cookies, no fields. So it changes nothing at
// the origin and uses nothing up. A TLS session is never resumed, so the certificate is seen.
class LiveTry final : private OpenListener, private UpstreamListener {
 public:
  using Done = std::function<void()>;

  // All must outlive the try. `done` is called once, also from inside start(); it must not destroy
  // the try.
  LiveTry(const UpstreamParts& parts, Log& log, const Config& config, const SessionConfig& session,
          Done done);

  void start();
  const LiveResult& result() const { return result_; }  // whole when it is done

 private:
  void on_opened(PendingOpen& open, std::unique_ptr<PooledConnection> connection) override;
  void on_open_failed(PendingOpen& open, const Error& error) override;

  void on_informational(ResponseHead&&) override {}
  void on_response_head(ResponseHead&& head) override;
  void on_response_body(std::string_view) override {}
  void on_response_end(Headers&& trailers) override;
  void on_upgraded(ResponseHead&&, std::unique_ptr<Transport>, std::string_view) override {}
  void on_upstream_error(const Error& error) override;
  void on_upstream_drained() override {}

  void ask();
  void fail(Error error);
  void finish();

  const UpstreamParts& parts_;
  Log& log_;
  const Config& config_;
  const SessionConfig& session_;
  const SessionConfig& owner_;  // of the pool
  const std::optional<LiveTarget> target_;
  const Done done_;
  LiveResult result_;
  std::unique_ptr<ConnectionFactory> factory_;
  std::unique_ptr<PendingOpen> opening_;
  std::unique_ptr<UpstreamConnection> connection_;
};

}  // namespace trunkd

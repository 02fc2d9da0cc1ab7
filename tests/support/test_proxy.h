// TestProxy: the real Server on the test's own loop, from a YAML text or a configuration.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/log.h"
#include "daemon/server.h"
#include "event/loop.h"
#include "support/fake_file_sink.h"
#include "support/metrics_reader.h"
#include "support/test_origin.h"

namespace trunkd {

// A configuration of one session with a listener of its own on a free port and no shared port.
// `more` are further lines of the session, each without indentation ("connections: 3\n...").
std::string session_yaml(std::string_view name, std::string_view base_url,
                         std::string_view more = {});

// What the text says; throws std::runtime_error with every mistake if it is not valid.
Config test_config(const std::string& yaml);

class TestProxy {
 public:
  // Both throw std::runtime_error if the text is not valid or a listener fails.
  TestProxy(Loop& loop, const std::string& yaml);
  TestProxy(Loop& loop, std::shared_ptr<const Config> config, LogLevel level = LogLevel::error);

  Server& server() { return *server_; }
  // Of the session's own listener; of the only session's without a name. The shared one: "".
  uint16_t port(std::string_view session) const { return server_->port(session); }
  PoolSnapshot pool(std::string_view session) const {
    return server_->session(session)->pool().snapshot();
  }
  MetricsReader metrics() const { return MetricsReader(server_->metrics()); }
  // What the access log holds by now, JSON, one line for each exchange.
  const std::string& access_log();

 private:
  Log log_;
  ListenSockets sockets_;
  FakeFileSink* access_;  // the server's
  std::unique_ptr<Server> server_;
};

}  // namespace trunkd

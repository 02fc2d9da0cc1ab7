// AdminServer: the listeners of the admin interface, and what it sees of the daemon.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "admin/admin_handler.h"
#include "admin/admin_host.h"
#include "admin/admin_set.h"
#include "base/log.h"
#include "config/config.h"
#include "daemon/server.h"
#include "event/listen_sockets.h"
#include "event/listener.h"
#include "event/loop.h"

namespace trunkd {

class AdminServer final : private AdminHost {
 public:
  // What the interface asks of the process around the server.
  struct Verbs {
    std::function<void()> drain;
    std::function<void(std::function<void(const ReloadOutcome&)>)> reload;
  };

  // `loop`, `log`, `sockets` and `server` must outlive it; the server is started before the loop
  // runs.
  AdminServer(Loop& loop, Log& log, ListenSockets& sockets, Server& server, Verbs verbs);
  ~AdminServer();

  // The socket, and what else `settings` asks for. That the socket of the default place cannot be
  // had is a warning in the log, since trunkd works without it; anything else is an error.
  Result<void> open(const AdminConfig& settings);
  // A read-only listener for scrapers.
  Result<void> open_metrics(const ListenAddress& address);

 private:
  struct Open final : Disposable {
    AdminDoor door;
    std::string local_ip;
    std::string path;  // of a Unix socket
    std::unique_ptr<Listener> listener;
    std::string text() const;  // "unix:/run/trunkd/admin.sock", "127.0.0.1:7490"
  };
  class Page;

  // AdminHost
  const Clock& clock() const override { return loop_; }
  const SessionTable& sessions() const override;
  const RecentExchanges& recent() const override;
  std::string_view id_prefix() const override;
  DaemonStatus status() const override;
  std::string metrics() override;
  void kill(Session& session) override;
  void drain() override { verbs_.drain(); }
  void reload(std::function<void(const ReloadOutcome&)> done) override;
  Result<PageDoor> open_page() override;

  Result<void> open_socket(const AdminConfig& settings);
  Result<void> open_remote(const std::string& listen);
  Result<Open*> open_unix(AdminDoor::Kind kind, const UnixSocketSettings& settings);
  // Takes a free port for 0.
  Result<Open*> open_tcp(AdminDoor::Kind kind, const std::string& host, uint16_t port);
  void close(const Open& open);

  Loop& loop_;
  Log& log_;
  ListenSockets& sockets_;
  Server& server_;
  const Verbs verbs_;
  const WallTime started_;
  AdminHandler handler_;
  AdminSet connections_;
  std::vector<std::unique_ptr<Open>> open_;
  std::string token_file_;              // removed at the end
  std::shared_ptr<AdminServer*> self_;  // null once it is gone: pages may outlive it
};

}  // namespace trunkd

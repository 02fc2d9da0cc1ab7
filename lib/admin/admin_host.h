// AdminHost: what the admin interface sees of the daemon, and may do to it.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "observe/recent_exchanges.h"
#include "session/session.h"

namespace trunkd {

struct ReloadOutcome {
  std::vector<std::string> errors;                   // not empty: nothing was changed
  std::vector<std::string> added, removed, changed;  // sessions
  std::vector<std::string> notices;                  // what waits for a restart
  bool good() const { return errors.empty(); }
};

// Numbers of one moment.
struct DaemonStatus {
  std::string version;
  int pid = 0;
  WallTime started{};
  bool draining = false;
  bool started_up = false;  // what is to be warm at the start is, or has had its time
  size_t clients = 0, clients_max = 0;
  uint64_t clients_refused = 0;
  uint64_t requests = 0;               // begun, of all sessions
  std::optional<WallTime> reloaded{};  // the last one that was good
};

// A listener for the status page, open while this object lives.
struct PageDoor {
  std::string url;  // with the one-time token in its fragment
  std::shared_ptr<void> door;
};

class AdminHost {
 public:
  virtual const Clock& clock() const = 0;
  virtual const SessionTable& sessions() const = 0;
  virtual const RecentExchanges& recent() const = 0;
  virtual std::string_view id_prefix() const = 0;  // of request ids
  virtual DaemonStatus status() const = 0;
  virtual std::string metrics() = 0;  // text format 0.0.4
  // Ends what is under way for a session; its connections go with it.
  virtual void kill(Session& session) = 0;
  virtual void drain() = 0;  // and exit
  // `done` is called once, later.
  virtual void reload(std::function<void(const ReloadOutcome&)> done) = 0;
  virtual Result<PageDoor> open_page() = 0;

 protected:
  ~AdminHost() = default;
};

}  // namespace trunkd

// What the daemon tells the service manager that started it: sd_notify(3), without libsystemd: a
// message is one datagram, and the protocol is stable.

#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/scheduler.h"
#include "config/environment.h"

namespace trunkd {

class ServiceManager {
 public:
  // Of $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID; without them nothing is told. `scheduler`
  // must outlive it. `status` is asked for the line that `systemctl status` shows.
  ServiceManager(Scheduler& scheduler, const Environment& environment,
                 std::function<std::string()> status);
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  // From now on the watchdog is fed from the loop, twice as often as it asks for: a loop that hangs
  // is noticed.
  void ready();
  void reloading();
  void reloaded() { tell("READY=1"); }
  // The manager kills after its own time: it is asked for as long as `drain_timeout`.
  void stopping(Duration drain_timeout);

 private:
  void tell(std::string_view state);
  void send(std::string_view also);
  bool send_datagram(const std::string& message) const;
  void on_due();

  const std::string path_;   // empty: there is no manager
  const Duration watchdog_;  // zero: none
  const std::function<std::string()> status_;
  const int socket_;
  const Scheduler& scheduler_;
  std::string unsent_;  // the state that the manager had no room for yet
  SteadyTime next_feed_{};
  Timer due_;
};

}  // namespace trunkd

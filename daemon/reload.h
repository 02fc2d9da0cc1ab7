// Reload: reads the configuration again and hands it to the server, as a whole or not at all.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "admin/admin_host.h"
#include "base/log.h"
#include "config/config_loader.h"
#include "daemon/server.h"
#include "event/background.h"
#include "event/loop.h"

namespace trunkd {

class Reload {
 public:
  using Done = std::function<void(const ReloadOutcome&)>;
  // What configuration there is now; called on another thread.
  using Load = std::function<LoadedConfig()>;

  // Hears when the first of several begins and when the last has ended.
  using OnBusy = std::function<void(bool busy)>;

  // `loop`, `log` and `server` must outlive it.
  Reload(Loop& loop, Log& log, Server& server, Load load, OnBusy on_busy);

  // Reads off the loop, then changes what runs. The log tells the outcome too. While one is under
  // way, others wait and then share one: it has read what was there when they asked.
  void start(Done done = {});

 private:
  void read();
  void apply(const LoadedConfig& loaded);
  void tell(const ReloadOutcome& outcome) const;

  Loop& loop_;
  Log& log_;
  Server& server_;
  const Load load_;
  const OnBusy on_busy_;
  std::unique_ptr<BackgroundWork> reading_;
  std::vector<Done> waiting_;   // for the one that reads
  std::vector<Done> for_next_;  // came after it had begun
};

}  // namespace trunkd

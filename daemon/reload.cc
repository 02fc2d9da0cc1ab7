#include "daemon/reload.h"

#include <utility>

namespace trunkd {
namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

Reload::Reload(Loop& loop, Log& log, Server& server, Load load, OnBusy on_busy)
    : loop_(loop),
      log_(log),
      server_(server),
      load_(std::move(load)),
      on_busy_(std::move(on_busy)) {}

void Reload::start(Done done) {
  if (reading_) {
    for_next_.push_back(std::move(done));
    return;
  }
  waiting_.push_back(std::move(done));
  on_busy_(true);
  read();
}

void Reload::read() {
  auto loaded = std::make_shared<LoadedConfig>();
  reading_ = run_in_background(
      loop_, [loaded, load = load_] { *loaded = load(); }, [this, loaded] { apply(*loaded); });
}

void Reload::apply(const LoadedConfig& loaded) {
  ReloadOutcome outcome;
  if (loaded.config) {
    outcome = server_.reload(loaded.config);
  } else {
    for (const ConfigMistake& mistake : loaded.mistakes) outcome.errors.push_back(mistake.text());
  }
  ReloadMetrics& counts = server_.reloads();
  ++(outcome.good() ? counts.applied : counts.refused);
  counts.last_successful = outcome.good();
  if (outcome.good()) counts.last_success = loop_.wall_now();
  tell(outcome);
  reading_.reset();
  const std::vector<Done> heard = std::exchange(waiting_, std::exchange(for_next_, {}));
  waiting_.empty() ? on_busy_(false) : read();
  for (const Done& done : heard) {
    if (done) done(outcome);
  }
}

void Reload::tell(const ReloadOutcome& outcome) const {
  if (!outcome.good()) {
    for (const std::string& error : outcome.errors) log_.error(error);
    log_.error("reload: nothing was changed, the configuration of before goes on");
    return;
  }
  std::string line = "reloaded";
  if (!outcome.added.empty()) line += "; added: " + listed(outcome.added);
  if (!outcome.removed.empty()) line += "; removed: " + listed(outcome.removed);
  if (!outcome.changed.empty()) line += "; changed: " + listed(outcome.changed);
  log_.info(line);
  for (const std::string& notice : outcome.notices) log_.warning(notice);
}

}  // namespace trunkd

#include "daemon/commands/check_live.h"

#include <algorithm>
#include <csignal>
#include <ostream>
#include <utility>

#include "daemon/commands/live_try.h"
#include "daemon/exit_codes.h"
#include "daemon/own_address.h"

namespace trunkd {
namespace {

// Of the daemon that runs with this configuration: a client would be told of the loop.
bool is_listener_of(const Config& config, const SocketAddress& address) {
  const auto is_it = [&](const ListenAddress& listener) { return listens_at(listener, address); };
  if (config.listen && is_it(*config.listen)) return true;
  return std::any_of(config.sessions.begin(), config.sessions.end(), [&](const auto& session) {
    return std::any_of(session.listen.begin(), session.listen.end(), is_it);
  });
}

}  // namespace

LiveCheck::LiveCheck(Loop& loop, const Config& config, std::function<void()> done)
    : loop_(loop),
      done_(std::move(done)),
      resolver_(loop),
      addresses_(loop, resolver_),
      parts_{loop, addresses_, trust_, last_connection_id_,
             [&config](const SocketAddress& address) { return is_listener_of(config, address); }},
      go_on_(loop, [this] { go_on(); }) {
  for (const SessionConfig& session : config.sessions) {
    tries_.push_back(std::make_unique<LiveTry>(parts_, log_, config, session, [this] {
      ++over_;
      go_on_.schedule();
    }));
  }
  go_on_.schedule();
}

// What is disposed of still refers to the parts, so it goes first.
LiveCheck::~LiveCheck() {
  go_on_.cancel();
  tries_.clear();
  loop_.run_deferred();
}

void LiveCheck::go_on() {
  if (over_ == tries_.size()) return done_();
  while (started_ < tries_.size() && started_ - over_ < kAtOnce) tries_[started_++]->start();
}

std::vector<LiveResult> LiveCheck::results() const {
  std::vector<LiveResult> results;
  results.reserve(tries_.size());
  for (const auto& one : tries_) results.push_back(one->result());
  return results;
}

int run_check_live(const Config& config, bool json, std::ostream& out) {
  std::signal(SIGPIPE, SIG_IGN);  // an origin that closes while it is asked
  Loop loop;
  LiveCheck check(loop, config, [&loop] { loop.stop(); });
  loop.run();
  const std::vector<LiveResult> results = check.results();
  // Before the loop ends: it waits for the system's lookups, also for those that took too long.
  out << (json ? live_json(results, loop.wall_now()) : live_text(results, loop.wall_now()))
      << std::flush;
  const bool failed = std::any_of(results.begin(), results.end(), [](const LiveResult& result) {
    return result.tried() && !result.answered();
  });
  return failed ? kExitFailure : kExitOk;
}

}  // namespace trunkd

// trunkd ctl: looks at a running daemon and tells it what to do, over its admin socket.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/commands/cookies.h"
#include "daemon/commands/ctl/admin_place.h"
#include "daemon/commands/ctl/top.h"
#include "daemon/commands/ctl/wait.h"

namespace trunkd {

struct CtlCommand {
  enum class Verb {
    status,
    sessions,
    session,
    session_verb,  // `word`: pause, resume, reconnect, kill, close, start
    drain,
    reload,
    cookies,
    requests,
    why,
    top,
    wait,
    config,
    metrics,
    page,
    complete,  // what a shell completes with; `word` says what of
  };
  Verb verb = Verb::status;
  AdminPlace place;
  bool json = false;  // the admin interface's own answer
  std::string word;
  std::vector<std::string> sessions;    // session and session_verb: names as given
  bool all = false;                     // session_verb: all sessions instead
  std::optional<uint64_t> connections;  // start
  std::string session;                  // requests: of this one only, unless empty
  std::optional<uint64_t> limit;        // requests: at most so many
  std::string request;                  // why: the id
  CookiesCommand cookies;
  TopOptions top;
  WaitOptions wait;
};

// Returns the exit code: 0; 1, also if there is no such session or request; 77 if the socket may
// not be used; 78 if the configuration (to reload, or of -c) has mistakes.
int run_ctl(const CtlCommand& command, const CommandStreams& streams);

}  // namespace trunkd

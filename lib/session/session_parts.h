// What a session gets from outside: connections, secrets, a place for cookies. The daemon has the
// real ones, tests have others.

#pragma once

#include <memory>

#include "base/result.h"
#include "base/secret.h"
#include "config/config.h"
#include "observe/session_metrics.h"
#include "pool/connection_factory.h"
#include "session/jar.h"

namespace trunkd {

class SessionParts {
 public:
  // What opens the session's connections; fails if a file that its settings name cannot be used.
  virtual Result<std::unique_ptr<ConnectionFactory>> make_factory(const SessionConfig& session) = 0;
  // Never null: a secret that cannot be had yet has no value yet. `reference` is one of
  // `session`'s, which is named where the secret's changes are logged.
  virtual std::unique_ptr<Secret> open_secret(const SessionConfig& session,
                                              const SecretRef& reference) = 0;
  // Where the session's requests are counted. Never null; a session of the same name that comes
  // after it gets the same one.
  virtual std::shared_ptr<SessionMetrics> metrics(const SessionConfig& session) = 0;
  // Asked for only if a session has cookies; outlives all sessions.
  virtual const JarParts& jar_parts() = 0;

 protected:
  ~SessionParts() = default;
};

}  // namespace trunkd

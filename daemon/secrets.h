// From the configuration's references to secrets that can be used.

#pragma once

#include <memory>
#include <string>

#include "base/log.h"
#include "base/secret.h"
#include "config/config.h"
#include "event/loop.h"
#include "session/session.h"

namespace trunkd {

// env: is read here and never again. file: and credential: are read here and followed. `loop` and
// `log` must outlive the secret; the log says, for `session`, when it cannot be had and when it can
// again, never what it is.
std::unique_ptr<Secret> open_secret(Loop& loop, Log& log, const std::string& session,
                                    const SecretRef& reference);

// upstream_settings(), with the password of the proxy if that is a secret.
UpstreamSettings complete_upstream_settings(Loop& loop, Log& log, const Config& config,
                                            const SessionConfig& owner);

}  // namespace trunkd

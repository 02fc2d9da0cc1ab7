// What the log says of a session's TLS.

#pragma once

#include <string>

#include "base/log.h"
#include "config/config.h"
#include "net/tls_context.h"

namespace trunkd {

// At each start: verification that is off, a key that others on this machine can read.
void warn_of_tls(Log& log, const SessionConfig& session);

// Says when the session's files were read again, and loudly when new ones cannot be used. `log`
// must outlive it.
OnTlsFiles tell_tls_files(Log& log, const std::string& session);

}  // namespace trunkd

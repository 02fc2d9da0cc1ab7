// Whether the files that the sessions' tls names can be used.

#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "config/config.h"

namespace trunkd {

struct TlsFileMistake {
  std::string session;
  Error error;
};

// Reads them as the daemon does when it starts. Of sessions over another's pool the owner's count.
std::vector<TlsFileMistake> tls_file_mistakes(const Config& config);

}  // namespace trunkd

// The table of curl's options.

#pragma once

#include <span>

#include "daemon/commands/import/curl_options.h"

namespace trunkd {

std::span<const CurlOption> curl_options();

}  // namespace trunkd

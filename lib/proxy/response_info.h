// How an answer was had, told in its own fields: Server-Timing, Trunkd-Connection,
// Trunkd-Request-Id.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/attempt.h"

namespace trunkd {

std::string request_id(std::string_view prefix, uint64_t number);
void append_response_info(std::string& out, const AttemptFacts& facts, std::string_view id_prefix,
                          uint64_t number);

}  // namespace trunkd

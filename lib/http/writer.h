// Heads and body framing to bytes. Everything that leaves is written anew by these; nothing is
// relayed as received. All append to `out`. Values are checked by who made them: a parser or the
// configuration.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"

namespace trunkd {

void append_request_line(std::string& out, std::string_view method, std::string_view target);
void append_status_line(std::string& out, int status, std::string_view reason);
void append_field(std::string& out, std::string_view name, std::string_view value);
void append_field(std::string& out, std::string_view name, uint64_t value);
// Content-Length or Transfer-Encoding; nothing for none and until_close.
void append_framing(std::string& out, const BodyFraming& framing);
inline void append_end_of_head(std::string& out) { out += "\r\n"; }

void append_chunk_head(std::string& out, size_t size);  // "1a2b\r\n"; size > 0
inline constexpr std::string_view kChunkTail = "\r\n";
// "0\r\n", the trailers that may be passed on, "\r\n".
void append_last_chunk(std::string& out, const Headers& trailers);

std::string_view standard_reason(int status);  // RFC 9110, 15; empty if unknown

}  // namespace trunkd

// HeldAnswer: an answer that waits until the cookies which it brought are on the disk.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/transport.h"
#include "http/message.h"
#include "proxy/local_reply.h"
#include "session/next_step.h"

namespace trunkd {

// What came of the answer meanwhile. Its reader is paused, so the body is what was in the read
// buffer behind the head.
struct HeldAnswer {
  std::optional<LocalReply> reply;  // an answer of our own; then the rest is empty
  ResponseHead head;
  std::string body;
  std::optional<Headers> trailers;      // the answer is complete
  std::optional<AttemptResult> failed;  // or was broken off
  std::unique_ptr<Transport> upgraded;  // or became a tunnel: `body` is what came behind the 101
};

}  // namespace trunkd

// A request's body on its way through: a window that streams, and a short body kept to be sent
// again.

#pragma once

#include <optional>
#include <string_view>

#include "base/buffer.h"
#include "http/message.h"

namespace trunkd {

class BodySource {
 public:
  // So much is kept for a replay, and so much may wait before the client is asked to pause.
  static constexpr size_t kWindow = 64 * 1024;

  // From the client. `sent`: the caller has already passed the bytes on.
  void append(std::string_view bytes, bool sent);
  // Nobody wants them any more.
  void skip(size_t bytes) {
    received_ += bytes;
    whole_ = false;
  }
  void end(Headers&& trailers) { trailers_ = std::move(trailers); }

  bool ended() const { return trailers_.has_value(); }
  const Headers& trailers() const { return *trailers_; }
  uint64_t received() const { return received_; }

  std::string_view unsent() const { return held_.view().substr(position_); }
  void mark_sent();  // all of unsent()
  bool full() const { return unsent().size() > kWindow; }

  // The beginning is still there.
  bool can_rewind() const { return whole_; }
  // And will be, whatever still comes.
  bool stays_held(const BodyFraming& framing) const {
    return whole_ && (ended() || (framing.kind == Framing::length && framing.length <= kWindow));
  }
  void rewind() { position_ = 0; }

 private:
  Buffer held_;          // from the beginning while whole_, else from position_ on
  size_t position_ = 0;  // how far the current attempt has sent
  uint64_t received_ = 0;
  bool whole_ = true;
  std::optional<Headers> trailers_;
};

}  // namespace trunkd

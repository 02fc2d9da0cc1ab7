// A gate holds requests back although a connection could be had: a rate, a pause that an origin
// asked for.

#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "pool/gate_queue.h"

namespace trunkd {

// Why a gate admits nobody now, and how long at least.
struct GateClosure {
  // `stopped`: an operator holds everybody, for as long as they may wait; `until` says nothing
  // then.
  enum class Cause : uint8_t { rate, pause, stopped };
  Cause cause = Cause::rate;
  // admit() cannot succeed before, unless a reservation is withdrawn or the pool hears of
  // gate_changed(). It need not succeed then. Not after `now` if it could succeed at once.
  SteadyTime until{};
  bool too_long = false;  // nobody is to wait for it
};

// The pool asks in the order in which requests come first; a request is either held or admitted,
// and an admitted one waits for a connection only. So there is one queue, whatever it waits for.
//
// A gate serves one pool. It may share what it counts with other gates of that pool. It must
// outlive the requests that wait at it, and calls nobody.
class Gate {
 public:
  Gate() = default;
  virtual ~Gate() { assert(held() == 0); }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // One request may start. True: a start is reserved for it until start() or withdraw().
  virtual bool admit(SteadyTime now) = 0;
  // A start is reserved without asking, for a replay, which goes on with what was admitted before.
  // The gate may then have reserved more than it has; nobody is admitted until that is made up for.
  virtual void reserve() = 0;
  virtual void start(SteadyTime now) = 0;  // for whom it was reserved has got its connection
  virtual void withdraw() = 0;             // it left, or is held again

  virtual GateClosure closure(SteadyTime now) const = 0;

  size_t held() const { return queue_.held.size(); }  // requests that wait for this gate

 private:
  friend class ConnectionPool;
  GateQueue queue_{*this};  // the pool's notes
};

}  // namespace trunkd

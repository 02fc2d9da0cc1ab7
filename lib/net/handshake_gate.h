// HandshakeGate: when many connections to one origin are opened at once, the first makes the full
// handshake alone and the others resume its session, which costs a fraction of the time.

#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/scheduler.h"

namespace trunkd {

// Logic only: no sockets, no TLS. Leads and waits may outlive the gate's owner: they share its
// state.
class HandshakeGate {
  struct State;

 public:
  HandshakeGate();
  ~HandshakeGate();

  // The right and duty to go first. Destroying it lets the others go.
  class Lead {
   public:
    Lead(std::shared_ptr<State> state, Scheduler& scheduler, std::string key);
    ~Lead();

    // TLS 1.3 hands out its ticket after the handshake: the others wait for it until then.
    void expect_ticket_until(SteadyTime latest) { give_up_.start_at(latest); }
    void release();           // a session is there, or none will come
    void release_for_good();  // the origin gives no sessions: nobody needs to wait again

   private:
    const std::shared_ptr<State> state_;
    const std::string key_;
    Timer give_up_;
    bool released_ = false;
  };

  // Somebody who lets the first go first. Destroying it leaves.
  class Wait {
   public:
    Wait(std::shared_ptr<State> state, Scheduler& scheduler, std::string key, SteadyTime latest,
         std::function<void()> on_turn);
    ~Wait();

   private:
    friend struct State;
    void turn();

    const std::shared_ptr<State> state_;
    const std::string key_;
    std::function<void()> on_turn_;
    Timer latest_;
    DeferredCall turn_;
  };

  // Somebody goes first now and may have a session soon.
  bool should_wait(const std::string& key) const;
  // `on_turn` comes when the first is through, at the latest at `latest`; never from inside.
  std::unique_ptr<Wait> wait(Scheduler& scheduler, const std::string& key, SteadyTime latest,
                             std::function<void()> on_turn);
  // nullptr if there is one already.
  std::unique_ptr<Lead> lead(Scheduler& scheduler, const std::string& key);

 private:
  std::shared_ptr<State> state_;
};

}  // namespace trunkd

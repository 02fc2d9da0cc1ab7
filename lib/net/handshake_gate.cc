#include "net/handshake_gate.h"

#include <utility>

namespace trunkd {
namespace {

constexpr size_t kMaxWithoutSessions = 1024;

}  // namespace

struct HandshakeGate::State {
  std::set<std::string> led;               // a first one is on its way
  std::set<std::string> without_sessions;  // origins that gave none
  std::map<std::string, std::vector<Wait*>> waiting;

  void release(const std::string& key) {
    led.erase(key);
    const auto list = waiting.extract(key);
    if (list.empty()) return;
    for (Wait* wait : list.mapped()) wait->turn_.schedule();
  }
};

HandshakeGate::HandshakeGate() : state_(std::make_shared<State>()) {}

HandshakeGate::~HandshakeGate() = default;

bool HandshakeGate::should_wait(const std::string& key) const {
  return state_->led.count(key) > 0 && state_->without_sessions.count(key) == 0;
}

std::unique_ptr<HandshakeGate::Lead> HandshakeGate::lead(Scheduler& scheduler,
                                                         const std::string& key) {
  if (!state_->led.insert(key).second) return nullptr;
  return std::make_unique<Lead>(state_, scheduler, key);
}

std::unique_ptr<HandshakeGate::Wait> HandshakeGate::wait(Scheduler& scheduler,
                                                         const std::string& key, SteadyTime latest,
                                                         std::function<void()> on_turn) {
  return std::make_unique<Wait>(state_, scheduler, key, latest, std::move(on_turn));
}

HandshakeGate::Lead::Lead(std::shared_ptr<State> state, Scheduler& scheduler, std::string key)
    : state_(std::move(state)), key_(std::move(key)), give_up_(scheduler, [this] { release(); }) {}

HandshakeGate::Lead::~Lead() { release(); }

void HandshakeGate::Lead::release() {
  if (std::exchange(released_, true)) return;
  give_up_.stop();
  state_->release(key_);
}

void HandshakeGate::Lead::release_for_good() {
  if (state_->without_sessions.size() >= kMaxWithoutSessions) state_->without_sessions.clear();
  state_->without_sessions.insert(key_);
  release();
}

HandshakeGate::Wait::Wait(std::shared_ptr<State> state, Scheduler& scheduler, std::string key,
                          SteadyTime latest, std::function<void()> on_turn)
    : state_(std::move(state)),
      key_(std::move(key)),
      on_turn_(std::move(on_turn)),
      latest_(scheduler, [this] { turn(); }),
      turn_(scheduler, [this] { turn(); }) {
  state_->waiting[key_].push_back(this);
  latest_.start_at(latest);
}

HandshakeGate::Wait::~Wait() {
  const auto list = state_->waiting.find(key_);
  if (list == state_->waiting.end()) return;
  std::erase(list->second, this);
  if (list->second.empty()) state_->waiting.erase(list);
}

void HandshakeGate::Wait::turn() {
  latest_.stop();
  turn_.cancel();
  const auto on_turn = std::exchange(on_turn_, nullptr);
  if (on_turn) on_turn();  // may destroy this wait
}

}  // namespace trunkd

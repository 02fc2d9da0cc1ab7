// FakeConnectionFactory: a ConnectionFactory whose connections open or fail when the test says so.

#pragma once

#include <algorithm>
#include <cassert>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "pool/connection_factory.h"

namespace trunkd {

class FakeConnectionFactory;

// Nothing but the answer to "could you carry another exchange?".
class FakeConnection final : public PooledConnection {
 public:
  FakeConnection(FakeConnectionFactory& factory, Origin to);
  ~FakeConnection() override;

  bool reusable() const override { return usable; }
  CloseReason end_reason() const override { return reason; }
  Duration keep_alive_hint() const override { return hint; }
  void set_idle_listener(IdleListener* listener) override { idle_listener = listener; }

  // The origin closes it.
  void die() {
    usable = false;
    if (idle_listener != nullptr) idle_listener->on_idle_connection_lost(*this, IdleEnd::by_origin);
  }

  const Origin origin;
  bool usable = true;
  Duration hint{};
  CloseReason reason = CloseReason::broken;  // why it is not usable
  IdleListener* idle_listener = nullptr;     // set while it is idle in the pool

 private:
  FakeConnectionFactory& factory_;
};

class FakePendingOpen final : public PendingOpen {
 public:
  FakePendingOpen(FakeConnectionFactory& factory, Origin to, OpenListener& open_listener);
  ~FakePendingOpen() override;

  const Origin origin;
  OpenListener& listener;

 private:
  FakeConnectionFactory& factory_;
};

// Must outlive its pending opens and connections, so the pool and the loop that disposes of them.
class FakeConnectionFactory final : public ConnectionFactory {
 public:
  std::unique_ptr<PendingOpen> open(const Origin& origin, OpenListener& listener) override {
    auto open = std::make_unique<FakePendingOpen>(*this, origin, listener);
    pending.push_back(open.get());
    if (on_open) on_open(origin);
    return open;
  }
  void renew(const Origin& origin) override { renewed.push_back(origin); }

  void finish(size_t which = 0) {
    FakePendingOpen& open = take(which);
    open.listener.on_opened(open, std::make_unique<FakeConnection>(*this, open.origin));
  }

  void fail(size_t which = 0, const Error& error = {ErrorKind::connection_refused}) {
    FakePendingOpen& open = take(which);
    open.listener.on_open_failed(open, error);
  }

  size_t open_count() const { return pending.size() + connections.size(); }

  std::vector<FakePendingOpen*> pending;     // in the order of their opening, not yet answered
  std::vector<FakeConnection*> connections;  // in the order of their opening, not yet destroyed
  std::vector<Origin> renewed;
  std::function<void(const Origin&)> on_open;

 private:
  FakePendingOpen& take(size_t which) {
    assert(which < pending.size());
    FakePendingOpen& open = *pending[which];
    std::erase(pending, &open);
    return open;
  }
};

inline FakeConnection::FakeConnection(FakeConnectionFactory& factory, Origin to)
    : origin(std::move(to)), factory_(factory) {
  factory_.connections.push_back(this);
}

inline FakeConnection::~FakeConnection() { std::erase(factory_.connections, this); }

inline FakePendingOpen::FakePendingOpen(FakeConnectionFactory& factory, Origin to,
                                        OpenListener& open_listener)
    : origin(std::move(to)), listener(open_listener), factory_(factory) {}

inline FakePendingOpen::~FakePendingOpen() { std::erase(factory_.pending, this); }

}  // namespace trunkd

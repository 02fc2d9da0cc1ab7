// A seeded random walk through everything that can be said to a pool, checked after each step
// against a model that only counts.

#include <algorithm>
#include <array>
#include <cstdint>
#include <gtest/gtest.h>
#include <random>
#include <unordered_map>

#include "model_gate.h"
#include "pool_fixture.h"

namespace trunkd {
namespace {

constexpr int kSteps = 50'000;  // for each seed
constexpr Duration kTimeout = 12s;

struct Client {
  FakeExchange exchange;
  Origin origin;
  LeaseTerms terms;
  SteadyTime since{};
  uint64_t arrival = 0;
  uint64_t event = 0;  // in which it asked
  bool replaying = false;
  bool held_lately = false;  // at the end of a step since the pool last had its say

  bool held() const { return exchange.request && exchange.request->held(); }
  SteadyTime turn() const { return terms.front ? SteadyTime::min() : since + terms.priority * 2s; }
  bool before(const Client& other) const {
    return turn() != other.turn() ? turn() < other.turn() : arrival < other.arrival;
  }
};

class PoolModelTest : public testing::TestWithParam<uint32_t> {
 protected:
  PoolModelTest() {
    for (Client& client : clients_) {
      client.exchange.on_answer = [this, &client] { on_answer(client); };
    }
    factory_.on_open = [this](const Origin& origin) { check_wanted(origin); };
  }

  size_t pick(size_t below) { return random_() % below; }
  bool chance(size_t percent) { return pick(100) < percent; }

  // --- steps

  void step() {
    Client& client = clients_[pick(clients_.size())];
    switch (pick(14)) {
      case 0:
      case 1:
      case 2:
        if (!client.exchange.lease && !client.exchange.waiting()) ask(client);
        break;
      case 3:
        client.exchange.give_up();
        break;
      case 4:
      case 5:
        if (!factory_.pending.empty()) finish_opening(pick(factory_.pending.size()));
        break;
      case 6:
        if (!factory_.pending.empty() && chance(50)) fail();
        break;
      case 7:
      case 8:
        client.exchange.release();
        break;
      case 9:
        if (!factory_.connections.empty() && chance(40)) {
          factory_.connections[pick(factory_.connections.size())]->die();
        }
        break;
      case 10:
        if (client.exchange.lease && chance(30)) replay(client);
        break;
      case 11:
        if (chance(20)) pause(*gates_[pick(gates_.size())]);
        break;
      case 12:
        advance_to_opening(*gates_[pick(gates_.size())]);
        break;
      default:
        chance(90) ? advance() : change_settings();
    }
    check_limits();
    for (Client& each : clients_) each.held_lately |= each.held();
    if (chance(80)) rest();
  }

  void rest() {
    loop_.run();
    check_at_rest();
    just_paused_ = false;
    for (Client& client : clients_) client.held_lately = client.held();
    ++event_;
  }

  void ask(Client& client) {
    client.origin = origins_[pick(origins_.size())];
    client.terms = {};
    client.terms.priority = static_cast<int>(pick(8));
    client.terms.front = chance(5);
    client.terms.freshness = chance(10)   ? Freshness::new_only
                             : chance(25) ? Freshness::proven
                                          : Freshness::any;
    client.terms.timeout = kTimeout;
    client.terms.queue_max = chance(10) ? pick(4) : 10000;
    client.terms.gate = chance(60) ? gates_[pick(gates_.size())] : nullptr;
    client.terms.share = chance(50) ? &shares_[pick(shares_.size())] : nullptr;
    client.since = loop_.now();
    client.arrival = ++arrivals_;
    client.event = event_;
    client.replaying = false;
    FakeExchange& exchange = client.exchange;
    exchange.error.reset();
    if (client.terms.freshness != Freshness::new_only && chance(80)) {
      if (auto lease = pool_->try_acquire(client.origin, client.terms)) {
        exchange.lease.emplace(std::move(*lease));
        EXPECT_TRUE(client.terms.gate == nullptr || client.terms.gate->held() == 0);
        return;
      }
    }
    exchange.request.emplace(exchange, client.origin, client.terms);
    const auto queued = pool_->enqueue(*exchange.request);
    if (queued) return;
    exchange.request.reset();
    check_refusal(client, queued.error());
  }

  void check_refusal(const Client& client, const Error& error) {
    ++rejections_heard_;
    const bool full = !client.terms.front && client.terms.queue_max < 10000;
    if (error.kind == ErrorKind::queue_full) {
      EXPECT_TRUE(full);
      return;
    }
    ASSERT_NE(client.terms.gate, nullptr);
    const GateClosure closure = client.terms.gate->closure(loop_.now());
    EXPECT_EQ(error.kind == ErrorKind::paused, closure.cause == GateClosure::Cause::pause);
    EXPECT_GE(error.retry_after, closure.until - loop_.now());
    EXPECT_TRUE(full || closure.too_long || closure.until >= loop_.now() + kTimeout);
  }

  void pause(ModelGate& gate) {
    gate.paused_until = loop_.now() + std::chrono::milliseconds(pick(chance(10) ? 20'000 : 3000));
    just_paused_ = true;
    pool_->gate_changed(gate);
  }

  // Nothing else wakes the pool then.
  void advance_to_opening(const ModelGate& gate) {
    loop_.run();
    const SteadyTime opens = gate.closure(loop_.now()).until;
    if (gate.held() == 0 || opens > loop_.now() + 5s) return;
    advance_by(opens - loop_.now());
  }

  void replay(Client& client) {
    FakeExchange& exchange = client.exchange;
    client.replaying = true;
    exchange.error.reset();
    exchange.connection().usable = false;
    if (exchange.lease->reused() && chance(50)) exchange.lease->note_stale();
    exchange.request.emplace(exchange, client.origin, client.terms);
    Lease dead = std::move(*exchange.lease);
    exchange.lease.reset();
    pool_->reopen(std::move(dead), *exchange.request);
  }

  void finish_opening(size_t which) {
    in_a_row_[factory_.pending[which]->origin] = 0;
    ++opened_;
    factory_.finish(which);
  }

  void fail() {
    ++failures_;
    const size_t which = pick(factory_.pending.size());
    ++in_a_row_[factory_.pending[which]->origin];
    factory_.fail(which);
  }

  void advance() {
    const auto by = std::chrono::milliseconds(pick(chance(5) ? 20'000 : 800));
    advance_by(by);
    if (by >= 100ms) check_deadlines();
  }

  void advance_by(Duration by) {
    advancing_ = true;
    loop_.advance(by);
    advancing_ = false;
    just_paused_ = false;
  }

  void change_settings() {
    settings_.connections = 1 + pick(6);
    settings_.connections_per_origin = 1 + pick(settings_.connections);
    settings_.max_requests = chance(30) ? 1 + pick(5) : 0;
    settings_.idle_timeout = std::chrono::seconds(pick(6));
    settings_.max_age = std::chrono::seconds(chance(50) ? 60 : 0);
    // Who waits may have a connection being opened under limits that no longer hold.
    ceiling_ = std::max(pool_->snapshot().total(), settings_.connections);
    pool_->set_settings(settings_);
  }

  // --- what is heard

  void on_answer(Client& client) {
    const FakeExchange& exchange = client.exchange;
    const bool by_factory =
        exchange.error == ErrorKind::connection_refused && !exchange.retry_after;
    if (exchange.error && !by_factory) ++rejections_heard_;
    if (exchange.lease) {
      EXPECT_EQ(exchange.connection().origin, client.origin);
      const bool wants_new = client.terms.freshness == Freshness::new_only || client.replaying;
      EXPECT_FALSE(wants_new && exchange.lease->reused());
      if (!client.replaying) check_turn(client);
      if (!client.replaying && client.terms.gate != nullptr && !just_paused_) {
        EXPECT_GE(loop_.now(), gate_of(client).paused_until);
      }
    } else if (exchange.error == ErrorKind::paused) {
      EXPECT_LT(loop_.now(), gate_of(client).paused_until);
    } else if (exchange.error == ErrorKind::connection_refused && exchange.retry_after) {
      EXPECT_GE(in_a_row_[client.origin], OriginHealth::kPatience);
    } else if (exchange.error == ErrorKind::connection_refused) {
      ++failures_heard_;
    } else {
      EXPECT_EQ(exchange.error, draining_ ? ErrorKind::shutting_down : ErrorKind::queue_timeout);
      EXPECT_GE(loop_.now() - client.since, draining_ ? 0s : kTimeout);
    }
    // What a listener may do: leave at once, send another away, ask again.
    if (chance(10)) client.exchange.release();
    if (chance(5)) clients_[pick(clients_.size())].exchange.give_up();
    if (chance(10) && !client.exchange.lease && !advancing_ && !draining_) ask(client);
  }

  // Of those who would have taken the connection as well, nobody came before.
  void check_turn(const Client& served) {
    for (const Client& other : clients_) {
      if (!queued(other) || other.origin != served.origin || other.event == event_) continue;
      if (other.terms.freshness != served.terms.freshness) continue;
      const bool may_be_held = other.held_lately || other.held();
      if (may_be_held && other.terms.gate != served.terms.gate) continue;
      EXPECT_TRUE(served.before(other));
    }
  }

  void check_wanted(const Origin& origin) {
    size_t waiting = 0;
    for (const Client& client : clients_) {
      waiting += client.exchange.waiting() && !client.held() && client.origin == origin;
    }
    if (replaying(origin) == 0) {  // which open in their own slots, whatever else is on the way
      EXPECT_LE(connecting(origin), waiting);
    }
  }

  // --- invariants

  static ModelGate& gate_of(const Client& client) {
    return static_cast<ModelGate&>(*client.terms.gate);
  }
  static bool queued(const Client& client) {
    return client.exchange.waiting() && !client.replaying;
  }
  size_t connecting(const Origin& origin) const {
    return static_cast<size_t>(
        std::count_if(factory_.pending.begin(), factory_.pending.end(),
                      [&](const FakePendingOpen* open) { return open->origin == origin; }));
  }
  size_t replaying(const Origin& origin) const {
    return static_cast<size_t>(
        std::count_if(clients_.begin(), clients_.end(), [&](const Client& client) {
          return client.exchange.waiting() && client.replaying && client.origin == origin;
        }));
  }

  void check_limits() {
    const size_t total = pool_->snapshot().total();
    EXPECT_LE(total, ceiling_);
    EXPECT_LE(factory_.open_count(), total);
    const PoolSnapshot now = pool_->snapshot();
    EXPECT_EQ(now.opened, opened_);
    EXPECT_EQ(now.opened, now.closed.all() + now.open);
    ceiling_ = std::max(settings_.connections, std::min(ceiling_, total));
  }

  void check_at_rest() {
    check_limits();
    const PoolSnapshot now = pool_->snapshot();
    size_t leased = 0, waiting = 0;
    for (const Client& client : clients_) {
      leased += client.exchange.lease.has_value();
      waiting += client.exchange.waiting();
    }
    EXPECT_EQ(now.leased, leased);
    EXPECT_EQ(now.waiting, waiting);
    EXPECT_EQ(now.connecting, factory_.pending.size());
    EXPECT_EQ(now.idle, factory_.connections.size() - leased);
    EXPECT_EQ(now.open, factory_.connections.size());
    EXPECT_EQ(now.oldest_wait, longest_wait());
    EXPECT_GE(now.rejected.all(), rejections_heard_);  // some leave before they hear it
    EXPECT_LE(failures_heard_, failures_);
    for (const Origin& origin : origins_) check_nobody_starves(origin);
    size_t held = 0;
    for (const ModelGate* gate : gates_) {
      check_gate(*gate);
      held += gate->held();
    }
    EXPECT_EQ(now.held, held);
    for (const QueueShare& share : shares_) {
      EXPECT_EQ(share.waiting, count([&](const Client& client) {
                  return queued(client) && client.terms.share == &share;
                }));
    }
  }

  Duration longest_wait() const {
    Duration longest{};
    for (const Client& client : clients_) {
      if (queued(client)) longest = std::max(longest, loop_.now() - client.since);
    }
    return longest;
  }

  template <typename Which>
  size_t count(Which which) const {
    return static_cast<size_t>(std::count_if(clients_.begin(), clients_.end(), which));
  }

  // Each who is not held has a start reserved, and each who is held could not have one.
  void check_gate(const ModelGate& gate) {
    const auto waits_at = [&](const Client& client) {
      return client.exchange.waiting() && client.terms.gate == &gate;
    };
    EXPECT_EQ(gate.held(), count([&](const Client& c) { return waits_at(c) && c.held(); }));
    EXPECT_EQ(gate.reserved(), count([&](const Client& c) { return waits_at(c) && !c.held(); }));
    EXPECT_FALSE(gate.held() > 0 && gate.would_admit(loop_.now()));
    for (const Client& held : clients_) {
      if (!waits_at(held) || !held.held()) continue;
      for (const Client& admitted : clients_) {
        if (!waits_at(admitted) || !queued(admitted) || admitted.held()) continue;
        EXPECT_TRUE(admitted.before(held));
      }
    }
  }

  // Whoever waits has a connection on the way, or none could be had.
  void check_nobody_starves(const Origin& origin) {
    size_t waiting = 0, waiting_for_any = 0, idle = 0, open = connecting(origin);
    for (const Client& client : clients_) {
      if (!queued(client) || client.held() || client.origin != origin) continue;
      ++waiting;
      waiting_for_any += client.terms.freshness == Freshness::any;
    }
    for (const FakeConnection* connection : factory_.connections) {
      open += connection->origin == origin;
      idle += connection->origin == origin && connection->idle_listener != nullptr;
    }
    EXPECT_FALSE(waiting_for_any > 0 && idle > 0);
    const size_t on_the_way = connecting(origin) - replaying(origin);
    if (waiting <= on_the_way) return;
    if (open >= settings_.connections_per_origin) {
      EXPECT_EQ(idle, 0U);
    } else {
      EXPECT_GE(factory_.open_count(), settings_.connections);
      EXPECT_EQ(pool_->snapshot().idle, 0U);
    }
  }

  // Past its time waits only who has a connection being opened for it. (The pool may take a tenth
  // of a second to see that a more urgent one took that away.)
  void check_deadlines() {
    for (const Client& client : clients_) {
      if (!queued(client) || loop_.now() < client.since + kTimeout) continue;
      EXPECT_FALSE(client.held());
      size_t ahead = 0;
      for (const Client& other : clients_) {
        ahead +=
            queued(other) && !other.held() && other.origin == client.origin && other.before(client);
      }
      EXPECT_LT(ahead, connecting(client.origin) - replaying(client.origin));
    }
  }

  void finish() {
    pool_->drain();
    draining_ = true;
    loop_.run();
    for (Client& client : clients_) {
      EXPECT_FALSE(queued(client));
      client.exchange.give_up();  // replays go on
      client.exchange.release();
    }
    loop_.run();
    EXPECT_TRUE(pool_->empty());
    EXPECT_EQ(factory_.open_count(), 0U);
    EXPECT_EQ(pool_->origin_count(), 0U);
    for (const ModelGate* gate : gates_) EXPECT_EQ(gate->held() + gate->reserved(), 0U);
    for (const QueueShare& share : shares_) EXPECT_EQ(share.waiting, 0U);
  }

  const std::array<Origin, 3> origins_{Origin{Scheme::https, "a.example", 443},
                                       Origin{Scheme::https, "b.example", 443},
                                       Origin{Scheme::http, "a.example", 80}};
  std::mt19937 random_{GetParam()};
  PoolSettings settings_{.connections = 4, .connections_per_origin = 3};
  FakeConnectionFactory factory_;
  FakeLoop loop_;
  ModelBucket shared_{700ms, 3, loop_.now()}, spaced_{300ms, 1, loop_.now()};
  ModelGate first_{shared_}, second_{shared_}, third_{spaced_};
  const std::array<ModelGate*, 3> gates_{&first_, &second_, &third_};
  std::array<QueueShare, 2> shares_;
  std::optional<ConnectionPool> pool_{std::in_place, loop_, factory_, settings_};
  std::array<Client, 14> clients_;
  size_t ceiling_ = 4;
  size_t failures_ = 0, failures_heard_ = 0, rejections_heard_ = 0;
  uint64_t opened_ = 0;
  std::unordered_map<Origin, size_t, OriginHash> in_a_row_;
  uint64_t arrivals_ = 0, event_ = 0;
  bool advancing_ = false, draining_ = false;
  bool just_paused_ = false;  // a lease may have been on its way
};

TEST_P(PoolModelTest, HoldsItsPromisesOnARandomWalk) {
  for (int i = 0; i < kSteps && !HasFailure(); ++i) {
    step();
    if (HasFailure()) ADD_FAILURE() << "at step " << i;
  }
  finish();
}

INSTANTIATE_TEST_SUITE_P(Seeds, PoolModelTest, testing::Values(1U, 2U, 3U, 4U));

}  // namespace
}  // namespace trunkd

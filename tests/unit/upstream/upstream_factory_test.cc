// Connections follow the addresses of their host: real sockets, name lookups by the test.

#include "upstream/upstream_factory.h"

#include <gtest/gtest.h>
#include <map>
#include <utility>

#include "event/listener.h"
#include "support/test_loop.h"
#include "upstream/upstream_connection.h"

namespace trunkd {
namespace {

// Answers by a table, after the current event.
class TableLookup final : public NameLookup {
 public:
  explicit TableLookup(Loop& loop) : loop_(loop) {}

  std::unique_ptr<Lookup> look_up(const std::string& host, Done done) override {
    auto later = std::make_unique<Later>(loop_);
    later->say = [done = std::move(done), found = table.at(host)] { done(found); };
    later->call.schedule();
    return later;
  }

  std::map<std::string, Result<Addresses>> table;

 private:
  struct Later final : Lookup {
    explicit Later(Loop& loop) : call(loop, [this] { std::exchange(say, nullptr)(); }) {}
    std::function<void()> say;
    DeferredCall call;
  };

  Loop& loop_;
};

class UpstreamFactoryTest : public LoopTest, private OpenListener, private IdleListener {
 protected:
  std::unique_ptr<Listener> listener(const std::string& address, uint16_t port) {
    return std::move(
        *Listener::tcp(loop_, *SocketAddress::parse(address, port),
                       [this](auto transport) { accepted_.push_back(std::move(transport)); }));
  }
  void at(const std::string& address) {
    lookup_.table.insert_or_assign("shop", Addresses{*SocketAddress::parse(address, 0)});
  }
  void use(const UpstreamSettings& settings = {}) {
    factory_ = std::move(*UpstreamFactory::create(parts_, settings, metrics_));
  }
  UpstreamConnection& open(const Origin& origin) {
    connection_.reset();
    error_.reset();
    const auto pending = factory_->open(origin, *this);
    run_until([&] { return connection_ || error_; }, "a connection");
    if (!connection_) throw std::runtime_error(error_->detail);
    connection_->set_idle_listener(this);
    return static_cast<UpstreamConnection&>(*connection_);
  }

  void on_opened(PendingOpen&, std::unique_ptr<PooledConnection> connection) override {
    connection_ = std::move(connection);
  }
  void on_open_failed(PendingOpen&, const Error& error) override { error_ = error; }
  void on_idle_connection_lost(PooledConnection&, IdleEnd) override { ++lost_; }

  TableLookup lookup_{loop_};
  AddressCache addresses_{loop_, lookup_, {}, {.life = 40ms}};
  TrustStores trust_;
  uint64_t last_id_ = 0;
  UpstreamParts parts_{loop_, addresses_, trust_, last_id_, {}};
  std::shared_ptr<OpeningMetrics> metrics_ = std::make_shared<OpeningMetrics>();
  std::unique_ptr<UpstreamFactory> factory_;
  std::unique_ptr<PooledConnection> connection_;
  std::optional<Error> error_;
  std::vector<std::unique_ptr<Transport>> accepted_;
  int lost_ = 0;
};

TEST_F(UpstreamFactoryTest, AHostThatMovesTakesItsIdleConnectionAlong) {
  const auto old_place = listener("127.0.0.1", 0);
  const auto new_place = listener("127.0.0.2", old_place->port());
  const Origin origin{Scheme::http, "shop", old_place->port()};
  at("127.0.0.1");
  use();
  EXPECT_EQ(open(origin).address(), "127.0.0.1:" + std::to_string(origin.port));
  at("127.0.0.2");
  run_until([&] { return lost_ == 1; }, "the end of the connection to the old address");
  EXPECT_FALSE(connection_->reusable());
  EXPECT_EQ(open(origin).address(), "127.0.0.2:" + std::to_string(origin.port));
}

TEST_F(UpstreamFactoryTest, WhileLookupsFailConnectionsStay) {
  const auto place = listener("127.0.0.1", 0);
  const Origin origin{Scheme::http, "shop", place->port()};
  at("127.0.0.1");
  use();
  open(origin);
  lookup_.table.insert_or_assign("shop", failure(ErrorKind::dns_failed, "no answer"));
  let_pass(150ms);
  EXPECT_EQ(lost_, 0);
  EXPECT_TRUE(connection_->reusable());
  EXPECT_EQ(open(origin).address(), "127.0.0.1:" + std::to_string(origin.port));
}

TEST_F(UpstreamFactoryTest, AnAddressFromTheConfigurationIsNeitherLookedUpNorLeft) {
  const auto place = listener("127.0.0.1", 0);
  const Origin origin{Scheme::http, "shop", place->port()};
  UpstreamSettings settings;
  settings.destinations.resolve["shop"] = {"127.0.0.1"};
  use(settings);  // a lookup would throw: the table is empty
  open(origin);
  let_pass(100ms);
  EXPECT_EQ(lost_, 0);
}

// The origin's name is in no table: a lookup of it would throw.
TEST_F(UpstreamFactoryTest, BehindAProxyItIsTheProxyThatIsLookedUpAndFollowed) {
  const auto old_place = listener("127.0.0.1", 0);
  const auto new_place = listener("127.0.0.2", old_place->port());
  UpstreamSettings settings;
  settings.proxy = ProxySettings{.host = "shop", .port = old_place->port()};
  const Origin origin{Scheme::http, "far.test", 80};
  at("127.0.0.1");
  use(settings);
  EXPECT_EQ(open(origin).address(), "127.0.0.1:" + std::to_string(old_place->port()));
  EXPECT_NE(static_cast<UpstreamConnection&>(*connection_).proxy(), nullptr);
  at("127.0.0.2");
  run_until([&] { return lost_ == 1; }, "the end of the connection to the old address");
  EXPECT_EQ(open(origin).address(), "127.0.0.2:" + std::to_string(old_place->port()));
}

TEST_F(UpstreamFactoryTest, CountsWhatBecameOfEachOpening) {
  auto place = listener("127.0.0.1", 0);
  const Origin origin{Scheme::http, "127.0.0.1", place->port()};
  use();
  open(origin);
  const OpeningMetrics& metrics = *metrics_;
  EXPECT_EQ(metrics.connect.count(), 1u);
  EXPECT_EQ(metrics.dns.count(), 1u);
  EXPECT_EQ(metrics.tls.count(), 0u);
  place.reset();
  run_what_is_ready();
  EXPECT_THROW(open(origin), std::runtime_error);
  EXPECT_EQ(metrics.failed.of(ErrorKind::connection_refused), 1u);
  EXPECT_EQ(metrics.failed.all(), 1u);
  EXPECT_EQ(metrics.connect.count(), 1u);
}

}  // namespace
}  // namespace trunkd

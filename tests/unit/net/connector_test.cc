#include "net/connector.h"

#include <gtest/gtest.h>

#include "unit/net/tls_fixture.h"

namespace trunkd {
namespace {

class ConnectorTest : public TlsTest {
 protected:
  std::unique_ptr<Connector> dial_plain(Outcome& outcome, const std::string& host, uint16_t port,
                                        Duration timeout = 4s) {
    auto connector = std::make_unique<Connector>(Connector::Parts{loop_, addresses_, nullptr},
                                                 Origin{Scheme::http, host, port}, timeout);
    connector->start([&](auto dialled) { outcome.emplace(std::move(dialled)); });
    EXPECT_FALSE(outcome);
    return connector;
  }
  std::unique_ptr<Listener> silent_listener() {
    return std::move(
        *Listener::tcp(loop_, *SocketAddress::parse("127.0.0.1", 0),
                       [this](auto transport) { silent_.push_back(std::move(transport)); }));
  }

  std::vector<std::unique_ptr<Transport>> silent_;
};

TEST_F(ConnectorTest, APlainOriginIsConnectedAndTheTimesAreTold) {
  const auto listener = silent_listener();
  Outcome outcome;
  const auto connector = dial_plain(outcome, "127.0.0.1", listener->port());
  run_until([&] { return outcome.has_value(); });
  ASSERT_TRUE(*outcome);
  EXPECT_EQ((*outcome)->address, "127.0.0.1:" + std::to_string(listener->port()));
  EXPECT_GT((*outcome)->times.connect, Duration(0));
  EXPECT_EQ((*outcome)->times.tls, Duration(0));
  EXPECT_FALSE((*outcome)->tls);
}

TEST_F(ConnectorTest, AHandshakeTellsItsVersionAndTheEndOfTheCertificate) {
  for (const TlsVersion version : {TlsVersion::tls12, TlsVersion::tls13}) {
    const SelfSigned pem = certificate({"127.0.0.1"});
    const WallTime made = loop_.wall_now();
    serve(
        TlsServerSettings{.certificate = pem.certificate, .key = pem.key, .max_version = version});
    trust(pem);
    const auto dialled = connect();
    ASSERT_TRUE(dialled) << dialled.error().detail;
    ASSERT_TRUE(dialled->tls);
    EXPECT_EQ(dialled->tls->version, version);
    ASSERT_TRUE(dialled->tls->certificate_not_after);
    // Certificates count seconds.
    EXPECT_NEAR(static_cast<double>((*dialled->tls->certificate_not_after - made).count()),
                static_cast<double>(Duration(365 * 24h).count()), 10e6);
  }
}

// localhost is both families where the system says so; nobody listens on one of them.
TEST_F(ConnectorTest, TheNextAddressIsTriedWhenOneRefuses) {
  const auto listener = silent_listener();
  Outcome outcome;
  const auto connector = dial_plain(outcome, "localhost", listener->port());
  run_until([&] { return outcome.has_value(); });
  ASSERT_TRUE(*outcome) << outcome->error().detail;
}

TEST_F(ConnectorTest, ARefusedConnectionIsTold) {
  const uint16_t port = silent_listener()->port();
  Outcome outcome;
  const auto connector = dial_plain(outcome, "127.0.0.1", port);
  run_until([&] { return outcome.has_value(); });
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().kind, ErrorKind::connection_refused);
}

TEST_F(ConnectorTest, ANameThatDoesNotExistIsTold) {
  Outcome outcome;
  const auto connector = dial_plain(outcome, std::string(300, 'a'), 80);
  run_until([&] { return outcome.has_value(); });
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().kind, ErrorKind::dns_failed);
}

TEST_F(ConnectorTest, AHandshakeThatIsNotAnsweredEndsWithTheDeadline) {
  const SelfSigned pem = certificate({"127.0.0.1"});
  trust(pem);
  listener_ = silent_listener();
  Outcome outcome;
  const auto connector = dial(outcome, "127.0.0.1", 30ms);
  run_until([&] { return outcome.has_value(); });
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().kind, ErrorKind::connect_timeout);
  EXPECT_EQ(outcome->error().detail,
            "the TLS handshake with 127.0.0.1 (127.0.0.1:" + std::to_string(listener_->port()) +
                ") was not over after 30 ms");
}

TEST_F(ConnectorTest, AServerThatHangsUpDuringTheHandshakeIsTold) {
  const SelfSigned pem = certificate({"127.0.0.1"});
  trust(pem);
  listener_ = silent_listener();
  Outcome outcome;
  const auto connector = dial(outcome);
  run_until([&] { return !silent_.empty(); });
  silent_.clear();
  run_until([&] { return outcome.has_value(); });
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().kind, ErrorKind::tls_protocol);
}

// After each round of the loop once: name lookup, connecting, each flight of the handshake.
TEST_F(ConnectorTest, DestroyingAConnectorStopsItInEachState) {
  const SelfSigned pem = certificate({"127.0.0.1", "localhost"});
  serve(pem);
  trust(pem);
  bool finished = false;
  for (int rounds = 0; !finished; ++rounds) {
    Outcome outcome;
    auto connector = dial(outcome, "localhost");
    for (int i = 0; i < rounds; ++i) loop_.run_once(loop_.now() + 20ms);
    finished = outcome.has_value();
    outcome.reset();
    connector.reset();
    run_what_is_ready();
    EXPECT_FALSE(outcome);
    ASSERT_LT(rounds, 1000);
  }
}

TEST_F(ConnectorTest, AConnectorMayBeDestroyedInItsOwnAnswer) {
  const SelfSigned pem = certificate({"127.0.0.1"});
  serve(pem);
  trust(pem);
  std::unique_ptr<Connector> connector;
  std::unique_ptr<Transport> transport;
  connector =
      std::make_unique<Connector>(Connector::Parts{loop_, addresses_, client_.get()},
                                  Origin{Scheme::https, "127.0.0.1", listener_->port()}, 4s);
  connector->start([&](Result<Dialled> dialled) {
    connector.reset();
    transport = std::move(dialled->transport);
  });
  run_until([&] { return transport != nullptr; });
}

TEST_F(ConnectorTest, AConnectionOutlivesItsContext) {
  const SelfSigned pem = certificate({"127.0.0.1"});
  serve(pem);
  trust(pem);
  connect_both();
  client_.reset();
  server_.reset();
  near_.transport->start_reading();
  far().transport->write("still here");
  run_until([&] { return near_.received == "still here"; });
}

// What the rules of a session would say, of one address.
struct OneForbidden final : AddressRules {
  const Addresses* fixed(const std::string& host) const override {
    return host == "shop" ? &addresses : nullptr;
  }
  std::optional<Error> refuse(const Origin&, const SocketAddress& address) const override {
    if (address.host() != forbidden) return std::nullopt;
    return Error{ErrorKind::address_refused, address.text() + " is forbidden", {}};
  }
  Addresses addresses;
  std::string forbidden;
};

class ConnectorRulesTest : public ConnectorTest {
 protected:
  std::unique_ptr<Connector> dial_shop(Outcome& outcome, uint16_t port) {
    auto connector =
        std::make_unique<Connector>(Connector::Parts{loop_, addresses_, nullptr, &rules_},
                                    Origin{Scheme::http, "shop", port}, 4s);
    connector->start([&](auto dialled) { outcome.emplace(std::move(dialled)); });
    EXPECT_FALSE(outcome);
    return connector;
  }

  OneForbidden rules_;
};

TEST_F(ConnectorRulesTest, AForbiddenAddressIsPassedOver) {
  const auto listener = silent_listener();
  rules_.addresses = {*SocketAddress::parse("127.0.0.9", 0), *SocketAddress::parse("127.0.0.1", 0)};
  rules_.forbidden = "127.0.0.9";
  Outcome outcome;
  const auto connector = dial_shop(outcome, listener->port());
  run_until([&] { return outcome.has_value(); });
  ASSERT_TRUE(*outcome);
  EXPECT_EQ((*outcome)->address, "127.0.0.1:" + std::to_string(listener->port()));
}

TEST_F(ConnectorRulesTest, ToAForbiddenAddressAloneThereIsNoConnection) {
  const auto listener = silent_listener();
  rules_.addresses = {*SocketAddress::parse("127.0.0.1", 0)};
  rules_.forbidden = "127.0.0.1";
  Outcome outcome;
  const auto connector = dial_shop(outcome, listener->port());
  run_until([&] { return outcome.has_value(); });
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().kind, ErrorKind::address_refused);
  run_what_is_ready();
  EXPECT_TRUE(silent_.empty());
}

TEST_F(ConnectorRulesTest, TheAddressThatWorkedIsTriedFirstUntilItFails) {
  auto listener = silent_listener();
  const uint16_t port = listener->port();
  rules_.addresses = {*SocketAddress::parse("127.0.0.9", 0), *SocketAddress::parse("127.0.0.1", 0)};
  Outcome outcome;
  auto connector = dial_shop(outcome, port);
  run_until([&] { return outcome.has_value(); });
  EXPECT_EQ(addresses_.preferred("shop"), SocketAddress::parse("127.0.0.1", 0));
  listener.reset();
  outcome.reset();
  connector = dial_shop(outcome, port);
  run_until([&] { return outcome.has_value(); });
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().detail, "connecting to 127.0.0.1:" + std::to_string(port) +
                                         ": connection refused; 1 other address failed too");
  EXPECT_FALSE(addresses_.preferred("shop"));
}

}  // namespace
}  // namespace trunkd

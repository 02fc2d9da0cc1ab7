#include "event/tcp_connect.h"

#include <gtest/gtest.h>
#include <optional>

#include "unit/event/connected_pair.h"

namespace trunkd {
namespace {

class TcpConnectTest : public PairTest {
 protected:
  using Outcome = std::optional<Result<std::unique_ptr<Transport>>>;

  uint16_t free_port() {
    return (*Listener::tcp(loop_, *SocketAddress::parse("127.0.0.1", 0), {}))->port();
  }
};

TEST_F(TcpConnectTest, ARefusedConnectionSaysWhere) {
  const uint16_t port = free_port();
  Outcome outcome;
  const auto attempt = connect_tcp(loop_, *SocketAddress::parse("127.0.0.1", port),
                                   [&](auto result) { outcome.emplace(std::move(result)); });
  EXPECT_FALSE(outcome);
  run_until([&] { return outcome.has_value(); });
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().kind, ErrorKind::connection_refused);
  EXPECT_EQ(outcome->error().detail,
            "connecting to 127.0.0.1:" + std::to_string(port) + ": connection refused");
}

TEST_F(TcpConnectTest, AnAddressThatCannotBeReachedIsAFailedConnect) {
  Outcome outcome;
  const auto attempt = connect_tcp(loop_, *SocketAddress::parse("255.255.255.255", 9),
                                   [&](auto result) { outcome.emplace(std::move(result)); });
  EXPECT_FALSE(outcome);
  run_until([&] { return outcome.has_value(); });
  EXPECT_EQ(outcome->error().kind, ErrorKind::connect_failed);
}

TEST_F(TcpConnectTest, DestroyingAnAttemptGivesItUp) {
  auto listener = Listener::tcp(loop_, *SocketAddress::parse("127.0.0.1", 0), [](auto) {});
  Outcome outcome;
  auto attempt = connect_tcp(loop_, *SocketAddress::parse("127.0.0.1", (*listener)->port()),
                             [&](auto result) { outcome.emplace(std::move(result)); });
  attempt.reset();
  run_what_is_ready();
  EXPECT_FALSE(outcome);
}

TEST_F(TcpConnectTest, AnAttemptMayBeDestroyedInItsOwnAnswer) {
  auto listener = Listener::tcp(loop_, *SocketAddress::parse("127.0.0.1", 0), [](auto) {});
  std::unique_ptr<TcpConnect> attempt;
  std::unique_ptr<Transport> transport;
  attempt =
      connect_tcp(loop_, *SocketAddress::parse("127.0.0.1", (*listener)->port()), [&](auto result) {
        attempt.reset();
        transport = std::move(*result);
      });
  run_until([&] { return transport != nullptr; });
}

TEST_F(TcpConnectTest, AUnixPathThatIsTooLongIsNotCut) {
  Outcome outcome;
  const auto attempt = connect_unix(loop_, '/' + std::string(200, 'a'),
                                    [&](auto result) { outcome.emplace(std::move(result)); });
  run_until([&] { return outcome.has_value(); });
  EXPECT_FALSE(*outcome);
}

}  // namespace
}  // namespace trunkd

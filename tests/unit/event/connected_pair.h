// Two ends of a real connection over the loopback, for the tests of event and net.

#pragma once

#include <csignal>
#include <memory>
#include <utility>

#include "event/listener.h"
#include "event/tcp_connect.h"
#include "support/test_loop.h"
#include "unit/event/peer.h"

namespace trunkd {

class PairTest : public LoopTest {
 protected:
  PairTest() { std::signal(SIGPIPE, SIG_IGN); }  // as the daemon's main does

  struct Pair {
    std::unique_ptr<Transport> near;
    std::unique_ptr<Transport> far;
  };

  Pair connected_pair() {
    Pair pair;
    auto listener = Listener::tcp(loop_, *SocketAddress::parse("127.0.0.1", 0),
                                  [&](auto transport) { pair.far = std::move(transport); });
    const auto attempt = connect_tcp(loop_, *SocketAddress::parse("127.0.0.1", (*listener)->port()),
                                     [&](auto connected) { pair.near = std::move(*connected); });
    run_until([&] { return pair.near && pair.far; }, "a connection");
    return pair;
  }
};

}  // namespace trunkd

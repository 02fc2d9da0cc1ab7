#include <gtest/gtest.h>

#include "net/self_signed.h"
#include "unit/net/tls_fixture.h"

namespace trunkd {
namespace {

// A client and a server of TLS with a relay between them that the test can slow down and cut.
class Relay {
 public:
  Relay(std::unique_ptr<Transport> one, std::unique_ptr<Transport> other)
      : one_(std::move(one)), other_(std::move(other)) {
    one_.transport->start_reading();
    other_.transport->start_reading();
  }

  // Passes on at most `count` bytes each way.
  void pump(size_t count) {
    pass(one_, other_, count);
    pass(other_, one_, count);
  }
  bool idle() const { return one_.received.empty() && other_.received.empty(); }
  void cut() {
    one_.transport.reset();
    other_.transport.reset();
  }

 private:
  static void pass(Peer& from, Peer& to, size_t count) {
    const std::string some = from.received.substr(0, count);
    from.received.erase(0, some.size());
    if (!some.empty()) to.transport->write(some);
  }
  Peer one_;
  Peer other_;
};

class TlsTransportTest : public TlsTest {
 protected:
  void SetUp() override {
    pem_ = certificate({"127.0.0.1"});
    serve(pem_);
    trust(pem_);
  }

  // As the upstream is found by the Connector, the relay listens where it connects.
  std::unique_ptr<Listener> relay_listener(std::unique_ptr<Relay>& relay) {
    const auto behind = *SocketAddress::parse("127.0.0.1", listener_->port());
    auto listener = Listener::tcp(
        loop_, *SocketAddress::parse("127.0.0.1", 0), [this, &relay, behind](auto front) {
          front_ = std::move(front);
          to_server_ = connect_tcp(loop_, behind, [this, &relay](auto back) {
            relay = std::make_unique<Relay>(std::move(front_), std::move(*back));
          });
        });
    return std::move(*listener);
  }

  SelfSigned pem_;
  std::unique_ptr<Transport> front_;
  std::unique_ptr<TcpConnect> to_server_;
};

TEST_F(TlsTransportTest, BytesGoBothWaysAndTheEndIsClean) {
  connect_both();
  near_.transport->start_reading();
  far().transport->start_reading();
  const std::string_view parts[] = {"GET / HTTP/1.1\r\n", "", "\r\n"};
  EXPECT_EQ(near_.transport->write(parts), 0U);
  run_until([&] { return far().received == "GET / HTTP/1.1\r\n\r\n"; });
  far().transport->write("answer");
  far().transport->shutdown();
  far().transport->write("too late");
  run_until([&] { return near_.ended; });
  EXPECT_EQ(near_.received, "answer");
  near_.transport->write("the other way is open");
  run_until([&] { return far().received.ends_with("is open"); });
}

TEST_F(TlsTransportTest, AnEndWithoutCloseNotifyIsATruncation) {
  connect_both();
  near_.transport->start_reading();
  far().transport->write("half an ans");
  far().transport.reset();
  run_until([&] { return near_.over(); });
  EXPECT_FALSE(near_.ended);
  EXPECT_EQ(near_.received, "half an ans");
  EXPECT_EQ(near_.error->kind, ErrorKind::connection_terminated);
  EXPECT_EQ(near_.error->detail, "ended without close_notify");
}

TEST_F(TlsTransportTest, ATruncationIsSeenAlsoByOneWhoReadsLater) {
  connect_both();
  far().transport->write("half");
  far().transport.reset();
  run_what_is_ready();
  near_.transport->start_reading();
  run_until([&] { return near_.over(); });
  EXPECT_EQ(near_.received, "half");
  EXPECT_TRUE(near_.error);
}

TEST_F(TlsTransportTest, AResetIsAnError) {
  connect_both();
  near_.transport->start_reading();
  far().transport->reset_on_close();
  far().transport.reset();
  run_until([&] { return near_.over(); });
  EXPECT_TRUE(near_.error);
}

TEST_F(TlsTransportTest, LargeTransfersGoBothWaysAtOnceWithReadersThatPause) {
  // Stops after each delivery until it is told to go on.
  struct Pausing : Peer {
    void on_bytes(std::string_view bytes) override {
      Peer::on_bytes(bytes);
      ++deliveries;
      transport->stop_reading();
    }
    int deliveries = 0;
  } near, far_end;
  connect_both();
  near.take(std::move(near_.transport));
  far_end.take(std::move(far().transport));
  std::string up, down;
  for (int i = 0; up.size() < 16'000'000; ++i) up += "up" + std::to_string(i);
  for (int i = 0; down.size() < 3'000'000; ++i) down += "down" + std::to_string(i);
  EXPECT_GT(near.transport->write(up), 0U);
  far_end.transport->write(down);
  run_until([&] {
    near.transport->start_reading();
    far_end.transport->start_reading();
    return near.received.size() >= down.size() && far_end.received.size() >= up.size();
  });
  EXPECT_EQ(near.received, down);
  EXPECT_EQ(far_end.received, up);
  run_until([&] { return near.transport->queued() == 0 && near.drained > 0; });
}

TEST_F(TlsTransportTest, AReaderThatStopsGetsNothingMoreAndThenTheRestWithoutNewBytes) {
  struct Once : Peer {
    void on_bytes(std::string_view bytes) override {
      Peer::on_bytes(bytes);
      transport->stop_reading();
    }
  } reader;
  connect_both();
  reader.take(std::move(near_.transport));
  for (const char* record : {"one", "two", "three"}) far().transport->write(record);
  run_what_is_ready();
  reader.transport->start_reading();
  run_until([&] { return !reader.received.empty(); });
  run_what_is_ready();
  EXPECT_EQ(reader.received, "one");
  EXPECT_TRUE(reader.transport->has_buffered_input());
  reader.transport->start_reading();
  EXPECT_EQ(reader.received, "one");  // never from inside a command
  run_until([&] { return reader.received == "onetwo"; });
  reader.transport->start_reading();
  run_until([&] { return reader.received == "onetwothree"; });
  EXPECT_FALSE(reader.transport->has_buffered_input());
}

TEST_F(TlsTransportTest, OneByteAtATimeIsTheSame) {
  std::unique_ptr<Relay> relay;
  const auto front = relay_listener(relay);
  Outcome outcome;
  Connector connector({loop_, addresses_, client_.get()},
                      {Scheme::https, "127.0.0.1", front->port()}, 4s);
  connector.start([&](auto dialled) { outcome.emplace(std::move(dialled)); });
  const auto pump = [&] {
    if (relay) relay->pump(1);
  };
  run_until([&] {
    pump();
    return outcome && !far_.empty();
  });
  ASSERT_TRUE(*outcome) << outcome->error().detail;
  near_.take(std::move((*outcome)->transport));
  near_.transport->start_reading();
  far().transport->start_reading();
  near_.transport->write("question");
  far().transport->write("answer");
  run_until([&] {
    pump();
    return near_.received == "answer" && far().received == "question";
  });
  far().transport->write("x");
  run_until([&] {
    if (!relay->idle() && near_.transport->has_buffered_input()) return true;
    pump();
    return false;
  });
  EXPECT_EQ(near_.received, "answer");  // a part of a record is no byte, but it is not nothing
}

TEST_F(TlsTransportTest, ABrokenRecordIsAnError) {
  // A server that has shaken hands and then speaks plain text is made by cutting out its TLS.
  Pair pair = connected_pair();
  Peer plain(std::move(pair.far));
  plain.transport->start_reading();
  plain.transport->write("HTTP/1.1 400 Bad Request\r\n\r\n");
  std::unique_ptr<TlsAccept> accept;
  std::optional<Result<TlsAccepted>> outcome;
  accept = server_->accept(loop_, std::move(pair.near),
                           [&](auto accepted) { outcome.emplace(std::move(accepted)); });
  run_until([&] { return outcome.has_value(); });
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().kind, ErrorKind::tls_protocol);
}

TEST_F(TlsTransportTest, ATransportCanBeDestroyedInEachOfItsCallbacks) {
  struct Suicidal : Peer {
    void on_bytes(std::string_view) override { transport.reset(); }
    void on_end() override { transport.reset(); }
    void on_transport_error(const Error&) override { transport.reset(); }
    void on_drained() override { transport.reset(); }
  };
  const auto dies = [&](auto&& provoke) {
    connect_both();
    Suicidal victim;
    victim.take(std::move(near_.transport));
    provoke(victim, far());
    run_until([&] { return victim.transport == nullptr; });
    run_what_is_ready();
  };
  dies([](Peer& victim, Peer& other) {
    victim.transport->start_reading();
    other.transport->write(std::string(200'000, 'y'));
  });
  dies([](Peer& victim, Peer& other) {
    victim.transport->start_reading();
    other.transport->shutdown();
  });
  dies([](Peer& victim, Peer& other) {
    victim.transport->start_reading();
    other.transport.reset();
  });
  dies([](Peer& victim, Peer& other) {
    victim.transport->write(std::string(size_t{16} << 20, 'x'));
    other.transport->start_reading();
  });
}

}  // namespace
}  // namespace trunkd

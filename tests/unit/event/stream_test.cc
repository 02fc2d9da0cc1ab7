#include "event/stream.h"

#include <array>
#include <gtest/gtest.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "unit/event/connected_pair.h"

namespace trunkd {
namespace {

class StreamTest : public PairTest {
 protected:
  void connect() {
    Pair pair = connected_pair();
    near_.take(std::move(pair.near));
    far_.take(std::move(pair.far));
  }

  // More than both sockets' buffers hold.
  const std::string large_ = std::string(size_t{16} << 20, 'x');
  Peer near_;
  Peer far_;
};

TEST_F(StreamTest, BytesArriveInOrderAndInOnePieceIfSmall) {
  connect();
  far_.transport->start_reading();
  const std::string_view parts[] = {"HTTP/1.1 200 OK\r\n", "", "\r\n", "body"};
  EXPECT_EQ(near_.transport->write(parts), 0U);
  run_until([&] { return far_.received.size() >= 23; });
  EXPECT_EQ(far_.received, "HTTP/1.1 200 OK\r\n\r\nbody");
  EXPECT_EQ(near_.drained, 0);
}

TEST_F(StreamTest, MorePartsThanOneSystemCallTakesAreSentToo) {
  connect();
  far_.transport->start_reading();
  const std::vector<std::string_view> parts(100, "ab");
  near_.transport->write(parts);
  run_until([&] { return far_.received.size() == 200; });
}

TEST_F(StreamTest, WhatTheSocketDoesNotTakeIsQueuedAndSentLater) {
  connect();
  const size_t queued = near_.transport->write(large_);
  EXPECT_GT(queued, 0U);
  EXPECT_LT(queued, large_.size());
  EXPECT_GT(near_.transport->write("the end"), queued);
  far_.transport->start_reading();
  run_until([&] { return far_.received.size() == large_.size() + 7; });
  EXPECT_TRUE(far_.received.ends_with("xthe end"));
  run_until([&] { return near_.drained == 1; });
  EXPECT_EQ(near_.transport->queued(), 0U);
}

TEST_F(StreamTest, AReaderThatStopsGetsNoMoreThanWhatItWasGiven) {
  struct Once : Peer {
    void on_bytes(std::string_view bytes) override {
      Peer::on_bytes(bytes);
      transport->stop_reading();
    }
  } reader;
  Pair pair = connected_pair();
  near_.take(std::move(pair.near));
  reader.take(std::move(pair.far));
  near_.transport->write(large_);
  reader.transport->start_reading();
  run_until([&] { return !reader.received.empty(); });
  const size_t first = reader.received.size();
  run_what_is_ready();
  EXPECT_EQ(reader.received.size(), first);
  while (reader.received.size() < large_.size()) {
    const size_t before = reader.received.size();
    reader.transport->start_reading();
    run_until([&] { return reader.received.size() > before; });
  }
}

TEST_F(StreamTest, WithoutAListenerNothingIsReadAndNothingIsLost) {
  connect();
  far_.transport->set_listener(nullptr);
  far_.transport->start_reading();
  near_.transport->write("hello");
  near_.transport->shutdown();
  run_what_is_ready();
  far_.transport->set_listener(&far_);
  run_until([&] { return far_.ended; });
  EXPECT_EQ(far_.received, "hello");
}

TEST_F(StreamTest, ShutdownComesAfterWhatIsQueuedAndTheOtherWayStaysOpen) {
  connect();
  near_.transport->write(large_);
  near_.transport->shutdown();
  near_.transport->write("ignored");
  far_.transport->start_reading();
  near_.transport->start_reading();
  run_until([&] { return far_.ended; });
  EXPECT_EQ(far_.received.size(), large_.size());
  far_.transport->write("answer");
  run_until([&] { return near_.received == "answer"; });
}

TEST_F(StreamTest, DestroyingIsACleanEndForThePeer) {
  connect();
  far_.transport->start_reading();
  near_.transport->write("last words");
  near_.transport.reset();
  run_until([&] { return far_.over(); });
  EXPECT_TRUE(far_.ended);
  EXPECT_EQ(far_.received, "last words");
}

TEST_F(StreamTest, ResetOnCloseIsAnErrorForThePeer) {
  connect();
  far_.transport->start_reading();
  near_.transport->shutdown();
  run_until([&] { return far_.ended; });
  near_.transport->reset_on_close();
  near_.transport.reset();
  run_what_is_ready();
  far_.transport->write("anybody there?");
  run_until([&] { return far_.error.has_value(); });
  EXPECT_EQ(far_.error->kind, ErrorKind::connection_terminated);
}

TEST_F(StreamTest, AResetIsToldOnceAndNothingAfterIt) {
  connect();
  far_.transport->start_reading();
  near_.transport->reset_on_close();
  near_.transport.reset();
  run_until([&] { return far_.over(); });
  EXPECT_FALSE(far_.ended);
  EXPECT_EQ(far_.error->detail, "connection reset by peer");
  far_.error.reset();
  EXPECT_EQ(far_.transport->write("more"), 0U);
  far_.transport->start_reading();
  run_what_is_ready();
  EXPECT_FALSE(far_.over());
}

TEST_F(StreamTest, AnAnswerThatCameBeforeTheWriteFailedIsHeardFirst) {
  connect();
  near_.transport->write("413 before your body\r\n");
  near_.transport->reset_on_close();
  near_.transport.reset();
  run_what_is_ready();
  far_.transport->start_reading();
  far_.transport->write("body");  // finds the reset, and must not hide the answer
  EXPECT_FALSE(far_.over());
  run_until([&] { return far_.over(); });
  EXPECT_EQ(far_.received, "413 before your body\r\n");
  EXPECT_TRUE(far_.error);
  EXPECT_FALSE(far_.ended);
}

TEST_F(StreamTest, AWriteThatFailsIsToldToOneWhoDoesNotRead) {
  connect();
  near_.transport->reset_on_close();
  near_.transport.reset();
  run_what_is_ready();
  far_.transport->write("body");
  EXPECT_FALSE(far_.error);  // never from inside a command
  run_until([&] { return far_.error.has_value(); });
}

TEST_F(StreamTest, AQueuedWriteFailsWhenThePeerIsGone) {
  connect();
  near_.transport->write(large_);
  far_.transport->reset_on_close();
  far_.transport.reset();
  run_until([&] { return near_.error.has_value(); });
  EXPECT_EQ(near_.transport->queued(), 0U);
  EXPECT_EQ(near_.drained, 0);
}

TEST_F(StreamTest, AStreamCanBeDestroyedInEachOfItsOwnCallbacks) {
  struct Suicidal : Peer {
    void on_bytes(std::string_view) override { end(); }
    void on_end() override { end(); }
    void on_transport_error(const Error&) override { end(); }
    void on_drained() override { end(); }
    void end() { transport.reset(); }
  };
  const auto dies = [&](auto&& provoke) {
    Suicidal victim;
    Peer other;
    Pair pair = connected_pair();
    victim.take(std::move(pair.near));
    other.take(std::move(pair.far));
    victim.transport->write(large_);  // with a write on its way, too
    provoke(victim, other);
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
  dies([](Peer&, Peer& other) {
    other.transport->reset_on_close();
    other.transport.reset();
  });
  dies([](Peer&, Peer& other) { other.transport->start_reading(); });
}

TEST_F(StreamTest, AnIdleStreamIsSmall) { EXPECT_LE(sizeof(Stream) + sizeof(StreamHandle), 450U); }

// libuv says the end right after the bytes, whatever was done about them; only on a Unix socket,
// since there a hang-up is no error.
TEST_F(StreamTest, AnEndThatComesWithTheLastBytesWaitsForTheNextListener) {
  struct Leaver : Peer {
    void on_bytes(std::string_view bytes) override {
      Peer::on_bytes(bytes);
      transport->set_listener(nullptr);
    }
  } leaver;
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
  leaver.take(stream_from_socket(loop_, ends[0], false));
  leaver.transport->start_reading();
  ASSERT_EQ(write(ends[1], "bye", 3), 3);
  close(ends[1]);
  run_what_is_ready();
  EXPECT_EQ(leaver.received, "bye");
  EXPECT_FALSE(leaver.over());
  leaver.transport->set_listener(&leaver);
  run_until([&] { return leaver.over(); }, "the end");
}

TEST_F(StreamTest, APeerThatIsClosedIsToldFromOneThatOnlyEndedItsSide) {
  connect();
  far_.transport->start_reading();
  EXPECT_FALSE(far_.transport->peer_is_closed());
  near_.transport->shutdown();
  run_until([&] { return far_.ended; });
  EXPECT_FALSE(far_.transport->peer_is_closed());
  near_.transport.reset();
  run_until([&] { return far_.transport->peer_is_closed(); }, "the peer's close");
}

TEST_F(StreamTest, ThatIsSoOnAUnixSocketToo) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
  near_.take(stream_from_socket(loop_, ends[0], false));
  ASSERT_EQ(shutdown(ends[1], SHUT_WR), 0);
  EXPECT_FALSE(near_.transport->peer_is_closed());
  close(ends[1]);
  EXPECT_TRUE(near_.transport->peer_is_closed());
}

}  // namespace
}  // namespace trunkd

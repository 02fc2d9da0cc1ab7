#include "upstream/upstream_connection.h"

#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>

#include "support/fake_loop.h"
#include "support/fake_transport.h"

namespace trunkd {
namespace {

// Remembers everything it is told.
struct Recorder final : UpstreamListener {
  void on_informational(ResponseHead&& head) override {
    informational += std::to_string(head.status) + " ";
  }
  void on_response_head(ResponseHead&& head) override { status = head.status; }
  void on_response_body(std::string_view bytes) override { body += bytes; }
  void on_response_end(Headers&&) override { ended = true; }
  void on_upgraded(ResponseHead&&, std::unique_ptr<Transport> stream,
                   std::string_view first) override {
    tunnel = std::move(stream);
    first_bytes = first;
  }
  void on_upstream_error(const Error& what) override { error = what.kind; }
  void on_upstream_drained() override { ++drained; }

  std::string informational, body, first_bytes;
  std::unique_ptr<Transport> tunnel;
  int status = 0, drained = 0;
  bool ended = false;
  std::optional<ErrorKind> error;
};

struct RecordingIdleListener final : IdleListener {
  void on_idle_connection_lost(PooledConnection&, IdleEnd) override { ++lost; }
  int lost = 0;
};

class UpstreamConnectionTest : public testing::Test {
 protected:
  UpstreamConnectionTest() {
    Dialled dialled;
    dialled.transport = peer_.transport();
    connection_ = std::make_unique<UpstreamConnection>(loop_, Origin{Scheme::http, "origin", 80},
                                                       std::move(dialled), 7, 5s);
    connection_->set_idle_listener(&idle_);
    loop_.run();
  }

  void get() {
    UpstreamRequest request;
    request.head = "GET / HTTP/1.1\r\nHost: origin\r\n\r\n";
    request.response_timeout = 10s;
    request.read_timeout = 5s;
    connection_->start(listener_, request);
  }
  void post(BodyFraming framing) {
    UpstreamRequest request;
    request.head = "POST / HTTP/1.1\r\n\r\n";
    request.framing = framing;
    request.response_timeout = 10s;
    request.read_timeout = 5s;
    connection_->start(listener_, request);
  }

  FakeLoop loop_;
  FakePeer peer_{loop_};
  Recorder listener_;
  RecordingIdleListener idle_;
  std::unique_ptr<UpstreamConnection> connection_;
};

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST_F(UpstreamConnectionTest, IsReusableAfterAWholeExchange) {
  get();
  EXPECT_FALSE(connection_->reusable());
  EXPECT_EQ(peer_.received(), "GET / HTTP/1.1\r\nHost: origin\r\n\r\n");
  peer_.send(kOk);
  EXPECT_TRUE(listener_.ended);
  EXPECT_EQ(listener_.body, "ok");
  EXPECT_TRUE(connection_->reusable());
  EXPECT_EQ(connection_->uses(), 1u);
}

TEST_F(UpstreamConnectionTest, AnEndThatNobodyHasHeardOfYetIsSeenWhenAsked) {
  EXPECT_TRUE(connection_->still_open());
  peer_.end_unheard();
  EXPECT_TRUE(connection_->reusable());
  EXPECT_FALSE(connection_->still_open());
}

TEST_F(UpstreamConnectionTest, TheOriginsHintIsKept) {
  EXPECT_EQ(connection_->keep_alive_hint(), 0s);
  get();
  peer_.send("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=7, max=3\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(connection_->keep_alive_hint(), 7s);
}

TEST_F(UpstreamConnectionTest, AnOriginMayBeSlowToReadALongBody) {
  EXPECT_EQ(peer_.dead_after(), 5s);
  post({Framing::length, 16 * 1024 + 1});
  EXPECT_EQ(peer_.dead_after(), 0s);
  connection_->send_body(std::string(16 * 1024 + 1, 'x'));
  connection_->end_body({});
  peer_.send(kOk);
  get();
  EXPECT_EQ(peer_.dead_after(), 5s);
}

TEST_F(UpstreamConnectionTest, SoItMayBehindAnUpgrade) {
  UpstreamRequest request;
  request.head = "GET / HTTP/1.1\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n";
  request.upgrade = true;
  connection_->start(listener_, request);
  EXPECT_EQ(peer_.dead_after(), 5s);
  peer_.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
  ASSERT_TRUE(listener_.tunnel);
  EXPECT_EQ(peer_.dead_after(), 0s);
}

TEST_F(UpstreamConnectionTest, TheOriginNeedNotAnswerWhileTheClientHasNotBegunItsBody) {
  post({Framing::length, 3});
  loop_.advance(60s);
  EXPECT_FALSE(listener_.error);
  connection_->send_body("abc");
  connection_->end_body({});
  loop_.advance(10s);
  EXPECT_EQ(listener_.error, ErrorKind::response_timeout);
}

TEST_F(UpstreamConnectionTest, ButAClientThatWaitsForAContinueIsAnsweredInTime) {
  UpstreamRequest request;
  request.head = "PUT / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n";
  request.framing = {Framing::length, 3};
  request.expect_continue = true;
  request.response_timeout = 10s;
  connection_->start(listener_, request);
  loop_.advance(10s);
  EXPECT_EQ(listener_.error, ErrorKind::response_timeout);
}

TEST_F(UpstreamConnectionTest, WhenItsAddressIsGoneAnIdleConnectionEndsAtOnce) {
  connection_->retire();
  EXPECT_EQ(idle_.lost, 1);
  EXPECT_FALSE(connection_->reusable());
  EXPECT_EQ(connection_->end_reason(), CloseReason::retired);
}

TEST_F(UpstreamConnectionTest, WhenItsAddressIsGoneABusyConnectionEndsAfterItsExchange) {
  connection_->set_idle_listener(nullptr);  // leased
  get();
  connection_->retire();
  peer_.send(kOk);
  EXPECT_TRUE(listener_.ended);
  EXPECT_EQ(listener_.body, "ok");
  EXPECT_FALSE(connection_->reusable());
  EXPECT_EQ(connection_->end_reason(), CloseReason::retired);
}

TEST_F(UpstreamConnectionTest, WhenItsAddressIsGoneALeasedConnectionMayCarryItsExchangeButNoOther) {
  connection_->set_idle_listener(nullptr);
  connection_->retire();
  ASSERT_TRUE(connection_->reusable());
  get();
  peer_.send(kOk);
  EXPECT_EQ(listener_.body, "ok");
  EXPECT_FALSE(connection_->reusable());
}

TEST_F(UpstreamConnectionTest, WhenItsAddressIsGoneAnUnusedLeaseEndsTheConnection) {
  connection_->set_idle_listener(nullptr);
  connection_->retire();
  connection_->abandon();
  EXPECT_FALSE(connection_->reusable());
  EXPECT_EQ(connection_->end_reason(), CloseReason::retired);
}

TEST_F(UpstreamConnectionTest, ByteByByteIsTheSame) {
  get();
  peer_.send_byte_by_byte(kOk);
  EXPECT_TRUE(listener_.ended);
  EXPECT_TRUE(connection_->reusable());
}

TEST_F(UpstreamConnectionTest, HeadAndFirstBodyBytesLeaveInOneWrite) {
  post({Framing::length, 4});
  connection_->send_body("body");
  connection_->end_body({});
  EXPECT_EQ(peer_.received(), "POST / HTTP/1.1\r\n\r\nbody");
  EXPECT_EQ(peer_.writes(), 1);
}

TEST_F(UpstreamConnectionTest, AHeadWhoseBodyIsLateLeavesAlone) {
  post({Framing::length, 4});
  EXPECT_EQ(peer_.received(), "");
  loop_.run();
  EXPECT_EQ(peer_.received(), "POST / HTTP/1.1\r\n\r\n");
}

TEST_F(UpstreamConnectionTest, AChunkedBodyIsFramedHere) {
  post({Framing::chunked, 0});
  connection_->send_body("0123456789abcdef");
  Headers trailers;
  trailers.add("X", "1");
  connection_->end_body(trailers);
  EXPECT_EQ(peer_.received(), "POST / HTTP/1.1\r\n\r\n10\r\n0123456789abcdef\r\n0\r\nX: 1\r\n\r\n");
}

TEST_F(UpstreamConnectionTest, AnAnswerBeforeTheEndOfTheRequestCostsTheConnection) {
  post({Framing::length, 100});
  connection_->send_body("start");
  loop_.run();
  peer_.send(kOk);
  EXPECT_TRUE(listener_.ended);
  EXPECT_FALSE(connection_->reusable());
  EXPECT_EQ(connection_->end_reason(), CloseReason::broken);
  loop_.run();
  EXPECT_TRUE(peer_.was_reset());
}

TEST_F(UpstreamConnectionTest, AnOriginThatSaysCloseIsTakenAtItsWord) {
  get();
  peer_.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
  EXPECT_TRUE(listener_.ended);
  EXPECT_FALSE(connection_->reusable());
  EXPECT_EQ(connection_->end_reason(), CloseReason::said_close);
}

TEST_F(UpstreamConnectionTest, BytesBehindTheAnswerCostTheConnection) {
  get();
  peer_.send(std::string(kOk) + "more");
  EXPECT_TRUE(listener_.ended);
  EXPECT_FALSE(connection_->reusable());
  EXPECT_EQ(connection_->end_reason(), CloseReason::broken);
}

TEST_F(UpstreamConnectionTest, BytesLeftInTheTlsLayerCostTheConnection) {
  get();
  peer_.set_buffered_input(true);
  peer_.send(kOk);
  EXPECT_TRUE(listener_.ended);
  EXPECT_FALSE(connection_->reusable());
}

TEST_F(UpstreamConnectionTest, AByteWhileIdleIsTheEnd) {
  peer_.send("x");
  EXPECT_EQ(idle_.lost, 1);
  EXPECT_FALSE(connection_->reusable());
  EXPECT_EQ(connection_->end_reason(), CloseReason::ended_idle);
}

TEST_F(UpstreamConnectionTest, AnEndWhileIdleIsTheEnd) {
  peer_.end();
  EXPECT_EQ(idle_.lost, 1);
  EXPECT_FALSE(connection_->reusable());
  EXPECT_EQ(connection_->end_reason(), CloseReason::ended_idle);
}

TEST_F(UpstreamConnectionTest, AnErrorWhileIdleIsTheEnd) {
  peer_.fail(ErrorKind::connection_terminated);
  EXPECT_EQ(idle_.lost, 1);
  EXPECT_FALSE(connection_->reusable());
  EXPECT_EQ(connection_->end_reason(), CloseReason::ended_idle);
}

TEST_F(UpstreamConnectionTest, AnEndWithinTheAnswerIsAnError) {
  get();
  peer_.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  peer_.end();
  EXPECT_EQ(listener_.error, ErrorKind::connection_terminated);
  EXPECT_FALSE(listener_.ended);
}

TEST_F(UpstreamConnectionTest, AnEndCompletesACloseDelimitedAnswer) {
  get();
  peer_.send("HTTP/1.1 200 OK\r\n\r\nall of it");
  peer_.end();
  EXPECT_TRUE(listener_.ended);
  EXPECT_EQ(listener_.body, "all of it");
  EXPECT_FALSE(connection_->reusable());
}

TEST_F(UpstreamConnectionTest, ABrokenTransportNeverCompletesAnAnswer) {
  get();
  peer_.send("HTTP/1.1 200 OK\r\n\r\nall of it");
  peer_.fail(ErrorKind::connection_terminated);
  EXPECT_FALSE(listener_.ended);
  EXPECT_EQ(listener_.error, ErrorKind::connection_terminated);
}

TEST_F(UpstreamConnectionTest, SilenceBeforeTheHeadIsAResponseTimeout) {
  get();
  loop_.advance(9s);
  EXPECT_FALSE(listener_.error);
  loop_.advance(2s);
  EXPECT_EQ(listener_.error, ErrorKind::response_timeout);
}

TEST_F(UpstreamConnectionTest, AHeadThatDripsGetsNoMoreTime) {
  get();
  for (const char* piece : {"HTTP/1.1 2", "00 OK\r\n", "A: ", "b\r\n"}) {
    loop_.advance(3s);
    if (!listener_.error) peer_.send(piece);
  }
  EXPECT_EQ(listener_.error, ErrorKind::response_timeout);
}

TEST_F(UpstreamConnectionTest, SilenceWithinTheBodyIsAReadTimeout) {
  get();
  peer_.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
  for (int i = 0; i < 4; ++i) {
    loop_.advance(4s);
    peer_.send("x");
  }
  EXPECT_FALSE(listener_.error);
  loop_.advance(6s);
  EXPECT_EQ(listener_.error, ErrorKind::read_timeout);
}

TEST_F(UpstreamConnectionTest, APausedReaderIsNotBlamedOnTheOrigin) {
  get();
  peer_.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
  connection_->pause_reading();
  loop_.advance(60s);
  EXPECT_FALSE(listener_.error);
  connection_->resume_reading();
  peer_.send("0123456789");
  loop_.run();
  EXPECT_TRUE(listener_.ended);
}

TEST_F(UpstreamConnectionTest, ASlowClientIsNotBlamedOnTheOrigin) {
  post({Framing::length, 100});
  connection_->send_body("start");
  loop_.run();
  loop_.advance(60s);
  EXPECT_FALSE(listener_.error);
}

TEST_F(UpstreamConnectionTest, AnIdleConnectionHasNoDeadline) {
  get();
  peer_.send(kOk);
  loop_.advance(60s);
  EXPECT_TRUE(connection_->reusable());
}

TEST_F(UpstreamConnectionTest, InformationalAnswersComeBeforeTheFinalOne) {
  get();
  peer_.send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(listener_.informational, "103 100 ");
  EXPECT_TRUE(connection_->response_started());
  peer_.send(kOk);
  EXPECT_EQ(listener_.status, 200);
}

TEST_F(UpstreamConnectionTest, AfterASwitchTheStreamIsHandedOver) {
  UpstreamRequest request;
  request.head = "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
  request.upgrade = true;
  request.response_timeout = 1s;
  connection_->start(listener_, request);
  peer_.send(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhi");
  ASSERT_TRUE(listener_.tunnel);
  EXPECT_EQ(listener_.first_bytes, "hi");
  EXPECT_FALSE(connection_->reusable());
  EXPECT_EQ(connection_->end_reason(), CloseReason::tunnel);
  loop_.advance(10s);
  EXPECT_FALSE(listener_.error);
  EXPECT_FALSE(peer_.closed());
}

TEST_F(UpstreamConnectionTest, AbandoningARequestUnderWayResetsIt) {
  post({Framing::length, 100});
  connection_->send_body("start");
  loop_.run();
  connection_->abandon();
  loop_.run();
  EXPECT_TRUE(peer_.was_reset());
  EXPECT_FALSE(connection_->reusable());
  EXPECT_EQ(connection_->end_reason(), CloseReason::broken);
}

TEST_F(UpstreamConnectionTest, AbandoningAfterTheEndKeepsIt) {
  get();
  peer_.send(kOk);
  connection_->abandon();
  EXPECT_TRUE(connection_->reusable());
}

TEST_F(UpstreamConnectionTest, TheSenderHearsWhenItsBytesHaveLeft) {
  post({Framing::length, 100'000});
  loop_.run();
  peer_.take_only(10);
  EXPECT_GT(connection_->send_body(std::string(70'000, 'x')), UpstreamConnection::kHighWater);
  peer_.take_all();
  EXPECT_EQ(listener_.drained, 1);
}

}  // namespace
}  // namespace trunkd

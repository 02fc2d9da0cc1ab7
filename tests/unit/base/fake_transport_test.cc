// The fake byte stream keeps the promises of Transport; otherwise what is tested with it proves
// nothing.

#include "support/fake_transport.h"

#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "support/fake_loop.h"

namespace trunkd {
namespace {

class Recorder : public TransportListener {
 public:
  void on_bytes(std::string_view bytes) override {
    heard += bytes;
    if (then) then();
  }
  void on_end() override { heard += "<end>"; }
  void on_transport_error(const Error& error) override { heard += "<" + error.detail + ">"; }
  void on_drained() override { heard += "<drained>"; }

  std::string heard;
  std::function<void()> then;
};

class FakeTransportTest : public ::testing::Test {
 protected:
  FakeTransportTest() { transport_->set_listener(&recorder_); }

  FakeLoop loop_;
  FakePeer peer_{loop_};
  Recorder recorder_;
  std::unique_ptr<Transport> transport_ = peer_.transport();
};

TEST_F(FakeTransportTest, NothingIsHeardBeforeReadingStartsAndNeverFromInsideTheCommand) {
  peer_.send("early");
  transport_->start_reading();
  EXPECT_EQ(recorder_.heard, "");

  loop_.run();

  EXPECT_EQ(recorder_.heard, "early");
}

TEST_F(FakeTransportTest, BytesAndTheEndWaitInOrderWhileReadingIsOff) {
  transport_->start_reading();
  recorder_.then = [&] { transport_->stop_reading(); };
  peer_.send("one");
  peer_.send("two");
  peer_.end();
  EXPECT_EQ(recorder_.heard, "one");

  recorder_.then = nullptr;
  transport_->start_reading();
  loop_.run();

  EXPECT_EQ(recorder_.heard, "onetwo<end>");
}

TEST_F(FakeTransportTest, TheEndIsSaidOnce) {
  transport_->start_reading();
  peer_.end();
  peer_.end();
  EXPECT_EQ(recorder_.heard, "<end>");
}

TEST_F(FakeTransportTest, NothingIsSaidAfterAnError) {
  transport_->start_reading();
  peer_.fail(ErrorKind::connection_terminated, "reset");
  peer_.send("late");
  peer_.end();
  peer_.fail(ErrorKind::connection_terminated, "again");
  EXPECT_EQ(recorder_.heard, "<reset>");
  EXPECT_EQ(transport_->write("x"), 0u);
  EXPECT_EQ(peer_.received(), "");
}

TEST_F(FakeTransportTest, ASocketThatTakesLittleQueuesTheRestAndSaysWhenItIsGone) {
  peer_.take_only(3);
  EXPECT_EQ(transport_->write("abcdef"), 3u);
  EXPECT_EQ(peer_.received(), "abc");

  peer_.take_only(2);
  EXPECT_EQ(peer_.received(), "abcde");
  EXPECT_EQ(recorder_.heard, "");

  peer_.take_all();
  EXPECT_EQ(peer_.received(), "abcdef");
  EXPECT_EQ(transport_->queued(), 0u);
  EXPECT_EQ(recorder_.heard, "<drained>");
}

TEST_F(FakeTransportTest, AWriteThatFinishesAtOnceDrainsNothing) {
  EXPECT_EQ(transport_->write("abc"), 0u);
  EXPECT_EQ(recorder_.heard, "");
}

TEST_F(FakeTransportTest, AHalfCloseFollowsWhatIsQueued) {
  peer_.take_only(0);
  transport_->write("abc");
  transport_->shutdown();
  transport_->write("ignored");
  EXPECT_FALSE(peer_.saw_end());

  peer_.take_all();
  EXPECT_EQ(peer_.received(), "abc");
  EXPECT_TRUE(peer_.saw_end());
}

TEST_F(FakeTransportTest, DestructionIsACloseOrAReset) {
  transport_.reset();
  EXPECT_TRUE(peer_.closed());
  EXPECT_TRUE(peer_.saw_end());
  EXPECT_FALSE(peer_.was_reset());

  FakePeer other(loop_);
  auto transport = other.transport();
  transport->reset_on_close();
  transport.reset();
  EXPECT_TRUE(other.was_reset());
  EXPECT_FALSE(other.saw_end());
}

TEST_F(FakeTransportTest, ThePeerMayGoOnWhenTheTransportIsGone) {
  transport_->start_reading();
  recorder_.then = [&] { loop_.dispose(std::move(transport_)); };
  peer_.send("bye");
  loop_.run();

  peer_.send("more");
  peer_.end();
  peer_.fail(ErrorKind::connection_terminated);
  peer_.take_all();

  EXPECT_EQ(recorder_.heard, "bye");
}

}  // namespace
}  // namespace trunkd

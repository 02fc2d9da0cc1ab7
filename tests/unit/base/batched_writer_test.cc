// BatchedWriter: small parts leave together, large ones are not copied, the order stays.

#include "base/batched_writer.h"

#include <gtest/gtest.h>
#include <string>

#include "support/fake_loop.h"
#include "support/fake_transport.h"

namespace trunkd {
namespace {

class BatchedWriterTest : public ::testing::Test {
 protected:
  FakeLoop loop_;
  FakePeer peer_{loop_};
  std::unique_ptr<Transport> transport_ = peer_.transport();
  BatchedWriter writer_;
};

TEST_F(BatchedWriterTest, AHeadAndASmallBodyLeaveInOneWrite) {
  writer_.write(*transport_, "head\r\n\r\n");
  writer_.write(*transport_, "body");
  EXPECT_EQ(peer_.received(), "");

  writer_.flush(*transport_);

  EXPECT_EQ(peer_.received(), "head\r\n\r\nbody");
  EXPECT_EQ(peer_.writes(), 1);
  EXPECT_TRUE(writer_.empty());
}

TEST_F(BatchedWriterTest, ALargePartTakesWhatWasGatheredAlong) {
  const std::string large(100'000, 'x');
  writer_.write(*transport_, "head");
  writer_.write(*transport_, large);

  EXPECT_EQ(peer_.received(), "head" + large);
  EXPECT_EQ(peer_.writes(), 1);
  EXPECT_TRUE(writer_.empty());
}

TEST_F(BatchedWriterTest, FlushingNothingWritesNothing) {
  writer_.flush(*transport_);
  EXPECT_EQ(peer_.writes(), 0);
}

TEST_F(BatchedWriterTest, AHeadWrittenInPlaceKeepsItsPlace) {
  writer_.gathered() += "head ";
  writer_.write(*transport_, "body");
  EXPECT_EQ(writer_.size(), 9u);
  writer_.flush(*transport_);
  EXPECT_EQ(peer_.received(), "head body");
}

}  // namespace
}  // namespace trunkd

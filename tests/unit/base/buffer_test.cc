// Buffer: a queue of bytes that gives its memory back.

#include "base/buffer.h"

#include <gtest/gtest.h>
#include <random>
#include <string>

namespace trunkd {
namespace {

TEST(BufferTest, BytesComeOutInTheOrderTheyWentIn) {
  Buffer buffer;
  buffer.append("hello ");
  buffer.append("world");
  EXPECT_EQ(buffer.view(), "hello world");

  buffer.consume(6);
  EXPECT_EQ(buffer.view(), "world");
  buffer.append("!");
  EXPECT_EQ(buffer.view(), "world!");
  EXPECT_EQ(buffer.size(), 6u);
}

TEST(BufferTest, IsEmptyWhenAllIsConsumed) {
  Buffer buffer;
  EXPECT_TRUE(buffer.empty());
  buffer.append("abc");
  buffer.consume(3);
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.view(), "");
  buffer.append("d");
  EXPECT_EQ(buffer.view(), "d");
}

TEST(BufferTest, NothingIsLostOverManySmallSteps) {
  std::mt19937 random(1);
  Buffer buffer;
  std::string expected;
  char next = 'a';
  for (int step = 0; step < 10'000; ++step) {
    if (random() % 2 == 0) {
      const std::string bytes(random() % 20, next);
      next = next == 'z' ? 'a' : static_cast<char>(next + 1);
      buffer.append(bytes);
      expected += bytes;
    } else {
      const size_t count = expected.empty() ? 0 : random() % (expected.size() + 1);
      buffer.consume(count);
      expected.erase(0, count);
    }
    ASSERT_EQ(buffer.view(), expected);
  }
}

}  // namespace
}  // namespace trunkd

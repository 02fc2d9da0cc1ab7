#include "proxy/body_source.h"

#include <gtest/gtest.h>
#include <string>

namespace trunkd {
namespace {

TEST(BodySourceTest, WhatWaitsCanBeSentAndSentAgain) {
  BodySource body;
  body.append("hello ", false);
  body.append("world", false);
  EXPECT_EQ(body.unsent(), "hello world");
  body.mark_sent();
  EXPECT_EQ(body.unsent(), "");
  EXPECT_TRUE(body.can_rewind());
  body.rewind();
  EXPECT_EQ(body.unsent(), "hello world");
}

TEST(BodySourceTest, WhatIsPassedOnAtOnceIsKeptWhileItIsShort) {
  BodySource body;
  body.append("abc", true);
  EXPECT_EQ(body.unsent(), "");
  body.rewind();
  EXPECT_EQ(body.unsent(), "abc");
}

TEST(BodySourceTest, ALongBodyIsNotKept) {
  BodySource body;
  const std::string piece(BodySource::kWindow, 'x');
  body.append(piece, true);
  EXPECT_TRUE(body.can_rewind());
  body.append("y", true);
  EXPECT_FALSE(body.can_rewind());
  EXPECT_EQ(body.unsent(), "");
  EXPECT_EQ(body.received(), piece.size() + 1);
}

TEST(BodySourceTest, ALongBodyThatWaitsIsNeitherLostNorDoubled) {
  BodySource body;
  std::string all;
  for (int i = 0; i < 40'000; ++i) {
    const std::string piece = std::to_string(i);
    body.append(piece, false);
    all += piece;
  }
  EXPECT_TRUE(body.full());
  EXPECT_EQ(body.unsent(), all);
  body.mark_sent();
  EXPECT_EQ(body.unsent(), "");
  body.append("end", false);
  EXPECT_EQ(body.unsent(), "end");
}

TEST(BodySourceTest, APartSentBeforeItGrewTooLongIsNotSentTwice) {
  BodySource body;
  body.append(std::string(60'000, 'a'), true);
  body.append(std::string(10'000, 'b'), false);
  EXPECT_EQ(body.unsent(), std::string(10'000, 'b'));
}

TEST(BodySourceTest, ItsEndCarriesTheTrailers) {
  BodySource body;
  EXPECT_FALSE(body.ended());
  Headers trailers;
  trailers.add("X", "1");
  body.end(std::move(trailers));
  EXPECT_TRUE(body.ended());
  EXPECT_EQ(body.trailers().get("x"), "1");
}

}  // namespace
}  // namespace trunkd

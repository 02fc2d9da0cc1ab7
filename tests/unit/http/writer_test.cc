#include "http/writer.h"

#include <gtest/gtest.h>

#include "unit/http/parser_events.h"

namespace trunkd {
namespace {

TEST(WriterTest, ARequestHead) {
  std::string out;
  append_request_line(out, "POST", "/a?b");
  append_field(out, "Host", "h");
  append_framing(out, {Framing::length, 12345678901234567890u});
  append_end_of_head(out);
  EXPECT_EQ(out, "POST /a?b HTTP/1.1\r\nHost: h\r\nContent-Length: 12345678901234567890\r\n\r\n");
}

TEST(WriterTest, AStatusLineKeepsItsSpaceWithoutAReason) {
  std::string out;
  append_status_line(out, 299, "");
  append_status_line(out, 404, standard_reason(404));
  EXPECT_EQ(out, "HTTP/1.1 299 \r\nHTTP/1.1 404 Not Found\r\n");
}

TEST(WriterTest, OnlyDeclaredFramingIsWritten) {
  std::string out;
  append_framing(out, {});
  append_framing(out, {Framing::until_close});
  EXPECT_EQ(out, "");
  append_framing(out, {Framing::length, 0});
  append_framing(out, {Framing::chunked});
  EXPECT_EQ(out, "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n");
}

TEST(WriterTest, ForbiddenTrailersAreDropped) {
  Headers trailers;
  trailers.add("Digest", "x");
  trailers.add("Content-Length", "5");
  trailers.add("Set-Cookie", "a=b");
  std::string out;
  append_last_chunk(out, trailers);
  EXPECT_EQ(out, "0\r\nDigest: x\r\n\r\n");
}

TEST(WriterTest, WhatIsWrittenInChunksIsReadTheSame) {
  const std::string payload(70000, 'p');
  std::string out;
  append_status_line(out, 200, "OK");
  append_framing(out, {Framing::chunked});
  append_end_of_head(out);
  for (const size_t size : {size_t{1}, size_t{15}, size_t{16}, size_t{65536}}) {
    append_chunk_head(out, size);
    out.append(payload, 0, size).append(kChunkTail);
  }
  append_last_chunk(out, {});

  ResponseLog log;
  ResponseParser parser(log, {});
  parser.expect(false, false);
  EXPECT_EQ(give(parser, out, 1000), out.size());
  EXPECT_EQ(log.events[1].size(), 5u + 1 + 15 + 16 + 65536);
  EXPECT_EQ(log.events.back(), "end ");
}

TEST(WriterTest, AnUnknownStatusHasNoReason) {
  EXPECT_EQ(standard_reason(200), "OK");
  EXPECT_EQ(standard_reason(299), "");
}

}  // namespace
}  // namespace trunkd

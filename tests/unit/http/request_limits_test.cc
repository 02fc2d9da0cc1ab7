// How much a client may send before it is told that it is too much.

#include <gtest/gtest.h>

#include "http/request_parser.h"
#include "unit/http/parser_events.h"

namespace trunkd {
namespace {

constexpr HeadLimits kLimits{.head = 200, .target = 40, .fields = 4};

// Parses at once and byte by byte; both must say the same.
RequestLog parse(std::string_view input, const HeadLimits& limits = kLimits) {
  RequestLog whole, bytewise;
  RequestParser whole_parser(whole, limits), bytewise_parser(bytewise, limits);
  give(whole_parser, input, input.size());
  give(bytewise_parser, input, 1);
  EXPECT_EQ(whole.events, bytewise.events);
  return whole;
}

std::string get(std::string_view target, std::string_view fields = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}

// A head of exactly `size` bytes.
std::string head_of(size_t size) {
  const std::string rest = get("/", "A: \r\n");
  return get("/", "A: " + std::string(size - rest.size(), 'a') + "\r\n");
}

std::string chunked(std::string_view chunks) {
  return "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(chunks);
}

TEST(RequestLimitsTest, ATargetMayHaveTheLimitAndNoMore) {
  EXPECT_EQ(parse(get("/" + std::string(39, 'a'))).heads, 1);
  EXPECT_EQ(parse(get("/" + std::string(40, 'a'))).kind, ErrorKind::target_too_long);
}

TEST(RequestLimitsTest, ATargetWithoutEndIsRefusedAtTheLimit) {
  EXPECT_EQ(parse("GET /" + std::string(39, 'a')).kind, ErrorKind::internal);
  EXPECT_EQ(parse("GET /" + std::string(40, 'a')).kind, ErrorKind::target_too_long);
}

TEST(RequestLimitsTest, AHeadMayHaveTheLimitAndNoMore) {
  EXPECT_EQ(parse(head_of(200)).events.back(), "end ");
  const RequestLog refused = parse(head_of(201));
  EXPECT_EQ(refused.kind, ErrorKind::head_too_large);
  EXPECT_EQ(refused.heads, 0);
}

TEST(RequestLimitsTest, WhiteSpaceThatIsNoPartOfAValueCountsToo) {
  EXPECT_EQ(parse(get("/", "A:" + std::string(200, ' '))).kind, ErrorKind::head_too_large);
}

TEST(RequestLimitsTest, ABodyIsNoPartOfTheHead) {
  EXPECT_EQ(
      parse("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'a'))
          .events.back(),
      "end ");
}

TEST(RequestLimitsTest, FieldsAreCounted) {
  EXPECT_EQ(parse(get("/", "A: 1\r\nA: 2\r\nA: 3\r\n")).heads, 1);
  EXPECT_EQ(parse(get("/", "A: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\n")).kind, ErrorKind::head_too_large);
}

TEST(RequestLimitsTest, AFieldTooManyThatIsNoFieldIsMalformedHoweverItIsSplit) {
  EXPECT_EQ(parse(get("/", "A: 1\r\nA: 2\r\nA: 3\r\naaa\r\n")).kind, ErrorKind::malformed_request);
}

TEST(RequestLimitsTest, TrailersHaveTheSameLimits) {
  EXPECT_EQ(parse(chunked("0\r\nA: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\n\r\n")).events.back(),
            "end [A: 1][A: 2][A: 3][A: 4]");
  EXPECT_EQ(parse(chunked("0\r\nA: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\nA: 5\r\n\r\n")).kind,
            ErrorKind::head_too_large);
  const std::string longest = "A: " + std::string(193, 'a');  // and two line ends: 200 bytes
  EXPECT_EQ(parse(chunked("0\r\n" + longest + "\r\n\r\n")).events.back(), "end [" + longest + "]");
  EXPECT_EQ(parse(chunked("0\r\n" + longest + "a\r\n\r\n")).kind, ErrorKind::head_too_large);
}

TEST(RequestLimitsTest, AChunkLineIsBounded) {
  const std::string line = "1;" + std::string(1020, 'a') + "\r\n";  // 1024 bytes
  EXPECT_EQ(parse(chunked(line + "x\r\n0\r\n\r\n")).events.back(), "end ");
  EXPECT_EQ(parse(chunked("1;a" + line.substr(2) + "x\r\n0\r\n\r\n")).kind,
            ErrorKind::malformed_request);
  EXPECT_EQ(parse(chunked("1;" + std::string(1023, 'a'))).kind, ErrorKind::malformed_request);
}

TEST(RequestLimitsTest, AllExtensionsOfAMessageTogetherAreBounded) {
  const std::string chunk = "1;" + std::string(1020, 'a') + "\r\nx\r\n";  // 1 KiB of line each
  std::string chunks;
  for (int i = 0; i < 16; ++i) chunks += chunk;
  EXPECT_EQ(parse(chunked(chunks + "0\r\n\r\n")).events.back(), "end ");
  EXPECT_EQ(parse(chunked(chunks + chunk)).kind, ErrorKind::malformed_request);
}

TEST(RequestLimitsTest, AnyNumberOfPlainChunksMayCome) {
  std::string chunks;
  for (int i = 0; i < 5000; ++i) chunks += "0000000000000001\r\nx\r\n";
  const RequestLog log = parse(chunked(chunks + "0\r\n\r\n"));
  EXPECT_EQ(log.events.back(), "end ");
  EXPECT_EQ(log.events[1].size(), 5 + 5000u);
}

TEST(RequestLimitsTest, TheDefaultsAreThoseOfTheProduct) {
  EXPECT_EQ(parse(get("/" + std::string(16 * 1024 - 1, 'a')), {}).heads, 1);
  EXPECT_EQ(parse(get("/" + std::string(16 * 1024, 'a')), {}).kind, ErrorKind::target_too_long);
  EXPECT_EQ(parse(head_of(64 * 1024), {}).heads, 1);
  EXPECT_EQ(parse(head_of(64 * 1024 + 1), {}).kind, ErrorKind::head_too_large);
  std::string fields;
  for (int i = 0; i < 127; ++i) fields += "A: b\r\n";
  EXPECT_EQ(parse(get("/", fields), {}).heads, 1);
  EXPECT_EQ(parse(get("/", fields + "A: b\r\n"), {}).kind, ErrorKind::head_too_large);
}

}  // namespace
}  // namespace trunkd

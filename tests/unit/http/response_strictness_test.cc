// Broken answers: refused, never guessed at.

#include <gtest/gtest.h>

#include "http/response_parser.h"
#include "unit/http/parser_events.h"

namespace trunkd {
namespace {

using namespace std::string_literals;

ResponseLog run(std::string_view input, bool head_request, bool upgrade, size_t piece,
                const HeadLimits& limits) {
  ResponseLog log;
  ResponseParser parser(log, limits);
  parser.expect(head_request, upgrade);
  give(parser, input, piece);
  EXPECT_EQ(parser.failed(), log.kind != ErrorKind::internal);
  return log;
}

// Parses at once and byte by byte; both must say the same.
ResponseLog judge_response(std::string_view input, bool head_request = false, bool upgrade = false,
                           const HeadLimits& limits = {}) {
  ResponseLog whole = run(input, head_request, upgrade, input.size(), limits);
  EXPECT_EQ(whole.events, run(input, head_request, upgrade, 1, limits).events) << input;
  return whole;
}

void expect_response_refused(std::string_view input, int heads = 0) {
  const ResponseLog log = judge_response(input);
  EXPECT_EQ(failure_of(log.kind).word, "bad_response") << input;
  EXPECT_EQ(log.heads, heads) << input;
}

void expect_response_accepted(std::string_view input) {
  EXPECT_EQ(judge_response(input).kind, ErrorKind::internal) << input;
}

std::string ok(std::string_view fields, std::string_view body = "") {
  return "HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

TEST(ResponseStrictnessTest, AStatusLineIsWhatTheRfcSays) {
  for (const std::string_view line : {"",
                                      "hello",
                                      "<html>",
                                      "HTTP/0.9 200 OK",
                                      "HTTP/2 200",
                                      "HTTP/2.0 200 OK",
                                      "HTTP/1.2 200 OK",
                                      "HTTP/1.10 200 OK",
                                      "HTTP/11 200 OK",
                                      "http/1.1 200 OK",
                                      "ICY 200 OK",
                                      "HTTP/1.1",
                                      "HTTP/1.1 ",
                                      "HTTP/1.1  200 OK",
                                      "HTTP/1.1\t200 OK",
                                      " HTTP/1.1 200 OK",
                                      "HTTP/1.1 20 OK",
                                      "HTTP/1.1 2000 OK",
                                      "HTTP/1.1 2x0 OK",
                                      "HTTP/1.1 +20 OK",
                                      "HTTP/1.1 OK",
                                      "HTTP/1.1 200OK",
                                      "HTTP/1.1 200\tOK",
                                      "HTTP/1.1 000 No",
                                      "HTTP/1.1 099 No",
                                      "HTTP/1.1 600 No",
                                      "HTTP/1.1 999 No",
                                      "HTTP/1.1 -20 No"}) {
    expect_response_refused(std::string(line) + "\r\nContent-Length: 0\r\n\r\n");
  }
}

TEST(ResponseStrictnessTest, GarbageIsRefusedWithItsFirstByte) {
  EXPECT_EQ(judge_response("\x15").kind, ErrorKind::bad_response);
  EXPECT_EQ(judge_response("\r").kind, ErrorKind::bad_response);
}

TEST(ResponseStrictnessTest, AReasonHasNoControlBytes) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const std::string input = "HTTP/1.1 200 O"s + c + "K\r\nContent-Length: 0\r\n\r\n";
    if (c == '\t' || (byte >= 0x20 && byte != 0x7f)) {
      expect_response_accepted(input);
    } else {
      expect_response_refused(input);
    }
  }
}

TEST(ResponseStrictnessTest, LinesEndWithCrlfAndFieldsAreNotFolded) {
  for (const std::string_view input :
       {"HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\n",
        "HTTP/1.1 200 OK\rContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "HTTP/1.1 200 OK\r\n A: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "HTTP/1.1 200 OK\r\n: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA b: c\r\n\r\n", "HTTP/1.1 200 OK\r\nA\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked\r\n\r\n"}) {
    expect_response_refused(input);
  }
  expect_response_refused(ok("A: b\0c\r\n"s));
  expect_response_refused(ok("A\0: b\r\n"s));
  expect_response_refused(ok("A: b\x7f\r\n"));
}

TEST(ResponseStrictnessTest, FramingIsUnambiguous) {
  for (const std::string_view fields :
       {"Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: \r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 5 5\r\n",
        "Content-Length: 18446744073709551616\r\n",
        "Content-Length: 9223372036854775808\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: chunked, gzip\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked;x\r\n",
        "Transfer-Encoding:\r\n",
        "Transfer-Encoding: \x0b"
        "chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"}) {
    expect_response_refused(ok(fields, "5\r\nhello\r\n0\r\n\r\n"));
    EXPECT_EQ(judge_response(ok(fields), true).kind, ErrorKind::bad_response) << fields;
  }
  expect_response_refused("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
}

TEST(ResponseStrictnessTest, ABodyWhereThereCanBeNoneIsNotTakenForTheNextResponse) {
  expect_response_refused("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello");
  expect_response_refused("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  expect_response_refused("HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\nhello");
  expect_response_refused(
      "HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
}

TEST(ResponseStrictnessTest, ChunksAreAsStrictAsInRequests) {
  for (const std::string_view chunks :
       {"xyz\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n", "5\r\nhello\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n",
        "ffffffffffffffff\r\n", "00000000000000005\r\nhello\r\n0\r\n\r\n",
        "5;a\x01=b\r\nhello\r\n0\r\n\r\n", "0\r\nA : b\r\n\r\n", "0\r\n A: b\r\n\r\n"}) {
    expect_response_refused(ok("Transfer-Encoding: chunked\r\n", chunks), 1);
  }
}

TEST(ResponseStrictnessTest, AnUpgradeThatNobodyAskedForIsBroken) {
  const std::string input =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\n\r\n";
  expect_response_refused(input);
  EXPECT_EQ(judge_response(input, false, true).heads, 1);
  EXPECT_EQ(judge_response("HTTP/1.0" + input.substr(8), false, true).kind,
            ErrorKind::bad_response);
}

TEST(ResponseStrictnessTest, InformationalResponsesAreBounded) {
  std::string flood;
  for (int i = 0; i < 64; ++i) flood += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(judge_response(flood + ok("Content-Length: 0\r\n")).heads, 1);
  EXPECT_EQ(judge_response(flood + "HTTP/1.1 100 Continue\r\n\r\n").kind, ErrorKind::bad_response);
}

TEST(ResponseStrictnessTest, HeadsAreBounded) {
  const HeadLimits limits{.head = 100, .target = 10, .fields = 3};
  const auto judge = [&](const std::string& input) {
    return judge_response(input, false, false, limits).kind;
  };
  EXPECT_EQ(judge("HTTP/1.1 200 " + std::string(101, 'a')), ErrorKind::bad_response);
  EXPECT_EQ(judge(ok("A: " + std::string(100, 'a'))), ErrorKind::bad_response);
  EXPECT_EQ(judge(ok("A: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\n")), ErrorKind::bad_response);
  const std::string exact = ok("A: " + std::string(76, 'a') + "\r\n");
  EXPECT_EQ(exact.size(), 100u);
  EXPECT_EQ(judge(exact), ErrorKind::internal);
  EXPECT_EQ(judge(ok("A: " + std::string(77, 'a') + "\r\n")), ErrorKind::bad_response);
}

TEST(ResponseStrictnessTest, NothingIsSaidAfterAnError) {
  ResponseLog log;
  ResponseParser parser(log, {});
  parser.expect(false, false);
  parser.parse("HTTP/2 200\r\n\r\n");
  const auto events = log.events.size();
  EXPECT_EQ(parser.parse("HTTP/1.1 200 OK\r\n\r\n"), 0u);
  parser.end_of_stream();
  EXPECT_EQ(log.events.size(), events);
  EXPECT_TRUE(parser.failed());
  EXPECT_FALSE(parser.expecting());
}

}  // namespace
}  // namespace trunkd

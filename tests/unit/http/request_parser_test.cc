// What a well-formed request says, however its bytes arrive.

#include "http/request_parser.h"

#include <gtest/gtest.h>

#include "unit/http/parser_events.h"

namespace trunkd {
namespace {

using Events = std::vector<std::string>;

// Parses at once and byte by byte; both must say the same.
Events parse_request(std::string_view input) {
  RequestLog whole, bytewise;
  RequestParser whole_parser(whole, {}), bytewise_parser(bytewise, {});
  give(whole_parser, input, input.size());
  give(bytewise_parser, input, 1);
  EXPECT_EQ(whole.events, bytewise.events);
  EXPECT_EQ(whole_parser.between_messages(), bytewise_parser.between_messages());
  return whole.events;
}

TEST(RequestParserTest, AGetHasAHeadAndAnEnd) {
  EXPECT_EQ(parse_request("GET /a?b=c HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n"),
            (Events{"head GET /a?b=c 1.1 keep, none [Host: h][Accept: */*]", "end "}));
}

TEST(RequestParserTest, SpellingOrderAndDuplicatesOfFieldsAreKept) {
  EXPECT_EQ(
      parse_request("GET / HTTP/1.1\r\nhOST: h\r\nX-b: 2\r\nx-A:1\r\nX-B:  3 \t\r\nEmpty:\r\n\r\n"),
      (Events{"head GET / 1.1 keep, none [hOST: h][X-b: 2][x-A: 1][X-B: 3][Empty: ]", "end "}));
}

TEST(RequestParserTest, ValuesMayHoldOpaqueBytesAndInnerWhiteSpace) {
  EXPECT_EQ(parse_request("GET / HTTP/1.1\r\nHost: h\r\nA: b \t c\r\nB: \xc3\xa9\xff\r\n\r\n"),
            (Events{"head GET / 1.1 keep, none [Host: h][A: b \t c][B: \xc3\xa9\xff]", "end "}));
}

TEST(RequestParserTest, ABodyEndsWithItsContentLength) {
  EXPECT_EQ(parse_request("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"),
            (Events{"head POST / 1.1 keep, length 5 [Host: h][Content-Length: 5]", "body hello",
                    "end "}));
}

TEST(RequestParserTest, ALengthOfZeroIsSaidButHasNoBody) {
  EXPECT_EQ(parse_request("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"),
            (Events{"head POST / 1.1 keep, length 0 [Host: h][Content-Length: 0]", "end "}));
}

TEST(RequestParserTest, ChunksComeWithoutTheirFramingAndExtensions) {
  EXPECT_EQ(parse_request("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
                          "5\r\nhello\r\n"
                          "00A;name=value;other=\"quoted\"\r\n, chunked!\r\n"
                          "0\r\n\r\n"),
            (Events{"head POST / 1.1 keep, chunked [Host: h][Transfer-Encoding: Chunked]",
                    "body hello, chunked!", "end "}));
}

TEST(RequestParserTest, TrailersComeWithTheEnd) {
  EXPECT_EQ(parse_request("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked \r\n\r\n"
                          "1\r\nx\r\n0\r\nDigest: abc \r\nOther:d\r\n\r\n"),
            (Events{"head POST / 1.1 keep, chunked [Host: h][Transfer-Encoding: chunked]", "body x",
                    "end [Digest: abc][Other: d]"}));
}

TEST(RequestParserTest, PipelinedRequestsAreReadOneCallEach) {
  const std::string first = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string second = "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab";
  const std::string both = first + second;
  RequestLog log;
  RequestParser parser(log, {});

  EXPECT_EQ(parser.parse(both), first.size());
  EXPECT_TRUE(parser.between_messages());
  EXPECT_EQ(log.events.back(), "end ");
  EXPECT_EQ(parser.parse(std::string_view(both).substr(first.size())), second.size());
  EXPECT_EQ(log.heads, 2);
  EXPECT_EQ(parse_request(both), log.events);
}

TEST(RequestParserTest, APipelinedRequestIsReadAfterOneThatAskedToCloseOrUpgrade) {
  EXPECT_EQ(parse_request(
                "GET /1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
                "GET /2 HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                "GET /3 HTTP/1.1\r\nHost: h\r\n\r\n")
                .size(),
            6);
}

TEST(RequestParserTest, AnUpgradeWithABodyIsFramedLikeAnyOther) {
  EXPECT_EQ(parse_request("POST / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: x\r\n"
                          "Content-Length: 2\r\n\r\nab"),
            (Events{"head POST / 1.1 keep, length 2 "
                    "[Host: h][Connection: Upgrade][Upgrade: x][Content-Length: 2]",
                    "body ab", "end "}));
}

TEST(RequestParserTest, EmptyLinesBeforeARequestAreSkippedAndDoNotBeginIt) {
  RequestLog log;
  RequestParser parser(log, {});
  EXPECT_EQ(parser.parse("\r\n\r"), 3u);
  EXPECT_TRUE(parser.between_messages());
  give(parser, "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 1);
  EXPECT_EQ(log.events, (Events{"head GET / 1.1 keep, none [Host: h]", "end "}));
}

TEST(RequestParserTest, TheFirstByteBeginsAMessage) {
  RequestLog log;
  RequestParser parser(log, {});
  parser.parse("G");
  EXPECT_FALSE(parser.between_messages());
  EXPECT_FALSE(parser.failed());
}

TEST(RequestParserTest, PersistenceFollowsVersionAndConnectionOnly) {
  const auto keeps = [](std::string_view version, std::string_view fields) {
    const std::string head =
        "GET / HTTP/" + std::string(version) + "\r\nHost: h\r\n" + std::string(fields) + "\r\n";
    return parse_request(head).front().find(" keep, ") != std::string::npos;
  };
  EXPECT_TRUE(keeps("1.1", ""));
  EXPECT_FALSE(keeps("1.1", "Connection: close\r\n"));
  EXPECT_FALSE(keeps("1.1", "Connection: keep-alive\r\nConnection: x, CLOSE\r\n"));
  EXPECT_TRUE(keeps("1.1", "Proxy-Connection: close\r\n"));
  EXPECT_FALSE(keeps("1.0", ""));
  EXPECT_FALSE(keeps("1.0", "Proxy-Connection: keep-alive\r\n"));
  EXPECT_TRUE(keeps("1.0", "Connection: Keep-Alive\r\n"));
  EXPECT_FALSE(keeps("1.0", "Connection: keep-alive, close\r\n"));
}

TEST(RequestParserTest, OnlyOneExpectationIsKnownAndOnlyInHttp11) {
  EXPECT_EQ(parse_request("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\n\r\n").front(),
            "head PUT / 1.1 keep, expect, none [Host: h][Expect: 100-Continue]");
  EXPECT_EQ(parse_request("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 200-ok\r\n\r\n").front(),
            "head PUT / 1.1 keep, none [Host: h][Expect: 200-ok]");
  EXPECT_EQ(parse_request("PUT / HTTP/1.0\r\nHost: h\r\nExpect: 100-continue\r\n\r\n").front(),
            "head PUT / 1.0 close, none [Host: h][Expect: 100-continue]");
}

TEST(RequestParserTest, Http10NeedsNoHost) {
  EXPECT_EQ(parse_request("GET / HTTP/1.0\r\n\r\n"),
            (Events{"head GET / 1.0 close, none ", "end "}));
}

TEST(RequestParserTest, AllFourFormsOfATarget) {
  for (const std::string_view line :
       {"GET /", "GET //x//y", "GET /%00/../a|b\\c", "GET /?", "OPTIONS *", "GET http://h",
        "GET http://h:80/a?b", "GET https://[::1]:8443/x", "GET HTTP://H?q", "CONNECT h:443",
        "CONNECT [2001:db8::1]:1"}) {
    const std::string input = std::string(line) + " HTTP/1.1\r\nHost: h:7480\r\n\r\n";
    const Events events = parse_request(input);
    EXPECT_EQ(events.front(), "head " + std::string(line) + " 1.1 keep, none [Host: h:7480]");
    EXPECT_EQ(events.back(), "end ");
  }
}

TEST(RequestParserTest, MethodsBeyondTheUsualOnesPass) {
  for (const std::string_view method : {"PATCH", "PROPFIND", "M-SEARCH", "PURGE", "QUERY"}) {
    const std::string input = std::string(method) + " / HTTP/1.1\r\nHost: h\r\n\r\n";
    EXPECT_EQ(parse_request(input).back(), "end ") << method;
  }
}

// Pauses in every event and remembers what it heard.
struct PausingRequests : RequestLog {
  void on_request_head(RequestHead&& head) override {
    RequestLog::on_request_head(std::move(head));
    parser->pause();
  }
  void on_request_body(std::string_view bytes) override {
    RequestLog::on_request_body(bytes);
    parser->pause();
  }
  RequestParser* parser = nullptr;
};

TEST(RequestParserTest, NothingIsSaidAfterPauseUntilTheNextCall) {
  for (const std::string_view body :
       {"Content-Length: 2\r\n\r\nab", "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"}) {
    const std::string input = "POST / HTTP/1.1\r\nHost: h\r\n" + std::string(body);
    PausingRequests log;
    RequestParser parser(log, {});
    log.parser = &parser;

    std::string_view rest = input;
    rest.remove_prefix(parser.parse(rest));
    EXPECT_EQ(log.events.size(), 1u);
    rest.remove_prefix(parser.parse(rest));
    EXPECT_EQ(log.events.size(), 2u);
    EXPECT_EQ(log.events.back(), "body ab");
    rest.remove_prefix(parser.parse(rest));
    EXPECT_EQ(log.events.back(), "end ");
    EXPECT_TRUE(rest.empty());
    EXPECT_TRUE(parser.between_messages());
  }
}

TEST(RequestParserTest, AnEndHeldBackByPauseNeedsNoFurtherBytes) {
  PausingRequests log;
  RequestParser parser(log, {});
  log.parser = &parser;
  const std::string_view input = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

  EXPECT_EQ(parser.parse(input), input.size());
  EXPECT_EQ(log.events.size(), 1u);
  EXPECT_FALSE(parser.between_messages());
  EXPECT_EQ(parser.parse({}), 0u);
  EXPECT_EQ(log.events.back(), "end ");
}

TEST(RequestParserTest, AnEndHeldBackByPauseLeavesTheNextRequestAlone) {
  PausingRequests log;
  RequestParser parser(log, {});
  log.parser = &parser;
  const std::string_view input = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

  parser.parse(input);
  EXPECT_EQ(parser.parse(input), 0u);
  EXPECT_EQ(log.events.back(), "end ");
  EXPECT_EQ(parser.parse(input), input.size());
  EXPECT_EQ(log.heads, 2);
}

TEST(RequestParserTest, AParserAtRestIsSmall) { EXPECT_LE(sizeof(RequestParser), 64u); }

}  // namespace
}  // namespace trunkd

// What a well-formed response says, however its bytes arrive.

#include "http/response_parser.h"

#include <gtest/gtest.h>

#include "unit/http/parser_events.h"

namespace trunkd {
namespace {

using Events = std::vector<std::string>;

struct Asked {
  bool head = false;
  bool upgrade = false;
  bool then_end = false;  // the origin closes the connection after the input
};

struct Outcome {
  Events events;
  size_t used = 0;
};

Outcome run(std::string_view input, Asked asked, size_t piece) {
  ResponseLog log;
  ResponseParser parser(log, {});
  parser.expect(asked.head, asked.upgrade);
  const size_t used = give(parser, input, piece);
  if (asked.then_end) parser.end_of_stream();
  return {log.events, used};
}

// Parses at once and byte by byte; both must say the same.
Events parse_response(std::string_view input, Asked asked = {}) {
  const Outcome whole = run(input, asked, input.size()), bytewise = run(input, asked, 1);
  EXPECT_EQ(whole.events, bytewise.events);
  EXPECT_EQ(whole.used, bytewise.used);
  return whole.events;
}

TEST(ResponseParserTest, ABodyEndsWithItsContentLength) {
  EXPECT_EQ(
      parse_response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello"),
      (Events{"head 200 OK 1.1 keep, length 5 [Content-Length: 5][X: y]", "body hello", "end "}));
}

TEST(ResponseParserTest, ChunksComeWithoutTheirFraming) {
  EXPECT_EQ(parse_response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "5;ext\r\nhello\r\n1\r\n!\r\n0\r\nDigest: x\r\n\r\n"),
            (Events{"head 200 OK 1.1 keep, chunked [Transfer-Encoding: chunked]", "body hello!",
                    "end [Digest: x]"}));
}

TEST(ResponseParserTest, WithoutALengthTheBodyEndsWithTheConnection) {
  EXPECT_EQ(parse_response("HTTP/1.1 200 OK\r\n\r\nhello", {.then_end = true}),
            (Events{"head 200 OK 1.1 close, until close ", "body hello", "end "}));
  EXPECT_EQ(parse_response("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", {.then_end = true}),
            (Events{"head 200 OK 1.0 close, until close [Connection: keep-alive]", "end "}));
}

TEST(ResponseParserTest, ResponsesWithoutContentHaveNoneWhateverTheirFieldsSay) {
  const Asked to_head{.head = true};
  EXPECT_EQ(parse_response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", to_head),
            (Events{"head 200 OK 1.1 keep, none [Content-Length: 5]", "end "}));
  EXPECT_EQ(parse_response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", to_head),
            (Events{"head 200 OK 1.1 keep, none [Transfer-Encoding: chunked]", "end "}));
  EXPECT_EQ(parse_response("HTTP/1.1 200 OK\r\n\r\n", to_head),
            (Events{"head 200 OK 1.1 keep, none ", "end "}));
  EXPECT_EQ(parse_response("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),
            (Events{"head 304 Not Modified 1.1 keep, none [Content-Length: 5]", "end "}));
  EXPECT_EQ(parse_response("HTTP/1.1 204 No Content\r\n\r\n"),
            (Events{"head 204 No Content 1.1 keep, none ", "end "}));
  EXPECT_EQ(parse_response("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"),
            (Events{"head 204 No Content 1.1 keep, none [Content-Length: 0]", "end "}));
}

TEST(ResponseParserTest, InformationalResponsesComeBeforeTheFinalOne) {
  EXPECT_EQ(parse_response("HTTP/1.1 100 Continue\r\n\r\n"
                           "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                           "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"),
            (Events{"informational 100 Continue 1.1 keep, none ",
                    "informational 103 Early Hints 1.1 keep, none [Link: </a>]",
                    "head 200 OK 1.1 keep, length 2 [Content-Length: 2]", "body ab", "end "}));
}

TEST(ResponseParserTest, AReasonMayBeMissingOrOpaque) {
  EXPECT_EQ(parse_response("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n").front(),
            "head 200  1.1 keep, length 0 [Content-Length: 0]");
  EXPECT_EQ(parse_response("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n").front(),
            "head 200  1.1 keep, length 0 [Content-Length: 0]");
  EXPECT_EQ(parse_response("HTTP/1.1 200 \xc3\xa9\t!  \r\nContent-Length: 0\r\n\r\n").front(),
            "head 200 \xc3\xa9\t!   1.1 keep, length 0 [Content-Length: 0]");
}

TEST(ResponseParserTest, PersistenceFollowsVersionConnectionAndFraming) {
  const auto keeps = [](std::string_view version, std::string_view fields) {
    const std::string input = "HTTP/" + std::string(version) + " 200 OK\r\nContent-Length: 0\r\n" +
                              std::string(fields) + "\r\n";
    return parse_response(input).front().find(" keep, ") != std::string::npos;
  };
  EXPECT_TRUE(keeps("1.1", ""));
  EXPECT_FALSE(keeps("1.1", "Connection: close\r\n"));
  EXPECT_TRUE(keeps("1.1", "Proxy-Connection: close\r\n"));
  EXPECT_FALSE(keeps("1.0", ""));
  EXPECT_FALSE(keeps("1.0", "Proxy-Connection: keep-alive\r\n"));
  EXPECT_TRUE(keeps("1.0", "Connection: keep-alive\r\n"));
}

TEST(ResponseParserTest, AnUpgradeThatWasAskedForEndsHttp) {
  const std::string head =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
      "Upgrade: websocket\r\n\r\n";
  const std::string input = head + "\x81\x05hello";
  const Outcome whole = run(input, {.upgrade = true}, input.size());
  EXPECT_EQ(whole.events, (Events{"head 101 Switching Protocols 1.1 keep, none "
                                  "[Connection: Upgrade][Upgrade: websocket]"}));
  EXPECT_EQ(whole.used, head.size());
  EXPECT_EQ(parse_response(input, {.upgrade = true}), whole.events);
}

TEST(ResponseParserTest, AnUpgradeThatTheOriginIgnoresIsAnOrdinaryResponse) {
  EXPECT_EQ(parse_response("HTTP/1.1 200 OK\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
                           "Content-Length: 2\r\n\r\nab",
                           {.upgrade = true}),
            (Events{"head 200 OK 1.1 keep, length 2 "
                    "[Connection: Upgrade][Upgrade: h2c][Content-Length: 2]",
                    "body ab", "end "}));
  EXPECT_EQ(parse_response("HTTP/1.1 426 Upgrade Required\r\nConnection: Upgrade\r\nUpgrade: x\r\n"
                           "Content-Length: 0\r\n\r\n")
                .back(),
            "end ");
}

TEST(ResponseParserTest, BytesThatNobodyExpectsAreNotUsed) {
  ResponseLog log;
  ResponseParser parser(log, {});
  EXPECT_FALSE(parser.expecting());
  EXPECT_EQ(parser.parse("HTTP/1.1 408 Request Timeout\r\n\r\n"), 0u);
  EXPECT_TRUE(log.events.empty());

  parser.expect(false, false);
  const std::string response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  EXPECT_EQ(parser.parse(response + response), response.size());
  EXPECT_FALSE(parser.expecting());
  EXPECT_EQ(parser.parse(response), 0u);
  EXPECT_EQ(log.heads, 1);
}

TEST(ResponseParserTest, AConnectionCarriesOneResponseAfterTheOther) {
  ResponseLog log;
  ResponseParser parser(log, {});
  for (int i = 0; i < 3; ++i) {
    parser.expect(false, false);
    EXPECT_FALSE(parser.response_started());
    give(parser, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\n\r\n",
         7);
    EXPECT_TRUE(parser.response_started());
    EXPECT_FALSE(parser.expecting());
  }
  EXPECT_EQ(log.events.size(), 9u);
  EXPECT_EQ(log.events[8], "end [A: b]");
}

TEST(ResponseParserTest, AnEndOfStreamInTheMiddleIsAnError) {
  const std::string input =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  for (size_t size = 0; size < input.size(); ++size) {
    const Events events = parse_response(input.substr(0, size), {.then_end = true});
    EXPECT_EQ(events.back(), "error connection_terminated") << size;
  }
  EXPECT_EQ(parse_response(input, {.then_end = true}).back(), "end ");
  EXPECT_EQ(parse_response("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", {.then_end = true})
                .back(),
            "error connection_terminated");
  EXPECT_EQ(parse_response("HTTP/1.1 100 Continue\r\n\r\n", {.then_end = true}).back(),
            "error connection_terminated");
  EXPECT_EQ(parse_response("", {.then_end = true}).back(), "error connection_terminated");
}

TEST(ResponseParserTest, AnEndOfStreamWhileNothingIsExpectedIsNobodysBusiness) {
  ResponseLog log;
  ResponseParser parser(log, {});
  parser.end_of_stream();
  EXPECT_TRUE(log.events.empty());
  EXPECT_FALSE(parser.failed());
}

// Pauses in every event.
struct PausingResponses : ResponseLog {
  void on_informational(ResponseHead&& head) override {
    ResponseLog::on_informational(std::move(head));
    parser->pause();
  }
  void on_response_head(ResponseHead&& head) override {
    ResponseLog::on_response_head(std::move(head));
    parser->pause();
  }
  void on_response_body(std::string_view bytes) override {
    ResponseLog::on_response_body(bytes);
    parser->pause();
  }
  ResponseParser* parser = nullptr;
};

TEST(ResponseParserTest, NothingIsSaidAfterPauseUntilTheNextCall) {
  for (const std::string_view rest_of_it :
       {"Content-Length: 2\r\n\r\nab", "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
        "\r\nab"}) {
    const std::string input =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n" + std::string(rest_of_it);
    PausingResponses log;
    ResponseParser parser(log, {});
    log.parser = &parser;
    parser.expect(false, false);
    std::string_view rest = input;
    for (size_t events = 1; events <= 3; ++events) {
      rest.remove_prefix(parser.parse(rest));
      EXPECT_EQ(log.events.size(), events);
    }
    EXPECT_EQ(log.events.back(), "body ab");
    rest.remove_prefix(parser.parse(rest));
    parser.end_of_stream();
    EXPECT_EQ(log.events.back(), "end ");
    EXPECT_TRUE(rest.empty());
    EXPECT_FALSE(parser.expecting());
  }
}

TEST(ResponseParserTest, AnEndHeldBackByPauseNeedsNoFurtherBytes) {
  for (const bool head_request : {true, false}) {
    PausingResponses log;
    ResponseParser parser(log, {});
    log.parser = &parser;
    parser.expect(head_request, false);
    parser.parse("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(log.events.size(), 1u);
    EXPECT_TRUE(parser.expecting());
    EXPECT_EQ(parser.parse({}), 0u);
    EXPECT_EQ(log.events.back(), "end ");
    EXPECT_FALSE(parser.expecting());
  }
}

}  // namespace
}  // namespace trunkd

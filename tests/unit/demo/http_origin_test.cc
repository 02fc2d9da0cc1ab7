#include "demo/http_origin.h"

#include <string>

#include "support/test_client.h"
#include "support/test_loop.h"

namespace trunkd {
namespace {

class HttpOriginTest : public LoopTest {
 protected:
  static std::unique_ptr<HttpOrigin> start(Loop& loop) {
    auto origin = HttpOrigin::start(loop, [](const RequestHead& request, std::string_view body) {
      Reply reply;
      reply.body = request.method + ' ' + request.target + ' ' + std::string(body);
      reply.fields.emplace_back("X-Origin", "demo");
      if (request.target == "/nothing") reply.status = 204;
      if (request.target == "/last") reply.close = true;
      return reply;
    });
    if (!origin) throw std::runtime_error(origin.error().detail);
    return std::move(*origin);
  }

  std::unique_ptr<HttpOrigin> origin_ = start(loop_);
};

TEST_F(HttpOriginTest, AnswersOneRequestAfterTheOtherOnOneConnection) {
  TestClient client(loop_, origin_->port());
  for (const char* path : {"/1", "/2", "/3"}) {
    const TestCall call = client.get(path);
    run_until([&] { return call.done(); });
    EXPECT_EQ(call.status(), 200);
    EXPECT_EQ(call.body(), std::string("GET ") + path + ' ');
    EXPECT_EQ(call.field("X-Origin"), "demo");
    EXPECT_FALSE(call.field("Date").empty());
  }
  EXPECT_EQ(origin_->counts().accepted, 1u);
  EXPECT_EQ(origin_->counts().requests, 3u);
}

TEST_F(HttpOriginTest, AnswersPipelinedRequestsInOrder) {
  TestClient client(loop_, origin_->port());
  const TestCall first = client.get("/a");
  const TestCall second = client.request("POST", "/b", "", "body");
  const TestCall third = client.get("/c");
  run_until([&] { return third.done(); });
  EXPECT_EQ(first.body(), "GET /a ");
  EXPECT_EQ(second.body(), "POST /b body");
  EXPECT_EQ(third.body(), "GET /c ");
}

TEST_F(HttpOriginTest, AnswersHeadWithTheLengthAndWithoutTheBody) {
  TestClient client(loop_, origin_->port());
  const TestCall head = client.request("HEAD", "/a");
  const TestCall next = client.get("/b");
  run_until([&] { return next.done(); });
  EXPECT_EQ(head.field("Content-Length"), "8");
  EXPECT_EQ(head->body_bytes, 0u);
  EXPECT_EQ(next.body(), "GET /b ");
}

TEST_F(HttpOriginTest, A204HasNeitherBodyNorLength) {
  TestClient client(loop_, origin_->port());
  const TestCall nothing = client.get("/nothing");
  const TestCall next = client.get("/b");
  run_until([&] { return next.done(); });
  EXPECT_EQ(nothing.status(), 204);
  EXPECT_FALSE(nothing->head.headers.has("Content-Length"));
  EXPECT_EQ(next.body(), "GET /b ");
}

TEST_F(HttpOriginTest, SaysContinueToAClientThatWaitsForIt) {
  TestClient client(loop_, origin_->port());
  const TestCall call = client.send_request(
      "PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  run_until([&] { return !call->informational.empty(); });
  EXPECT_EQ(call->informational[0].status, 100);

  client.send("body");

  run_until([&] { return call.done(); });
  EXPECT_EQ(call.body(), "PUT /a body");
}

TEST_F(HttpOriginTest, ClosesWhenTheClientAskedForIt) {
  TestClient client(loop_, origin_->port());
  const TestCall call = client.get("/a", "Connection: close\r\n");
  run_until([&] { return client.ended(); });
  EXPECT_EQ(call.field("Connection"), "close");
  EXPECT_EQ(call.body(), "GET /a ");
}

TEST_F(HttpOriginTest, ClosesWhenTheReplySaysSo) {
  TestClient client(loop_, origin_->port());
  const TestCall last = client.get("/last");
  const TestCall unanswered = client.get("/more");
  run_until([&] { return client.ended(); });
  EXPECT_TRUE(last.complete());
  EXPECT_TRUE(unanswered.failed());
  EXPECT_EQ(origin_->counts().requests, 1u);
}

TEST_F(HttpOriginTest, AnswersAnHttp10ClientAndCloses) {
  TestClient client(loop_, origin_->port());
  const TestCall call = client.send_request("GET /old HTTP/1.0\r\n\r\n");
  run_until([&] { return client.ended(); });
  EXPECT_EQ(call.body(), "GET /old ");
}

TEST_F(HttpOriginTest, RefusesAMalformedRequestAndCloses) {
  TestClient client(loop_, origin_->port());
  const TestCall call =
      client.send_request("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 2\r\n\r\n");
  run_until([&] { return client.ended(); });
  EXPECT_EQ(call.status(), 400);
  EXPECT_EQ(origin_->counts().requests, 0u);
}

TEST_F(HttpOriginTest, CountsTheConnectionsThatAreOpenAndTheMostThatWere) {
  TestClient first(loop_, origin_->port());
  TestClient second(loop_, origin_->port());
  run_until([&] { return origin_->counts().open == 2; });

  first.close();
  run_until([&] { return origin_->counts().open == 1; });
  TestClient third(loop_, origin_->port());
  run_until([&] { return origin_->counts().open == 2; });

  run_what_is_ready();
  EXPECT_EQ(origin_->counts().accepted, 3u);
  EXPECT_EQ(origin_->counts().max_open, 2u);
}

TEST_F(HttpOriginTest, SendsALongAnswerToAClientThatReadsLate) {
  const std::string long_body(8 * 1024 * 1024, 'x');
  TestClient client(loop_, origin_->port());
  client.stop_reading();
  const TestCall call = client.request("POST", "/a", "", long_body);
  const TestCall next = client.get("/b");
  run_until([&] { return origin_->counts().requests > 0; });

  client.start_reading();

  run_until([&] { return next.done(); });
  EXPECT_EQ(call.body(), "POST /a " + long_body);
  EXPECT_EQ(next.body(), "GET /b ");
}

}  // namespace
}  // namespace trunkd

// What Prometheus is told of requests that end in all the ways there are. That the sums are right
// is checked by the fixture, here and in every other integration test.

#include "integration/proxy_test.h"

namespace trunkd {
namespace {

class MetricsTest : public ProxyTest {
 protected:
  using Labels = MetricsReader::Labels;

  // Of the session "shop".
  double value(std::string_view name, Labels labels = {}) {
    labels.emplace("session", "shop");
    return proxy_->metrics().sum(name, labels);
  }
  double unrouted(std::string_view name, Labels labels = {}) {
    labels.emplace("session", "");
    return proxy_->metrics().sum(name, labels);
  }
  double responses(const std::string& source, const std::string& code) {
    return value("trunkd_responses_total", {{"source", source}, {"code", code}});
  }
  double errors(const std::string& word) {
    return value("trunkd_error_responses_total", {{"error", word}});
  }
  double aborted(const std::string& word) {
    return value("trunkd_requests_aborted_total", {{"reason", word}});
  }
  double closed(const std::string& reason) {
    return value("trunkd_connections_closed_total", {{"reason", reason}});
  }
  // The origin answers only when the test says so.
  void hold_answers() {
    origin_.script([this](TestOrigin::Connection& connection, const TestRequest&) {
      held_.push_back(&connection);
    });
  }
  void at_rest() {
    run_until([&] { return value("trunkd_requests_active") == 0; }, "the end of every request");
  }

  std::vector<TestOrigin::Connection*> held_;
};

TEST_F(MetricsTest, GoodAnswersCountByTheirStatusWithTheirTimesAndBytes) {
  start();
  origin_.next(script::answer(200, "twelve bytes"));
  origin_.next(script::answer(304));
  origin_.next(script::answer(404, "no"));
  finished(client().request("POST", "/", "", "four"));
  get("/");
  get("/");
  at_rest();
  EXPECT_EQ(value("trunkd_requests_total"), 3);
  EXPECT_EQ(responses("origin", "2xx"), 1);
  EXPECT_EQ(responses("origin", "3xx"), 1);
  EXPECT_EQ(responses("origin", "4xx"), 1);
  EXPECT_EQ(value("trunkd_responses_total"), 3);
  EXPECT_EQ(value("trunkd_requests_aborted_total"), 0);
  EXPECT_EQ(value("trunkd_request_body_bytes_total"), 4);
  EXPECT_EQ(value("trunkd_response_body_bytes_total"), 14);
  EXPECT_EQ(value("trunkd_request_duration_seconds_count"), 3);
  EXPECT_GT(value("trunkd_request_duration_seconds_sum"), 0);
  for (const char* phase : {"queue", "first_byte"}) {
    EXPECT_EQ(value("trunkd_request_phase_duration_seconds_count", {{"phase", phase}}), 3) << phase;
  }
}

TEST_F(MetricsTest, ConnectionsCountAsOpenedReusedAndClosed) {
  start("connections: 2");
  hold_answers();
  auto first = client().get("/1");
  auto second = client().get("/2");
  run_until([&] { return held_.size() == 2; });
  EXPECT_EQ(value("trunkd_connections", {{"state", "active"}}), 2);
  EXPECT_EQ(value("trunkd_connections_limit"), 2);
  for (auto* connection : held_) connection->reply(200, "ok");
  finished(first);
  finished(second);
  expect_pool_whole();
  EXPECT_EQ(value("trunkd_connections", {{"state", "idle"}}), 2);
  origin_.script(script::answer(200, "bye", "Connection: close\r\n"));
  get("/3");
  run_until([&] { return value("trunkd_connections", {{"state", "idle"}}) == 1; });
  EXPECT_EQ(value("trunkd_connections_opened_total"), 2);
  EXPECT_EQ(value("trunkd_connection_leases_total", {{"connection", "new"}}), 2);
  EXPECT_EQ(value("trunkd_connection_leases_total", {{"connection", "reused"}}), 1);
  EXPECT_EQ(closed("said_close"), 1);
  EXPECT_EQ(value("trunkd_connections_closed_total"), 1);
  for (const char* phase : {"dns", "connect"}) {
    EXPECT_EQ(value("trunkd_connection_phase_duration_seconds_count", {{"phase", phase}}), 2);
  }
}

TEST_F(MetricsTest, WhatTheOriginSpoilsIsAnErrorOfOurOwnOrABrokenAnswer) {
  start("timeouts: {response: 50ms}");
  origin_.next(script::send_and_end("garbage\r\n\r\n"));
  EXPECT_EQ(get("/").status(), 502);
  origin_.next(script::stall());
  EXPECT_EQ(get("/").status(), 504);
  origin_.next(script::send_and_end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
  EXPECT_TRUE(get("/").failed());
  at_rest();
  EXPECT_EQ(responses("trunkd", "5xx"), 2);
  EXPECT_EQ(errors("bad_response"), 1);
  EXPECT_EQ(errors("response_timeout"), 1);
  EXPECT_EQ(aborted("connection_terminated"), 1);
  EXPECT_EQ(value("trunkd_requests_aborted_total"), 1);
  EXPECT_EQ(closed("broken"), 3);
}

TEST_F(MetricsTest, AConnectionThatCannotBeOpenedIsAFailureAndItsRetriesCount) {
  start_with(session_yaml("shop", "http://127.0.0.1:" + std::to_string(refusing_port(loop_)),
                          "retry: {attempts: 3, backoff: 1ms}"));
  EXPECT_EQ(get("/").status(), 502);
  EXPECT_EQ(errors("connection_refused"), 1);
  EXPECT_EQ(value("trunkd_retries_total", {{"reason", "connect"}}), 2);
  EXPECT_EQ(value("trunkd_connection_open_failures_total", {{"error", "connection_refused"}}), 3);
  EXPECT_EQ(pool().open_failed, 3u);
  EXPECT_EQ(value("trunkd_connections_opened_total"), 0);
  // For the tries of the next one no connection is opened any more.
  EXPECT_EQ(get("/").status(), 502);
  EXPECT_EQ(value("trunkd_queue_rejections_total", {{"reason", "failing"}}), 3);
  EXPECT_EQ(pool().open_failed, 3u);
}

TEST_F(MetricsTest, ClientsThatLeaveAreAborted) {
  start();
  hold_answers();
  TestClient& working = client();
  working.get("/1");
  run_until([&] { return held_.size() == 1; });
  TestClient& waiting = client();
  waiting.get("/2");
  run_until([&] { return value("trunkd_queue_depth") == 1; });
  EXPECT_EQ(value("trunkd_requests_active"), 2);
  waiting.reset();
  run_until([&] { return aborted("client_gone") == 1; });
  EXPECT_EQ(value("trunkd_queue_depth"), 0);
  working.reset();
  run_until([&] { return aborted("client_gone") == 2; });
  EXPECT_EQ(value("trunkd_requests_active"), 0);
  EXPECT_EQ(value("trunkd_responses_total"), 0);
  expect_pool_whole();
  EXPECT_EQ(closed("broken"), 1);
}

TEST_F(MetricsTest, TheQueueTellsItsDepthItsLimitItsOldestAndWhomItTurnedAway) {
  start("queue: {max: 1, timeout: 1s}");
  hold_answers();
  client().get("/1");
  run_until([&] { return held_.size() == 1; });
  auto second = client().get("/2");
  run_until([&] { return value("trunkd_queue_depth") == 1; });
  EXPECT_EQ(value("trunkd_queue_limit"), 1);
  EXPECT_EQ(get("/3").status(), 503);
  EXPECT_EQ(value("trunkd_queue_rejections_total", {{"reason", "queue_full"}}), 1);
  EXPECT_EQ(errors("queue_full"), 1);
  run_until([&] { return value("trunkd_queue_oldest_seconds") > 0.5; });
  EXPECT_EQ(finished(second).status(), 503);
  EXPECT_EQ(value("trunkd_queue_rejections_total", {{"reason", "queue_timeout"}}), 1);
  EXPECT_EQ(errors("queue_timeout"), 1);
  EXPECT_EQ(value("trunkd_queue_oldest_seconds"), 0);
}

TEST_F(MetricsTest, AnotherTryIsARetryAndOneRequest) {
  start("retry: {attempts: 3, on: [503], backoff: 1ms}");
  origin_.next(script::answer(503));
  origin_.next(script::answer(503));
  EXPECT_EQ(get("/").status(), 200);
  EXPECT_EQ(value("trunkd_requests_total"), 1);
  EXPECT_EQ(value("trunkd_retries_total", {{"reason", "status"}}), 2);
  EXPECT_EQ(value("trunkd_retries_total"), 2);
  EXPECT_EQ(value("trunkd_connection_leases_total"), 3);
}

TEST_F(MetricsTest, AStaleConnectionIsReplacedReplayedOrCostsTheRequest) {
  start();
  get("/");
  TestClient& one = client();
  finished(one.get("/"));
  auto replaced = one.request("POST", "/", "", "x");
  origin_.connection(0).close();  // heard of after the request
  EXPECT_EQ(finished(replaced).status(), 200);
  origin_.next(script::send_and_end(""));
  EXPECT_EQ(finished(one.get("/")).status(), 200);
  origin_.next(script::send_and_end(""));
  EXPECT_EQ(finished(one.request("POST", "/", "", "x")).status(), 502);
  for (const char* outcome : {"replaced", "replayed", "failed"}) {
    EXPECT_EQ(value("trunkd_stale_connections_total", {{"outcome", outcome}}), 1) << outcome;
  }
  EXPECT_EQ(value("trunkd_retries_total", {{"reason", "replay"}}), 1);
  expect_pool_whole();
  EXPECT_EQ(closed("stale"), 2);
}

TEST_F(MetricsTest, TunnelsAreRequestsWithoutADuration) {
  start("connect: tunnel");
  origin_.script([](TestOrigin::Connection&, const TestRequest&) {});
  const std::string authority = origin_.origin().authority();
  TestClient& one = client();
  one.send("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\nping");
  run_until([&] { return origin_.connections() == 1 && origin_.connection(0).raw() == "ping"; });
  EXPECT_EQ(value("trunkd_tunnels_active"), 1);
  EXPECT_EQ(value("trunkd_requests_active"), 1);
  one.half_close();
  origin_.connection(0).end();
  run_until([&] { return value("trunkd_tunnels_active") == 0; });
  EXPECT_EQ(value("trunkd_tunnels_total"), 1);
  EXPECT_EQ(responses("origin", "2xx"), 1);
  EXPECT_EQ(value("trunkd_request_duration_seconds_count"), 0);
  EXPECT_EQ(value("trunkd_request_body_bytes_total"), 4);
  expect_pool_whole();
  EXPECT_EQ(closed("tunnel"), 1);
}

TEST_F(MetricsTest, ATunnelThatBreaksIsAborted) {
  start("connect: tunnel");
  origin_.script([](TestOrigin::Connection&, const TestRequest&) {});
  const std::string authority = origin_.origin().authority();
  TestClient& one = client();
  one.send("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\nping");
  run_until([&] { return origin_.connections() == 1 && origin_.connection(0).raw() == "ping"; });
  one.reset();
  run_until([&] { return value("trunkd_requests_active") == 0; });
  EXPECT_EQ(aborted("client_gone"), 1);
  EXPECT_EQ(value("trunkd_tunnels_active"), 0);
}

TEST_F(MetricsTest, ARequestWithoutASessionCountsUnderTheEmptyName) {
  start_with("listen: 0\nsessions:\n  shop: {base_url: \"" + origin_.url() + "\"}\n");
  const uint16_t shared = proxy_->port("");
  EXPECT_EQ(finished(client_at(shared).get("/")).status(), 404);
  EXPECT_EQ(finished(client_at(shared).send_request("GET / HTTP/1.1\r\n\r\n")).status(), 400);
  EXPECT_EQ(finished(client_at(shared).get("/s/shop/")).status(), 200);
  run_until([&] { return unrouted("trunkd_requests_active") == 0; });
  EXPECT_EQ(unrouted("trunkd_requests_total"), 2);
  EXPECT_EQ(unrouted("trunkd_responses_total", {{"source", "trunkd"}, {"code", "4xx"}}), 2);
  EXPECT_EQ(unrouted("trunkd_error_responses_total", {{"error", "unknown_session"}}), 1);
  EXPECT_EQ(unrouted("trunkd_error_responses_total", {{"error", "malformed_request"}}), 1);
  EXPECT_EQ(value("trunkd_requests_total"), 1);
}

TEST_F(MetricsTest, HalfAHeadIsNoRequest) {
  start();
  TestClient& one = client();
  one.send("GET / HT");
  run_until([&] { return proxy_->server().clients() == 1; });
  one.reset();
  run_until([&] { return proxy_->server().clients() == 0; });
  EXPECT_EQ(proxy_->metrics().sum("trunkd_requests_total"), 0);
  EXPECT_EQ(proxy_->metrics().sum("trunkd_clients_accepted_total"), 1);
}

TEST_F(MetricsTest, PausesRedirectsAndCookiesCount) {
  start("cookies: memory\nredirects: {follow: 2}\nretry: {retry_after: {max: 60s}}");
  origin_.next(script::answer(302, "", "Location: /there\r\nSet-Cookie: a=1\r\n"));
  origin_.next(script::answer(429, "", "Retry-After: 30\r\n"));
  EXPECT_EQ(get("/").status(), 429);
  EXPECT_EQ(value("trunkd_redirects_followed_total"), 1);
  EXPECT_EQ(value("trunkd_cookies_stored_total"), 1);
  EXPECT_EQ(proxy_->metrics().sum("trunkd_cookie_jars", {{"jar", "shop"}}), 1);
  EXPECT_EQ(value("trunkd_pauses_total"), 1);
  EXPECT_EQ(value("trunkd_paused_origins"), 1);
  client().get("/");
  run_until([&] { return value("trunkd_queue_held") == 1; });
}

TEST_F(MetricsTest, SessionsOverOnePoolCountTheirRequestsThemselvesAndThePoolOnce) {
  start_with("listen: off\nsessions:\n  shop:\n    listen: 0\n    base_url: " + origin_.url() +
             "\n  other:\n    listen: 0\n    base_url: " + origin_.url() + "\n    pool: shop\n");
  get("/");
  finished(client_at(proxy_->port("other")).get("/"));
  const MetricsReader metrics = proxy_->metrics();
  EXPECT_EQ(metrics.sum("trunkd_responses_total", {{"session", "shop"}}), 1);
  EXPECT_EQ(metrics.sum("trunkd_responses_total", {{"session", "other"}}), 1);
  EXPECT_EQ(metrics.sum("trunkd_connections_opened_total"), 1);
  EXPECT_EQ(metrics.values_of("trunkd_connections_opened_total", "session"),
            std::set<std::string>{"shop"});
}

TEST_F(MetricsTest, HandshakesCountAsFullAndAsResumed) {
  const TlsServerSettings certificate = test_certificate();
  TestOrigin tls(loop_, certificate);
  tls.script(script::answer(200, "", "Connection: close\r\n"));
  start_with(session_yaml("shop", tls.url(), "tls: {verify: false}"));
  get("/");
  get("/");
  EXPECT_EQ(value("trunkd_tls_handshakes_total", {{"result", "full"}}), 1);
  EXPECT_EQ(value("trunkd_tls_handshakes_total", {{"result", "resumed"}}), 1);
  EXPECT_EQ(value("trunkd_connection_phase_duration_seconds_count", {{"phase", "tls"}}), 2);
}

TEST_F(MetricsTest, AHandshakeThatFailsIsCounted) {
  const TlsServerSettings certificate = test_certificate();
  TestOrigin tls(loop_, certificate);
  start_with(session_yaml("shop", tls.url()));
  EXPECT_EQ(get("/").status(), 502);
  EXPECT_EQ(value("trunkd_tls_handshakes_total", {{"result", "failed"}}), 1);
  EXPECT_EQ(errors("tls_certificate"), 1);
}

TEST_F(MetricsTest, ADrainRejectsAndTheSumsStayRight) {
  start();
  hold_answers();
  TestClient& one = client();
  auto call = one.get("/");
  run_until([&] { return held_.size() == 1; });
  bool drained = false;
  proxy_->server().drain([&] { drained = true; });
  held_[0]->reply(200, "ok");
  EXPECT_EQ(finished(call).status(), 200);
  run_until([&] { return drained; });
  EXPECT_EQ(value("trunkd_responses_total"), 1);
}

TEST_F(MetricsTest, EveryAnswerHasOneLineInTheAccessLog) {
  start();
  get("/");
  finished(client().send_request("GET / HTTP/1.1\r\n\r\n"));
  at_rest();
  const std::string& log = proxy_->access_log();
  EXPECT_EQ(static_cast<double>(std::count(log.begin(), log.end(), '\n')),
            proxy_->metrics().sum("trunkd_requests_total"));
}

TEST_F(MetricsTest, TheProcessAndItsConfigurationAreThere) {
  start();
  const MetricsReader metrics = proxy_->metrics();
  EXPECT_EQ(metrics.sum("trunkd_build_info"), 1);
  EXPECT_EQ(metrics.values_of("trunkd_build_info", "version").size(), 1u);
  EXPECT_GT(metrics.sum("process_start_time_seconds"), 1.7e9);
  EXPECT_GT(metrics.sum("process_resident_memory_bytes"), 1e6);
  EXPECT_GT(metrics.sum("process_open_fds"), 5);
  EXPECT_LT(metrics.sum("process_open_fds"), metrics.sum("process_max_fds"));
  EXPECT_EQ(metrics.sum("trunkd_config_last_reload_successful"), 1);
  EXPECT_GE(metrics.sum("trunkd_config_last_reload_success_timestamp_seconds"),
            metrics.sum("process_start_time_seconds"));
  proxy_->server().reloads().refused = 2;
  proxy_->server().reloads().last_successful = false;
  EXPECT_EQ(proxy_->metrics().sum("trunkd_config_reloads_total", {{"result", "refused"}}), 2);
  EXPECT_EQ(proxy_->metrics().sum("trunkd_config_last_reload_successful"), 0);
}

TEST_F(MetricsTest, TheLoopMeasuresItself) {
  start();
  run_until([&] { return proxy_->metrics().sum("trunkd_event_loop_lag_seconds_count") >= 1; });
}

}  // namespace
}  // namespace trunkd

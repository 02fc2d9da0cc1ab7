// The table of failures: every way to fail has words that are fit for a header, a log and a metric.

#include "base/error.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <vector>

namespace trunkd {
namespace {

std::vector<Failure> all_failures() {
  std::vector<Failure> all;
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::internal); ++kind) {
    all.push_back(failure_of(static_cast<ErrorKind>(kind)));
  }
  return all;
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

TEST(ErrorTest, EveryKindFindsItsOwnRow) {
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::internal); ++kind) {
    EXPECT_EQ(static_cast<int>(failure_of(static_cast<ErrorKind>(kind)).kind), kind);
  }
}

TEST(ErrorTest, EveryFailureHasAWordOfItsOwnAndATitle) {
  std::set<std::string_view> words;
  for (const Failure& failure : all_failures()) {
    EXPECT_TRUE(is_word(failure.word)) << failure.word;
    EXPECT_TRUE(words.insert(failure.word).second) << failure.word << " stands twice";
    EXPECT_FALSE(failure.title.empty()) << failure.word;
  }
}

// raise_for_status: the status is the origin's, and so is the failure.
bool answers_as_origin(const Failure& failure) {
  return failure.kind == ErrorKind::upstream_status;
}

TEST(ErrorTest, EveryAnswerIsAnErrorStatusWithTheWordOfAProxyStatus) {
  for (const Failure& failure : all_failures()) {
    if (failure.status == 0 || answers_as_origin(failure)) continue;  // nobody to be answered
    EXPECT_GE(failure.status, 400) << failure.word;
    EXPECT_LE(failure.status, 599) << failure.word;
    EXPECT_TRUE(is_word(failure.proxy_status)) << failure.word;
  }
}

// RFC 9209, section 2.3, names the words; a client may know them.
TEST(ErrorTest, ProxyStatusUsesOnlyRegisteredWords) {
  const std::set<std::string_view> registered = {"dns_timeout",
                                                 "dns_error",
                                                 "destination_not_found",
                                                 "destination_unavailable",
                                                 "destination_ip_prohibited",
                                                 "destination_ip_unroutable",
                                                 "connection_refused",
                                                 "connection_terminated",
                                                 "connection_timeout",
                                                 "connection_read_timeout",
                                                 "connection_write_timeout",
                                                 "connection_limit_reached",
                                                 "tls_protocol_error",
                                                 "tls_certificate_error",
                                                 "tls_alert_received",
                                                 "http_request_error",
                                                 "http_request_denied",
                                                 "http_response_incomplete",
                                                 "http_response_header_section_size",
                                                 "http_response_header_size",
                                                 "http_response_body_size",
                                                 "http_response_trailer_section_size",
                                                 "http_response_trailer_size",
                                                 "http_response_transfer_coding",
                                                 "http_response_content_coding",
                                                 "http_response_timeout",
                                                 "http_upgrade_failed",
                                                 "http_protocol_error",
                                                 "proxy_internal_response",
                                                 "proxy_internal_error",
                                                 "proxy_configuration_error",
                                                 "proxy_loop_detected"};
  for (const Failure& failure : all_failures()) {
    if (failure.status == 0 || answers_as_origin(failure)) continue;
    EXPECT_TRUE(registered.contains(failure.proxy_status)) << failure.word;
  }
}

TEST(ErrorTest, WhatHappensBehindUsIsNeverTheClientsFault) {
  for (const Failure& failure : all_failures()) {
    // A rate is about how often clients ask (RFC 6585, section 4).
    if (failure.phase == "request" || failure.kind == ErrorKind::rate_limited) continue;
    if (failure.status == 0) continue;  // nobody is answered
    EXPECT_GE(failure.status, 500) << failure.word;
  }
}

}  // namespace
}  // namespace trunkd

// FakeExchange: who asks a pool for a lease.

#pragma once

#include <functional>
#include <gtest/gtest.h>
#include <optional>
#include <utility>

#include "pool/lease_request.h"
#include "support/fake_connection_factory.h"

namespace trunkd {

// Asks for a lease and keeps what it is told.
struct FakeExchange final : LeaseListener {
  std::optional<LeaseRequest> request;
  std::optional<Lease> lease;
  std::optional<ErrorKind> error;
  std::optional<Duration> retry_after;  // of the error
  std::function<void()> on_answer;

  bool waiting() const { return request && request->waiting(); }
  FakeConnection& connection() const { return static_cast<FakeConnection&>(lease->connection()); }
  void give_up() { request.reset(); }
  void release() { lease.reset(); }

  void on_lease(Lease granted) override {
    EXPECT_FALSE(lease || error) << "answered twice";
    request.reset();
    lease.emplace(std::move(granted));
    if (on_answer) on_answer();
  }
  void on_lease_failed(const Error& reason) override {
    EXPECT_FALSE(lease || error) << "answered twice";
    error = reason.kind;
    retry_after = reason.retry_after;
    request.reset();
    if (on_answer) on_answer();
  }
};

}  // namespace trunkd

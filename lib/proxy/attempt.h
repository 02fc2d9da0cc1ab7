// Attempt: one try at one target. It waits for a lease, carries the request, and tells what came
// back.

#pragma once

#include <optional>
#include <string>

#include "base/scheduler.h"
#include "pool/lease_request.h"
#include "session/next_step.h"
#include "session/session.h"
#include "upstream/upstream_connection.h"

namespace trunkd {

// Told what happens to an attempt; after on_attempt_end, on_attempt_upgraded and on_attempt_failed
// nothing more is said. May dispose of the attempt in any of these, never destroy it.
class AttemptOwner {
 public:
  virtual void on_attempt_ready() = 0;  // there is a connection: Attempt::send() now
  virtual void on_attempt_informational(const ResponseHead& head) = 0;
  virtual void on_attempt_head(ResponseHead&& head) = 0;
  virtual void on_attempt_body(std::string_view bytes) = 0;
  virtual void on_attempt_end(const Headers& trailers) = 0;
  virtual void on_attempt_upgraded(ResponseHead&& head, std::unique_ptr<Transport> transport,
                                   std::string_view first_bytes) = 0;
  virtual void on_attempt_failed(const AttemptResult& result) = 0;
  virtual void on_attempt_drained() = 0;

 protected:
  ~AttemptOwner() = default;
};

// How the connection was had; what is not known yet is zero.
struct AttemptFacts {
  Duration queue{};              // waiting for the lease, less what opening the connection took
  ConnectTimes times;            // all zero on a connection that was there already
  std::optional<Duration> ttfb;  // from the request's first byte out to the head's last byte in
  uint64_t connection_id = 0;    // 0: there was none
  uint64_t uses = 0;
  bool reused = false;
  bool kept = false;  // reused, or opened before this request wanted it
};

class Attempt final : public Disposable, private LeaseListener, private UpstreamListener {
 public:
  // All must outlive the attempt. Destroying it gives the lease back or leaves the queue; a request
  // under way is broken off.
  Attempt(Scheduler& scheduler, Session& session, const Origin& origin, AttemptOwner& owner);
  ~Attempt() override;

  // May call the owner at once.
  void start(const LeaseTerms& terms);
  // Instead, on a new connection in the slot of `dead`, which had a lease. Answers later.
  void start_in_slot_of(Attempt& dead, const LeaseTerms& terms);

  void send(const UpstreamRequest& request);  // once, from on_attempt_ready() on
  // In place of send(): the stream of a tunnel's connection, which keeps its slot until the attempt
  // ends.
  OpenedWay take_transport();
  // What the connection at hand says of its other end; see UpstreamConnection.
  const ProxyAccess* proxy() const { return connection().proxy(); }
  bool sending() const { return sending_; }
  size_t send_body(std::string_view bytes) { return connection().send_body(bytes); }
  void end_body(const Headers& trailers) { connection().end_body(trailers); }

  void pause_reading() {
    if (lease_) connection().pause_reading();
  }
  void resume_reading() {
    if (lease_) connection().resume_reading();
  }

  const AttemptFacts& facts() const { return facts_; }
  AttemptResult result() const;  // as far as it has got

  // Nothing more is said to the owner; what the destructor would do is done now.
  void cancel();

 private:
  // LeaseListener
  void on_lease(Lease lease) override;
  void on_lease_failed(const Error& error) override;
  // UpstreamListener
  void on_informational(ResponseHead&& head) override;
  void on_response_head(ResponseHead&& head) override;
  void on_response_body(std::string_view bytes) override;
  void on_response_end(Headers&& trailers) override;
  void on_upgraded(ResponseHead&& head, std::unique_ptr<Transport> transport,
                   std::string_view first_bytes) override;
  void on_upstream_error(const Error& error) override;
  void on_upstream_drained() override;

  void note_answer_began();
  void replace_connection();

  UpstreamConnection& connection() const {
    return static_cast<UpstreamConnection&>(lease_->connection());
  }

  Scheduler& scheduler_;
  Session& session_;
  const Origin origin_;
  AttemptOwner& owner_;
  LeaseTerms terms_;
  std::optional<LeaseRequest> waiting_;
  std::optional<Lease> lease_;
  SteadyTime asked_{};
  SteadyTime sent_{};
  AttemptFacts facts_;
  bool sending_ = false;
  bool request_sent_ = false;
  bool response_started_ = false;
  bool informational_ = false;
};

}  // namespace trunkd

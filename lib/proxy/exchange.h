// Exchange: one client request from its routing to its log line. The only object that sees both
// sides.

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "http/url.h"
#include "proxy/aside.h"
#include "proxy/attempt.h"
#include "proxy/body_source.h"
#include "proxy/held_answer.h"
#include "proxy/local_reply.h"
#include "proxy/proxy_context.h"
#include "proxy/response_sink.h"
#include "proxy/tunnel.h"
#include "session/dresser.h"
#include "session/jar.h"
#include "session/router.h"

namespace trunkd {

class Exchange final : public Disposable, private AttemptOwner, private TunnelOwner {
 public:
  // `context` and `sink` must outlive the exchange. Destroying it before it is finished means that
  // the client is gone: everything under way is cancelled.
  Exchange(ProxyContext& context, ResponseSink& sink, RequestHead&& head);
  ~Exchange() override;

  void start(const Arrival& arrival);

  void on_request_body(std::string_view bytes);
  void on_request_end(Headers&& trailers);
  void on_sink_drained();
  // What follows in the body cannot be read: nothing of the request counts any more.
  void on_request_broken(const Error& error) { fail(error); }
  // The client is gone: nothing more is said to the sink; dispose of the exchange.
  void cancel();
  bool is_of(std::string_view session) const { return session_ && session_->name() == session; }
  // An operator ends it: an answer that has not begun is a 503, any other is visibly broken off. A
  // tunnel is for the caller to close.
  void kill();
  // The client stalls within its body, or reads nothing, for longer than allowed.
  void on_client_stalled();
  bool answer_has_begun() const { return response_ != Response::none; }
  // The client will send no more (the request is whole). True if the exchange goes on: the request
  // was sent and its answer will be delivered; false: it only waited, nobody needs it any more.
  bool survives_half_close() const { return response_ != Response::none || sent_once_; }

  const RequestHead& request() const { return request_; }
  bool is_connect() const { return request_.method == "CONNECT"; }
  Duration body_timeout() const;  // how long the client may be silent within its body
  // False while the client waits for "100 Continue" and rightly sends nothing; when nobody wants
  // the body any more; and when the answer has begun: then the two may go on side by side, and the
  // origin's silence is what counts.
  bool expects_body() const {
    if (body_dropped_ || response_ != Response::none) return false;
    return !request_.expect_continue || told_to_go_on_ || body_.received() > 0;
  }

 private:
  // none -> body when a final head has gone to the sink (from then on nothing can be tried again);
  // body -> complete at its end; none -> tunnel after a 101 or by CONNECT
  enum class Response : uint8_t { none, body, complete, tunnel };

  // AttemptOwner
  void on_attempt_ready() override;
  void on_attempt_informational(const ResponseHead& head) override;
  void on_attempt_head(ResponseHead&& head) override;
  void on_attempt_body(std::string_view bytes) override;
  void on_attempt_end(const Headers& trailers) override;
  void on_attempt_upgraded(ResponseHead&& head, std::unique_ptr<Transport> transport,
                           std::string_view first_bytes) override;
  void on_attempt_failed(const AttemptResult& result) override;
  void on_attempt_drained() override;
  // TunnelOwner
  void on_tunnel_end() override;

  // The way up and the way back (exchange.cc)
  std::optional<Error> objection() const;  // what speaks against the request before it waits
  bool answer_by_max_forwards();
  std::unique_ptr<Attempt> new_attempt();
  LeaseTerms lease_terms(bool front) const;
  bool is_repeatable() const;
  bool may_be_sent_twice() const;
  void on_jar_read();
  void start_attempt(bool front, bool on_new_connection = false);
  Outgoing outgoing(std::string_view jar_cookies) const;
  void dispose_attempt();
  bool was_sent() const { return attempt_ && attempt_->sending(); }
  bool carries_body() const { return request_.framing.has_body() && !body_dropped_; }
  std::string_view method() const {
    return hop_method_.empty() ? std::string_view(request_.method) : hop_method_;
  }

  // What follows from an attempt's end (exchange_steps.cc)
  RequestFacts request_facts() const;
  void judge_head(ResponseHead&& head);
  Result<std::optional<Hop>> hop_after(const ResponseHead& head, bool body_held) const;
  void replay_on_new_connection();
  void set_aside(Aside&& aside);
  void leave_aside();
  void follow(Hop&& hop);
  void on_wait_over();
  void on_total_timeout();
  bool store_cookies(const ResponseHead& head);  // true: the jar has changed
  void hold_until_written(HeldAnswer&& answer);
  void release_held();
  void stop_waiting();

  void relay_head(const ResponseHead& head);

  // A tunnel (exchange_tunnel.cc)
  void open_tunnel();
  void start_tunnel(const ResponseHead& head, std::unique_ptr<Transport> transport,
                    std::string_view first_bytes);
  void cancel_tunnel();

  void append_dressed_fields(std::string& out, const ResponseHead& head) const;
  void append_response_info(std::string& out) const;
  void fail(const Error& error);
  void answer(LocalReply reply);
  void finish();

  // What it leaves behind (exchange_end.cc)
  void begin_count();
  void conclude();
  void count(Duration total);
  void report(Duration total);

  ProxyContext& context_;
  ResponseSink& sink_;
  const RequestHead request_;
  const uint64_t number_;
  const SteadyTime started_;

  std::shared_ptr<Session> session_;   // none until routed
  SessionMetrics* metrics_ = nullptr;  // the session's, or `unrouted`; null until then
  Route route_;
  int max_forwards_ = -1;  // what the field becomes; -1: it is not there
  BodySource body_;
  bool body_paused_ = false;
  bool told_to_go_on_ = false;  // a 100 has been relayed

  std::unique_ptr<Attempt> attempt_;
  AttemptFacts facts_;      // of the last attempt
  int attempts_ = 0;        // in all, for the log
  size_t tries_ = 0;        // at this target, without replays
  bool replayed_ = false;   // within this try
  bool sent_once_ = false;  // an origin has seen the request, or may have
  std::unique_ptr<Tunnel> tunnel_;

  // After a redirect:
  std::unique_ptr<RedirectTrail> trail_;
  std::string hop_method_;     // empty: the client's own
  bool body_dropped_ = false;  // the redirect made a GET of it

  std::optional<Aside> aside_;
  Timer wait_;   // for the end of what is set aside, or for the next try
  Timer total_;  // timeouts.total

  std::shared_ptr<Jar> jar_;  // none: the request has none
  JarWaiter jar_read_;
  bool brought_cookies_ = false;  // the answer did, and they may not be written yet
  std::optional<HeldAnswer> held_;
  WriteWaiter cookies_written_;

  Response response_ = Response::none;
  bool sink_full_ = false;
  int status_ = 0;
  uint64_t bytes_out_ = 0;
  std::optional<ErrorKind> error_;  // none if all went well
  std::string error_detail_;
  bool answered_ = false;   // wholly
  bool by_us_ = false;      // not by the origin
  bool concluded_ = false;  // counted and logged
};

}  // namespace trunkd

// Caller: one HTTP client of the demo. Through trunkd it keeps its plain connection; alone it opens
// a new TLS connection for each call, as a script without a session does.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/transport.h"
#include "daemon/demo/messages.h"
#include "event/loop.h"
#include "http/response_parser.h"
#include "net/connector.h"
#include "net/tls_context.h"

namespace trunkd {

struct CallerSettings {
  Way way = Way::through_trunkd;
  uint16_t port = 0;
  std::string ca_file;  // whom to trust on the way without trunkd
};

// What the callers of a process share; must outlive them.
struct CallerParts {
  Loop& loop;
  AddressCache& addresses;
  TrustStores& trust;
};

class Caller final : private TransportListener, private ResponseListener {
 public:
  // Who owns it and knows what is to be called; must outlive it.
  class Owner {
   public:
    virtual std::optional<uint64_t> next_number() = 0;  // none: that was all
    // `failure` is empty if the answer was right.
    virtual void on_call_over(Duration took, const std::string& failure) = 0;

   protected:
    ~Owner() = default;
  };

  Caller(const CallerParts& parts, Owner& owner, const CallerSettings& settings);
  ~Caller();

  void start();

 private:
  void call_next();
  void dial();
  void on_dialled(Result<Dialled> dialled);
  void send();
  void check_answer();
  void end_call(const std::string& failure);
  void hang_up();

  void on_bytes(std::string_view bytes) override;
  void on_end() override;
  void on_transport_error(const Error& error) override;
  void on_drained() override {}

  void on_informational(ResponseHead&&) override {}
  void on_response_head(ResponseHead&& head) override;
  void on_response_body(std::string_view bytes) override { body_ += bytes; }
  void on_response_end(Headers&&) override { answered_ = true; }
  void on_response_error(const Error& error) override { broken_ = error.detail; }

  Loop& loop_;
  AddressCache& addresses_;
  TrustStores& trust_;
  Owner& owner_;
  const CallerSettings settings_;
  DeferredCall call_next_;
  std::unique_ptr<TlsContext> tls_;
  std::unique_ptr<Connector> connector_;
  std::unique_ptr<Transport> transport_;
  std::optional<ResponseParser> parser_;

  uint64_t number_ = 0;
  SteadyTime started_{};
  ResponseHead head_;
  std::string body_;
  bool answered_ = false;
  std::string broken_;
};

}  // namespace trunkd

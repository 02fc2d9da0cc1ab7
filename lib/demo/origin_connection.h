// One connection of an HttpOrigin: requests in, replies out, one after the other.

#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/transport.h"
#include "demo/reply.h"
#include "http/request_parser.h"

namespace trunkd {

class OriginConnection final : public Disposable,
                               private TransportListener,
                               private RequestListener {
 public:
  // Who owns it and answers; must outlive it.
  class Owner {
   public:
    virtual Reply respond(const RequestHead& request, std::string_view body) = 0;
    // The connection is over; the owner disposes of it.
    virtual void on_connection_over(OriginConnection& connection) = 0;

   protected:
    ~Owner() = default;
  };

  OriginConnection(Owner& owner, const Clock& clock, std::unique_ptr<Transport> transport);

 private:
  void on_bytes(std::string_view bytes) override;
  void on_end() override;
  void on_transport_error(const Error& error) override;
  void on_drained() override;

  void on_request_head(RequestHead&& head) override;
  void on_request_body(std::string_view bytes) override;
  void on_request_end(Headers&& trailers) override;
  void on_request_error(const Error& error) override;

  void answer(const Reply& reply);
  void finish();  // no further request is read; the peer closes, or has closed already

  Owner& owner_;
  const Clock& clock_;
  std::unique_ptr<Transport> transport_;
  RequestParser parser_;
  RequestHead head_;
  std::string body_;
  bool finishing_ = false;
  bool peer_ended_ = false;
};

}  // namespace trunkd

// AdminConnection: one HTTP/1 connection to the admin interface: small requests, small answers, one
// after the other.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/admin_access.h"
#include "admin/admin_handler.h"
#include "base/scheduler.h"
#include "base/transport.h"
#include "http/request_parser.h"

namespace trunkd {

class AdminConnection;

class AdminConnectionOwner {
 public:
  virtual void on_admin_closed(AdminConnection& connection) = 0;  // dispose of it

 protected:
  ~AdminConnectionOwner() = default;
};

class AdminConnection final : public Disposable,
                              private TransportListener,
                              private RequestListener {
 public:
  // All must outlive the connection, `door` too.
  AdminConnection(Scheduler& scheduler, AdminHandler& handler, AdminDoor& door,
                  AdminConnectionOwner& owner, std::unique_ptr<Transport> transport);
  ~AdminConnection() override;

  const AdminDoor& door() const { return door_; }

  static constexpr size_t kMostBody = 4 * 1024 * 1024;
  static constexpr size_t kMostToken = 4 * 1024;  // of POST /token, which needs none
  static constexpr Duration kPatience = 60s;  // for a request, between two, for the client to read

 private:
  class ReplyTo;

  // TransportListener
  void on_bytes(std::string_view bytes) override;
  void on_end() override;
  void on_transport_error(const Error& error) override;
  void on_drained() override;
  // RequestListener
  void on_request_head(RequestHead&& head) override;
  void on_request_body(std::string_view bytes) override;
  void on_request_end(Headers&& trailers) override;
  void on_request_error(const Error& error) override;

  size_t most_body() const;
  AdminReply too_long() const;
  void feed();
  void send(AdminReply reply);
  void close();

  Scheduler& scheduler_;
  AdminHandler& handler_;
  AdminDoor& door_;
  AdminConnectionOwner& owner_;
  std::unique_ptr<Transport> transport_;
  RequestParser parser_;
  std::string unread_;  // arrived, not parsed yet
  std::optional<RequestHead> head_;
  std::string body_;
  std::optional<AdminReply> refusal_;
  std::shared_ptr<ReplyTo> reply_to_;  // the answer is on its way
  std::vector<std::shared_ptr<void>> kept_;
  DeferredCall later_;
  Timer deadline_;
  bool parsing_ = false;
  bool ended_ = false;  // the client sends no more
  bool last_ = false;   // our answer is the last
  bool closed_ = false;
};

}  // namespace trunkd

// AdminHandler: the routes of the admin interface (docs/admin.md, openapi.json).

#pragma once

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "admin/admin_access.h"
#include "admin/admin_host.h"
#include "admin/admin_message.h"
#include "base/scheduler.h"
#include "session/host_guard.h"

namespace trunkd {

class AdminHandler {
 public:
  // `host` must outlive the handler.
  explicit AdminHandler(AdminHost& host);
  ~AdminHandler();
  AdminHandler(const AdminHandler&) = delete;
  AdminHandler& operator=(const AdminHandler&) = delete;

  // Answers at once, but to a reload, and about cookies that have to be read from their file first.
  // Access has been judged.
  void handle(const AdminRequest& request, AdminDoor& door,
              const std::shared_ptr<AdminReplyTo>& to);
  // Of the running configuration.
  const HostGuard& guard() const;
  // All routes: "GET /sessions/*".
  static std::vector<std::string> route_names();

 private:
  struct Call;
  struct Route;
  struct Waiting;
  static const std::vector<Route>& routes();

  static Call call_of(const AdminRequest& request, AdminDoor& door);
  void answer(const AdminRequest& request, AdminDoor& door,
              const std::shared_ptr<AdminReplyTo>& to);
  std::shared_ptr<Jar> jar_to_read(const AdminRequest& request, AdminDoor& door) const;
  void wait_for(std::shared_ptr<Jar> jar, const AdminRequest& request, const AdminDoor& door,
                const std::shared_ptr<AdminReplyTo>& to);
  void on_jar_read(std::list<Waiting>::iterator place);

  AdminReply healthy(const Call& call);
  AdminReply ready(const Call& call);
  AdminReply started_up(const Call& call);
  AdminReply metrics(const Call& call);
  AdminReply page(const Call& call);
  AdminReply openapi(const Call& call);
  AdminReply status(const Call& call);
  AdminReply configuration(const Call& call);
  AdminReply list_sessions(const Call& call);
  AdminReply one_session(const Call& call);
  AdminReply verb(const Call& call);
  AdminReply list_cookies(const Call& call);
  AdminReply export_cookies(const Call& call);
  AdminReply clear_cookies(const Call& call);
  AdminReply import_cookies(const Call& call);
  AdminReply list_requests(const Call& call);
  AdminReply one_request(const Call& call);
  AdminReply drain(const Call& call);
  AdminReply open_page(const Call& call);
  AdminReply exchange_token(const Call& call);
  void reload(const std::shared_ptr<AdminReplyTo>& to);

  std::shared_ptr<Session> session_of(const Call& call) const;

  AdminHost& host_;
  std::list<Waiting> waiting_;
};

}  // namespace trunkd

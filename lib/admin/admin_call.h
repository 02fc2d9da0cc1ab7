// One call of the admin interface as its routes see it, and how they answer. For admin_handler
// only.

#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "admin/admin_handler.h"
#include "admin/status_json.h"

namespace trunkd {

AdminReply json_reply(const Json& json, int status = 200);
AdminReply text_reply(int status, std::string text, std::string content_type);
AdminReply no_such(std::string_view what, std::string_view name, std::string_view rest = "");

struct AdminHandler::Call {
  const AdminRequest& request;
  AdminDoor& door;
  std::string_view session;  // of a path with one
  std::string_view last;     // the path's last segment

  // A member of the body; an empty body is an object without members.
  Result<std::optional<std::string>> text(const char* name) const;
  Result<std::optional<uint64_t>> number(const char* name) const;

 private:
  Result<Json> member(const char* name) const;
};

// A request about cookies that are being read from their file.
struct AdminHandler::Waiting {
  AdminRequest request;
  AdminDoor door;  // a copy: its owner may close it meanwhile
  std::shared_ptr<AdminReplyTo> to;
  std::optional<JarWaiter> waiter{};
};

}  // namespace trunkd

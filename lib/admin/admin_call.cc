#include "admin/admin_call.h"

#include <utility>

#include "base/text.h"

namespace trunkd {

AdminReply json_reply(const Json& json, int status) {
  AdminReply reply;
  reply.status = status;
  reply.body = dump(json);
  return reply;
}

AdminReply text_reply(int status, std::string text, std::string content_type) {
  AdminReply reply;
  reply.status = status;
  reply.body = std::move(text);
  reply.content_type = std::move(content_type);
  return reply;
}

AdminReply no_such(std::string_view what, std::string_view name, std::string_view rest) {
  return admin_problem(
      404, "Not found",
      "there is no " + std::string(what) + " \"" + escaped(name) + '"' + std::string(rest));
}

AdminReply admin_problem(int status, std::string_view title, std::string_view detail) {
  AdminReply reply;
  reply.status = status;
  reply.content_type = "application/problem+json";
  reply.body =
      dump({{"type", "about:blank"}, {"title", title}, {"status", status}, {"detail", detail}});
  return reply;
}

Result<Json> AdminHandler::Call::member(const char* name) const {
  if (request.body.find_first_not_of(" \t\r\n") == std::string::npos) return Json(nullptr);
  const Json body = Json::parse(request.body, nullptr, false);
  if (!body.is_object()) return failure(ErrorKind::malformed_request, "the body is no JSON object");
  const auto found = body.find(name);
  return found == body.end() ? Json(nullptr) : *found;
}

Result<std::optional<std::string>> AdminHandler::Call::text(const char* name) const {
  auto found = member(name);
  if (!found) return tl::unexpected(found.error());
  if (found->is_null()) return std::nullopt;
  if (!found->is_string()) {
    return failure(ErrorKind::malformed_request, '"' + std::string(name) + "\" must be a text");
  }
  return found->get<std::string>();
}

Result<std::optional<uint64_t>> AdminHandler::Call::number(const char* name) const {
  auto found = member(name);
  if (!found) return tl::unexpected(found.error());
  if (found->is_null()) return std::nullopt;
  if (!found->is_number_unsigned()) {
    return failure(ErrorKind::malformed_request, '"' + std::string(name) + "\" must be a number");
  }
  return found->get<uint64_t>();
}

}  // namespace trunkd

#include "config/fields.h"

#include <algorithm>

namespace trunkd {
namespace {

constexpr ConfigField<SocketDraft> kSocketFields[] = {
    field_at<SocketDraft, &SocketDraft::address, &ListenAddress::path>(
        {.name = "unix",
         .syntax = Syntax::socket_path,
         .description = "The path of the socket.",
         .required = true}),
    field_at<SocketDraft, &SocketDraft::address, &ListenAddress::mode>(
        {.name = "mode", .syntax = Syntax::file_mode, .description = "The mode of the socket."}),
    field_at<SocketDraft, &SocketDraft::address, &ListenAddress::group>(
        {.name = "group",
         .syntax = Syntax::group_name,
         .description = "The group of the socket; off keeps the daemon's own.",
         .can_be_off = true}),
};

AuthDraft draft_of(const AuthConfig& auth) {
  AuthDraft draft;
  draft.given = auth.kind != AuthConfig::Kind::none;
  draft.hosts = auth.hosts;
  switch (auth.kind) {
    case AuthConfig::Kind::none:
      break;
    case AuthConfig::Kind::bearer:
      draft.bearer = auth.secret;
      break;
    case AuthConfig::Kind::basic:
      draft.user = auth.name;
      draft.password = auth.secret;
      break;
    case AuthConfig::Kind::header:
      draft.header_name = auth.name;
      draft.header_value = auth.secret;
      break;
    case AuthConfig::Kind::query:
      draft.query_name = auth.name;
      draft.query_value = auth.secret;
      break;
  }
  return draft;
}

}  // namespace

TopDraft::TopDraft() {
  config.listen.emplace();
  config.listen->port = 7480;
}

const Place* find_place(const SessionDraft& draft, std::string_view field) {
  for (const Places* places : {&draft.places, &draft.inherited}) {
    const auto found = places->find(field);
    if (found != places->end()) return &found->second;
  }
  return nullptr;
}

bool says(const SessionDraft& draft, std::string_view field) {
  return draft.places.count(field) != 0;
}

bool is_broken(const SessionDraft& draft, std::string_view field) {
  return draft.broken.count(field) != 0 && !says(draft, field);
}

bool is_group_broken(const SessionDraft& draft, std::string_view group) {
  return std::any_of(draft.broken.begin(), draft.broken.end(), [&](std::string_view field) {
    return (field == group || is_in_group(field, group)) && !says(draft, field);
  });
}

FieldTable<SocketDraft> socket_fields() { return kSocketFields; }

SessionDraft draft_of(const SessionConfig& session) {
  SessionDraft draft;
  draft.config = session;
  draft.auth = draft_of(session.auth);
  if (!session.multi_host) draft.base_url = session.origin.text() + session.base_path;
  return draft;
}

}  // namespace trunkd

// The tables of all fields, and what they are read into before a Config is made of it.

#pragma once

#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/field.h"
#include "config/yaml_tree.h"

namespace trunkd {

// Where each field that was read stands, by its name in the table.
using Places = std::map<std::string_view, Place>;
// The fields whose values could not be read; their mistakes are noted already.
using Broken = std::set<std::string_view>;

struct TopDraft {
  Config config;  // its sessions stay empty
  Places places;
  Broken broken;

  TopDraft();  // the defaults
};

// `auth` as it was written; whether it makes sense is seen later.
struct AuthDraft {
  bool given = false;  // there is a mapping
  SecretRef bearer;
  std::string user;
  SecretRef password;
  std::string header_name;
  SecretRef header_value;
  std::string query_name;
  SecretRef query_value;
  std::vector<HostPattern> hosts;
};

struct SessionDraft {
  SessionConfig config;  // multi_host, origin, base_path and auth are not yet made
  std::string base_url;
  std::string endpoint;
  AuthDraft auth;
  Places places;     // what the session itself says
  Places inherited;  // what `defaults` says
  Broken broken;     // of both
};

// Where a session says something itself, else where `defaults` says it for all; null: neither.
const Place* find_place(const SessionDraft& draft, std::string_view field);
// Does the session say it itself?
bool says(const SessionDraft& draft, std::string_view field);
// One that a session inherits does not matter if it has its own.
bool is_broken(const SessionDraft& draft, std::string_view field);
bool is_group_broken(const SessionDraft& draft, std::string_view group);  // any field of it

// {unix: PATH, mode: ..., group: ...}
struct SocketDraft {
  ListenAddress address;
  Places places;
  Broken broken;
};

FieldTable<TopDraft> top_fields();
FieldTable<SessionDraft> session_fields();
FieldTable<SocketDraft> socket_fields();

// Parts of session_fields().
FieldTable<SessionDraft> tls_fields();
FieldTable<SessionDraft> carried_fields();
FieldTable<SessionDraft> conduct_fields();
FieldTable<SessionDraft> address_fields();
FieldTable<SessionDraft> proxy_fields();

// A draft that reads back as `session`: base_url has the endpoint in it.
SessionDraft draft_of(const SessionConfig& session);

// ---

// The field kept in the member of a SessionConfig that is found by following `Path`.
template <auto... Path>
constexpr ConfigField<SessionDraft> session_field(const FieldInfo& info) {
  return field_at<SessionDraft, &SessionDraft::config, Path...>(info);
}

// One that is known and refused.
template <typename Draft>
constexpr ConfigField<Draft> later_field(std::string_view name, int phase) {
  return {{.name = name, .phase = phase}};
}

// As if nothing had been said about the fields in `group`.
template <typename Draft>
void forget_group(Draft& draft, std::string_view group) {
  for (auto it = draft.places.begin(); it != draft.places.end();) {
    it = is_in_group(it->first, group) ? draft.places.erase(it) : std::next(it);
  }
  for (auto it = draft.broken.begin(); it != draft.broken.end();) {
    it = is_in_group(*it, group) ? draft.broken.erase(it) : std::next(it);
  }
}

}  // namespace trunkd

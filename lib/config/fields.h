// The tables of all fields, and what they are read into before a Config is made of it.

#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

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

struct SessionDraft {
  SessionConfig config;  // multi_host, origin and base_path are not yet made
  std::string base_url;
  std::string endpoint;
  Places places;     // what the session itself says
  Places inherited;  // what `defaults` says
  Broken broken;     // of both
};

// {unix: PATH, mode: ..., group: ...}
struct SocketDraft {
  ListenAddress address;
  Places places;
  Broken broken;
};

FieldTable<TopDraft> top_fields();
FieldTable<SessionDraft> session_fields();
FieldTable<SocketDraft> socket_fields();

// A draft that reads back as `session`: base_url has the endpoint in it.
SessionDraft draft_of(const SessionConfig& session);

}  // namespace trunkd

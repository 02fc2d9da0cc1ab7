// What must hold between the fields of one session, and between sessions.

#pragma once

#include <string>
#include <vector>

#include "config/field_reader.h"
#include "config/fields.h"

namespace trunkd {

// A session as it was read, under its name.
struct NamedSession {
  std::string name;
  std::string path;  // "sessions.github"
  Place place;       // of its name
  SessionDraft draft;
};

// Nothing if the name is a good one, else what is wrong with it.
std::string session_name_problem(std::string_view name);

// Makes the SessionConfig, with base_url and endpoint joined and the defaults that depend on other
// fields; notes what contradicts itself.
SessionConfig finish_session(const NamedSession& session, FieldReader& reader);

// Listeners that would take each other's address, that other machines can reach without `expose`,
// or that are not there at all.
void check_listeners(const TopDraft& top, const std::vector<NamedSession>& sessions,
                     FieldReader& reader);

}  // namespace trunkd

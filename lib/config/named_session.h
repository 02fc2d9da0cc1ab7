// A session as it was read, under its name.

#pragma once

#include <string>

#include "config/fields.h"

namespace trunkd {

struct NamedSession {
  std::string name;
  std::string path;  // "sessions.github"
  Place place;       // of its name
  SessionDraft draft;
};

}  // namespace trunkd

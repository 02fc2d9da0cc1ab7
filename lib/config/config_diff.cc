#include "config/config_diff.h"

#include <algorithm>

namespace trunkd {
namespace {

const SessionConfig* find(const Config& config, const std::string& name) {
  const auto found = std::find_if(config.sessions.begin(), config.sessions.end(),
                                  [&](const SessionConfig& one) { return one.name == name; });
  return found == config.sessions.end() ? nullptr : &*found;
}

}  // namespace

ConfigDiff diff_of(const Config& running, const Config& wanted) {
  ConfigDiff diff;
  for (const SessionConfig& session : wanted.sessions) {
    const SessionConfig* before = find(running, session.name);
    if (before == nullptr) {
      diff.added.push_back(session.name);
    } else if (*before != session) {
      diff.changed.push_back(session.name);
    }
  }
  for (const SessionConfig& session : running.sessions) {
    if (find(wanted, session.name) == nullptr) diff.removed.push_back(session.name);
  }
  return diff;
}

std::vector<std::string> fields_for_next_start(const Config& started, const Config& wanted) {
  std::vector<std::string> fields;
  const auto note = [&](bool differs, const char* field) {
    if (differs) fields.emplace_back(field);
  };
  note(started.admin != wanted.admin, "admin");
  note(started.metrics != wanted.metrics, "metrics");
  note(started.log.format != wanted.log.format, "log.format");
  note(started.log.access != wanted.log.access, "log.access");
  return fields;
}

}  // namespace trunkd

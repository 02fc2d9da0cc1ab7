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
  const auto note = [&](bool differs, const char* field) {
    if (differs) diff.for_next_start.emplace_back(field);
  };
  note(running.admin != wanted.admin, "admin");
  note(running.metrics != wanted.metrics, "metrics");
  note(running.log.format != wanted.log.format, "log.format");
  note(running.log.access != wanted.log.access, "log.access");
  return diff;
}

}  // namespace trunkd

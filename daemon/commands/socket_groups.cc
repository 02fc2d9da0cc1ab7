#include "daemon/commands/socket_groups.h"

#include "event/group_id.h"

namespace trunkd {

std::vector<MissingGroup> missing_groups(const Config& config) {
  std::vector<MissingGroup> missing;
  const auto look_at = [&](const std::string& socket, const std::string& group, bool is_needed) {
    if (!group.empty() && !group_id(group)) missing.push_back({socket, group, is_needed});
  };
  // Without one at the default place serve goes on.
  look_at("admin socket", config.admin.group, !config.admin.socket.empty());
  if (const auto& listen = config.metrics.listen) {
    look_at("metrics " + listen->text(), listen->group, true);
  }
  for (const SessionConfig& session : config.sessions) {
    for (const ListenAddress& address : session.listen) {
      look_at(session.name + ' ' + address.text(), address.group, true);
    }
  }
  return missing;
}

}  // namespace trunkd

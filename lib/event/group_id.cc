#include "event/group_id.h"

#include <cerrno>
#include <grp.h>
#include <vector>

namespace trunkd {

std::optional<gid_t> group_id(const std::string& name) {
  std::vector<char> space(4096);
  group entry{};
  group* found = nullptr;
  while (getgrnam_r(name.c_str(), &entry, space.data(), space.size(), &found) == ERANGE) {
    space.resize(space.size() * 2);
  }
  if (found == nullptr) return std::nullopt;
  return found->gr_gid;
}

}  // namespace trunkd

#include "admin/admin_set.h"

#include <algorithm>
#include <utility>

namespace trunkd {

void AdminSet::accept(std::unique_ptr<Transport> transport, AdminDoor& door) {
  const auto of_door =
      std::count_if(connections_.begin(), connections_.end(),
                    [&](const auto& connection) { return &connection->door() == &door; });
  if (static_cast<size_t>(of_door) >= kMost) return scheduler_.dispose(std::move(transport));
  connections_.push_back(std::make_unique<AdminConnection>(
      scheduler_, handler_, door, static_cast<AdminConnectionOwner&>(*this), std::move(transport)));
}

void AdminSet::close_of(const AdminDoor& door) {
  const auto closing =
      std::stable_partition(connections_.begin(), connections_.end(),
                            [&](const auto& connection) { return &connection->door() != &door; });
  for (auto at = closing; at != connections_.end(); ++at) scheduler_.dispose(std::move(*at));
  connections_.erase(closing, connections_.end());
}

void AdminSet::close_all() {
  for (auto& connection : connections_) scheduler_.dispose(std::move(connection));
  connections_.clear();
}

void AdminSet::on_admin_closed(AdminConnection& connection) {
  const auto found = std::find_if(connections_.begin(), connections_.end(),
                                  [&](const auto& one) { return one.get() == &connection; });
  if (found == connections_.end()) return;
  scheduler_.dispose(std::move(*found));
  connections_.erase(found);
}

}  // namespace trunkd

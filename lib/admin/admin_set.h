// AdminSet: the connections to the admin interface, all its listeners together.

#pragma once

#include <memory>
#include <vector>

#include "admin/admin_connection.h"

namespace trunkd {

class AdminSet final : private AdminConnectionOwner {
 public:
  // Both must outlive the set.
  AdminSet(Scheduler& scheduler, AdminHandler& handler)
      : scheduler_(scheduler), handler_(handler) {}

  // `door` must outlive the connection, or close_of() be called before. Beyond kMost connections of
  // one door a new one is closed at once: nobody is shut out by what happens at another door.
  void accept(std::unique_ptr<Transport> transport, AdminDoor& door);
  void close_of(const AdminDoor& door);
  void close_all();
  size_t size() const { return connections_.size(); }

  static constexpr size_t kMost = 128;

 private:
  void on_admin_closed(AdminConnection& connection) override;

  Scheduler& scheduler_;
  AdminHandler& handler_;
  std::vector<std::unique_ptr<AdminConnection>> connections_;
};

}  // namespace trunkd

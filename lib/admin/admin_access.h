// Who may ask what at which listener of the admin interface (product.md, section 6, 5).

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "admin/admin_message.h"
#include "http/message.h"
#include "session/arrival.h"
#include "session/host_guard.h"

namespace trunkd {

struct AdminDoor {
  enum class Kind : uint8_t {
    local,    // the Unix socket: whoever may open it may do everything
    remote,   // TCP by choice: everything with the token
    page,     // TCP of `trunkd ctl page`: reading only, with a token that is exchanged once
    scraper,  // metrics and probes, for anybody who reaches it
  };
  Kind kind = Kind::local;
  Arrival arrival;
  std::string token;     // remote, page: what Authorization must bring
  std::string one_time;  // page: until it was exchanged for the token

  bool is_tcp() const { return !arrival.unix_socket; }
};

// Why this head must not be worked on; none: it may be. `guard` knows the names of this machine.
std::optional<AdminReply> refuse_admin(const AdminDoor& door, const HostGuard& guard,
                                       const RequestHead& head);

// As long as the texts are of one length, in a time that does not depend on where they differ.
bool equal_secrets(std::string_view a, std::string_view b);

}  // namespace trunkd

// What runs, as JSON: the answers of the admin interface.

#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "admin/admin_host.h"
#include "observe/recent_exchanges.h"
#include "session/session.h"

namespace trunkd {

using Json = nlohmann::ordered_json;

Json status_json(const DaemonStatus& status, WallTime now);
Json session_json(const Session& session);                          // for a list
Json session_details_json(const Session& session, SteadyTime now);  // and its connections, origins
Json exchange_json(const RecentExchange& exchange, std::string_view id_prefix);
Json reload_json(const ReloadOutcome& outcome);

// What is no UTF-8 in it is replaced; with a line end.
std::string dump(const Json& json);

}  // namespace trunkd

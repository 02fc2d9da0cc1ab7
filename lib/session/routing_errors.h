// What the router says when it refuses: one sentence on what is wrong, one on what to do.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/config.h"

namespace trunkd {

Error connect_refused();
Error trace_refused(const SessionConfig& session);
Error repeated_field(std::string_view name);

// `way`: how the client named it, e.g. "the header Trunkd-Session".
Error ambiguous_session(std::string_view first_way, std::string_view first_name,
                        std::string_view second_way, std::string_view second_name);
// `absolute_form`: a client that uses trunkd as a proxy gets proxy_session_missing, the others
// unknown_session. `nearest`: names to suggest.
Error unknown_session(std::string_view way, std::string_view name,
                      const std::vector<std::string_view>& nearest, bool absolute_form);
Error listener_removed();
Error no_session_named(const Config& config);
// For an absolute-form target that belongs to none or to several.
Error no_session_for_target(std::string_view authority,
                            const std::vector<std::string_view>& owners);

Error wrong_target(const SessionConfig& session, std::string_view target, bool absolute_form);
Error host_not_allowed(const SessionConfig& session, const Origin& target);
Error no_target(const SessionConfig& session, bool own_listener);
Error malformed_target_field(std::string_view value);
Error ambiguous_target(const Origin& first, const Origin& second);

}  // namespace trunkd

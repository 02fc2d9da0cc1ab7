// Set-Cookie without a jar, as the client may keep it (product.md, section 7, "Without a jar").

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"
#include "http/url.h"
#include "session/router.h"

namespace trunkd {

// None: the cookie is kept back. The parameters are those of rewrite_field() (client_view.h).
std::optional<std::string> rewrite_set_cookie(std::string_view value, const SessionConfig& session,
                                              const ClientView& view, const Url& sent,
                                              bool* dropped_secure);

}  // namespace trunkd

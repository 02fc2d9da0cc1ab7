// Rewrites the URLs of a response's fields into the client's view of its own request (product.md,
// section 3, last paragraphs). Bodies are never rewritten. Pure.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"
#include "http/url.h"
#include "session/credential.h"
#include "session/router.h"

namespace trunkd {

// True for the fields that rewrite_field() changes or drops: Location, Content-Location, Refresh,
// Link, Set-Cookie (section 7, "Without a jar"), Alt-Svc, Strict-Transport-Security, Trunkd-*.
// Cheap: called for every field of every response.
bool is_rewritten(std::string_view name);

// The field's new value; none: the field is dropped. What cannot be parsed stays as it is. `sent`
// is the URL that was sent upstream, without what `credential` (null: the session has none) put
// into its query, which is cut out of every URL. `set_cookie_dropped_secure` (may be null) becomes
// true if a __Host- or __Secure- cookie lost what its name promises, so that the caller can log the
// advice once.
std::optional<std::string> rewrite_field(std::string_view name, std::string_view value,
                                         const SessionConfig& session, const ClientView& view,
                                         const Url& sent, bool* set_cookie_dropped_secure,
                                         const Credential* credential = nullptr);

// How the client would ask for `url` in its view, if it can: a path ("/p", "/s/NAME/p"), or an
// absolute URL in the absolute view. None: only by its own URL.
std::optional<std::string> client_reference(const Url& url, const SessionConfig& session,
                                            const ClientView& view, const Url& sent);

}  // namespace trunkd

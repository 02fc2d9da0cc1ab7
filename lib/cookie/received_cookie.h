// From the parts of a Set-Cookie line to a cookie (RFC 6265bis, 5.7): every rule that needs no look
// into the jar.

#pragma once

#include <optional>

#include "base/clock.h"
#include "cookie/cookie.h"
#include "cookie/public_suffix.h"
#include "cookie/set_cookie.h"
#include "http/url.h"

namespace trunkd {

// None if `url` may not set this cookie. Secure is what https says, also for localhost, which
// browsers trust: the bytes go where the URL says. SameSite withholds nothing, as there is no page
// behind our requests; but "none" without Secure is refused (step 19). A cookie that is to be
// deleted comes out as expired(). `created` is left to the jar.
std::optional<Cookie> receive_cookie(const SetCookie& set, const Url& url, WallTime now,
                                     const PublicSuffixes& suffixes);

// The same for a cookie from a file or an import: none if no Set-Cookie line could have made it.
// Cuts an expiry beyond kMaxCookieAge.
std::optional<Cookie> adopt_cookie(Cookie cookie, WallTime now, const PublicSuffixes& suffixes);

}  // namespace trunkd

// Netscape cookies.txt as trunkd writes it: what curl -b reads at every moment, and in comments
// what only we read.
//
//   .example.com TRUE / FALSE 1798761600 name value    seven fields with tabs between them: domain,
//                                                      TRUE if for the names below it too, path,
//                                                      secure, expiry in seconds, name, value
//   #HttpOnly_.example.com TRUE ...                    the same, HttpOnly
//   expiry 0: a session cookie; 1: this cookie is gone. Of two lines for one cookie the later
//   counts, so a change is a line at the end.
//
//   #trunkd created=1767225600.250000 samesite=lax     about the cookie on the next line
//   #trunkd line DOMAIN TRUE ...                       a line that the format cannot say (no name,
//                                                      or a tab in it), its fields %-encoded
//   #trunkd others                                     the next line is for other readers: we know
//                                                      better from the one before

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cookie/cookie.h"

namespace trunkd {

// What a #trunkd comment begins with, and its three kinds.
constexpr std::string_view kTrunkdComment = "#trunkd ";
constexpr std::string_view kEncodedLine = "line ";
constexpr std::string_view kOthersOnly = "others";
constexpr std::string_view kCreated = "created=";
constexpr std::string_view kSameSite = "samesite=";
constexpr std::string_view kHttpOnlyPrefix = "#HttpOnly_";

// A whole file: header and cookies, in their order.
std::string cookies_txt(const std::vector<Cookie>& cookies);

// The lines that say `change` at the end of a file that may have said otherwise before.
void append_cookie_change(std::string& file, const CookieChange& change);

}  // namespace trunkd

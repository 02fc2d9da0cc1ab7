// The URL of a curl command, which is laxer than that of a session.

#pragma once

#include <string>
#include <string_view>

#include "base/origin.h"
#include "config/parsed.h"

namespace trunkd {

struct CurlUrl {
  Origin origin;
  bool guessed_scheme = false;  // none was written: http, as curl does
  std::string login;            // "USER:PASSWORD", decoded; empty: none
  std::string path;             // as written, "/" if there is none; with variables
  std::string query;            // likewise, without "?"
  bool has_query = false;
};

// No error quotes it.
Parsed<CurlUrl> read_curl_url(std::string_view text);

}  // namespace trunkd

// The options of curl: which there are, which take a value, and what becomes of each.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/parsed.h"

namespace trunkd {

enum class CurlUse : uint8_t {
  // of the session
  url,
  header,
  user_agent,
  referer,
  user,    // -u
  bearer,  // --oauth2-bearer
  cookie,
  cookie_jar,
  proxy,
  socks_proxy,  // its value has no scheme
  proxy_user,
  no_proxy,
  connect_timeout,
  max_time,
  retry,
  retry_delay,
  location,
  max_redirs,
  ca_file,
  cert,
  key,
  tls13,
  resolve,
  // of the request: they stay with the client
  get,    // -G: data become the query
  data,   // a body, or "@FILE"
  text,   // a body in any case
  query,  // --url-query
  method,
  own,  // about the client and what it does with the answer; its value is no secret
  // neither
  usual,        // what trunkd does anyway
  insecure,     // -k
  other_login,  // --digest and its like: -u means something else then
  next,         // -:
  config_file,  // -K
  none,         // trunkd has nothing for it
};

struct CurlOption {
  std::string_view name;  // without its dashes
  char letter;            // '\0': none
  bool takes_value;
  CurlUse use;
};

// One option as it was given.
struct GivenOption {
  const CurlOption* option;
  std::string written;  // "-H", "--header"
  std::string value;
};

struct CurlCommand {
  std::vector<GivenOption> options;
  std::vector<std::string> urls;     // also those of --url
  std::vector<std::string> unknown;  // as they were written, without a value
  bool more = false;                 // there was a --next, behind which nothing was read
};

// `words` begin with "curl" or a path to it; a prompt, variables and sudo before it are passed
// over. An option that is not known is taken to have the next word as its value unless that is an
// option or a URL, or it has one itself, as "--name=value". No error quotes a value.
Parsed<CurlCommand> read_curl_command(const std::vector<std::string>& words);

}  // namespace trunkd

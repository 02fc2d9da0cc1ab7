// Redirects that a session follows itself (RFC 9110, 15.4). Pure.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "http/message.h"
#include "http/url.h"

namespace trunkd {

// The request that an answer was given to, as far as following it matters.
struct Station {
  std::string_view method;
  const Url& url;         // that was sent
  bool has_body = false;  // and the request has one
  bool body_held = true;  // which can be sent again from its beginning
};

// The request that a redirect leads to.
struct Hop {
  std::string method;
  Url url;
  bool keeps_body = false;
};

// A redirect, and the session follows those: next_hop() can find something.
bool may_be_followed(const SessionConfig& session, const ResponseHead& answer);

// None: the answer is the client's: no redirect, one that the session does not follow, one to a
// place that a single-host session does not reach (the client may; auth.hosts are reached), or one
// that asks for a body that is gone. Error: target_not_allowed, outside allow_hosts of a multi-host
// session.
//
// 303 makes a GET of everything but HEAD, 301 and 302 of POST only (RFC 9110, 15.4.2 to 15.4.4);
// 307 and 308 change nothing.
Result<std::optional<Hop>> next_hop(const SessionConfig& session, const Station& from,
                                    const ResponseHead& answer);

// Where a request has been led so far.
class RedirectTrail {
 public:
  RedirectTrail(std::string_view method, const Url& url) { remember(method, url); }

  // Error: redirect_loop, if the hop leads back to where the request has been, or is one more than
  // redirects.follow.
  Result<bool> follow(const Hop& hop, const SessionConfig& session);

  // A cookie has changed: the same place may answer differently now, as after a login.
  void forget_places() { visited_.clear(); }
  // Once away from the first origin, a request stays without the client's credentials, also if it
  // is led back: who sent it there may not use them.
  bool crossed_origin() const { return crossed_origin_; }
  size_t hops() const { return hops_; }

 private:
  void remember(std::string_view method, const Url& url);

  std::vector<std::string> visited_;
  Origin first_;
  size_t hops_ = 0;
  bool crossed_origin_ = false;
};

}  // namespace trunkd

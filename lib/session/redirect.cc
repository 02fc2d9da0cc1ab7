#include "session/redirect.h"

#include <algorithm>
#include <utility>

#include "session/credential.h"
#include "session/routing_errors.h"
#include "session/session_index.h"

namespace trunkd {
namespace {

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// GET and HEAD stay what they are; what else becomes a GET without a body.
bool becomes_get(int status, std::string_view method) {
  if (status == 303) return method != "GET" && method != "HEAD";
  return (status == 301 || status == 302) && method == "POST";
}

}  // namespace

bool may_be_followed(const SessionConfig& session, const ResponseHead& answer) {
  return session.follow_redirects > 0 && is_redirect(answer.status);
}

Result<std::optional<Hop>> next_hop(const SessionConfig& session, const Station& from,
                                    const ResponseHead& answer) {
  if (!may_be_followed(session, answer)) return std::nullopt;
  const auto location = answer.headers.get("Location");
  if (!location || answer.headers.count("Location") != 1) return std::nullopt;
  const auto target = resolve_reference(from.url, *location);
  if (!target) return std::nullopt;

  Hop hop;
  const bool to_get = becomes_get(answer.status, from.method);
  hop.method = to_get ? "GET" : std::string(from.method);
  hop.keeps_body = from.has_body && !to_get;
  if (hop.keeps_body && !from.body_held) return std::nullopt;
  hop.url = target->url;
  if (reaches(session, hop.url.origin)) {
    // http for an origin that the session reaches by https goes out by https, as everywhere: an
    // origin behind a TLS terminator often does not know its own scheme.
    if (!session.multi_host) hop.url.origin = session.origin;
    return hop;
  }
  if (session.multi_host) return tl::unexpected(host_not_allowed(session, hop.url.origin));
  if (trusts(session, hop.url.origin)) return hop;  // auth.hosts names it
  return std::nullopt;
}

Result<bool> RedirectTrail::follow(const Hop& hop, const SessionConfig& session) {
  if (++hops_ > session.follow_redirects) {
    return failure(ErrorKind::redirect_loop,
                   "more than " + std::to_string(session.follow_redirects) +
                       " redirects; the last one led to " + hop.url.origin.text());
  }
  const std::string place = hop.method + ' ' + hop.url.text();
  if (std::find(visited_.begin(), visited_.end(), place) != visited_.end()) {
    return failure(ErrorKind::redirect_loop,
                   "redirect " + std::to_string(hops_) + " leads back to a URL of " +
                       hop.url.origin.text() + " where the request has been before");
  }
  if (hop.url.origin != first_) crossed_origin_ = true;
  remember(hop.method, hop.url);
  return true;
}

void RedirectTrail::remember(std::string_view method, const Url& url) {
  if (hops_ == 0) first_ = url.origin;
  visited_.push_back(std::string(method) + ' ' + url.text());
}

}  // namespace trunkd

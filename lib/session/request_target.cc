#include "session/request_target.h"

#include <algorithm>

#include "base/text.h"

namespace trunkd {
namespace {

// The end of a path segment that starts at `from`.
size_t segment_end(std::string_view path, size_t from) {
  return std::min(path.find_first_of("/?", from), path.size());
}

Result<RequestTarget> parse_absolute_form(const RequestHead& request) {
  auto url = parse_url(request.target);
  if (!url) return tl::unexpected(url.error());
  RequestTarget target;
  target.form = RequestTarget::Form::absolute;
  const std::string_view text = request.target;
  const size_t authority = text.find("://") + 3;
  const size_t path = segment_end(text, authority);
  target.authority = text.substr(authority, path - authority);
  target.path = text.substr(path);
  // RFC 9112, 3.2.4: the last proxy turns OPTIONS for a URL without path and query into "*".
  if (target.path.empty() && request.method == "OPTIONS") target.path = "*";
  target.url = std::move(*url);
  return target;
}

}  // namespace

Result<RequestTarget> parse_request_target(const RequestHead& request,
                                           std::optional<std::string_view> host) {
  RequestTarget target;
  target.authority = host.value_or(std::string_view());
  target.path = request.target;
  if (request.target.starts_with('/')) {
    // A fragment stays with the client (RFC 9112, 3.2.1); some origins would cut it off, others
    // not.
    if (target.path.find('#') == target.path.npos) return target;
    return failure(ErrorKind::malformed_request, "the request target has a fragment");
  }
  if (request.target == "*") {
    target.form = RequestTarget::Form::asterisk;
    if (request.method == "OPTIONS") return target;
    return failure(ErrorKind::malformed_request, "the request target * is for OPTIONS only");
  }
  return parse_absolute_form(request);
}

std::string join_target(std::string_view base_path, std::string_view request_target) {
  const size_t question = std::min(request_target.find('?'), request_target.size());
  const std::string_view path = request_target.substr(0, question);
  const bool appends = !path.empty() && path != "/";
  if (appends && base_path.ends_with('/')) base_path.remove_suffix(1);
  if (!appends && base_path.empty()) base_path = "/";
  std::string joined;
  joined.reserve(base_path.size() + request_target.size());
  joined.append(base_path);
  joined.append(appends ? request_target : request_target.substr(question));
  return joined;
}

std::optional<PathPrefix> session_prefix(std::string_view path) {
  if (!path.starts_with("/s/")) return std::nullopt;
  const size_t end = segment_end(path, 3);
  if (end == 3) return std::nullopt;
  return PathPrefix{path.substr(0, end), path.substr(3, end - 3), path.substr(end)};
}

std::optional<PathTarget> path_target(std::string_view path) {
  const size_t scheme_end = segment_end(path, 1);
  const std::string_view scheme = path.substr(0, scheme_end);
  if (scheme != "/http" && scheme != "/https") return std::nullopt;
  if (scheme_end == path.size() || path[scheme_end] != '/') return std::nullopt;
  const size_t authority_end = segment_end(path, scheme_end + 1);
  return PathTarget{scheme.substr(1), path.substr(scheme_end + 1, authority_end - scheme_end - 1),
                    path.substr(authority_end)};
}

}  // namespace trunkd

#include "http/url.h"

#include <algorithm>

#include "base/text.h"
#include "http/characters.h"

namespace trunkd {
namespace {

// Quotes neither user information nor the query: both may hold secrets.
tl::unexpected<Error> bad_url(std::string_view text, std::string_view why) {
  text = text.substr(0, text.find('?'));
  const size_t at = text.rfind('@');
  const std::string quoted = at == text.npos ? escaped(text) : "..." + escaped(text.substr(at));
  return failure(ErrorKind::malformed_request,
                 '"' + quoted + "\" is not an http or https URL: " + std::string(why));
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  Url url;
  std::string_view rest = text;
  if (istarts_with(text, "http://")) {
    rest.remove_prefix(7);
  } else if (istarts_with(text, "https://")) {
    url.origin.scheme = Scheme::https;
    rest.remove_prefix(8);
  } else {
    return bad_url(text, "it starts with neither http:// nor https://");
  }

  const size_t authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string_view authority_text = rest.substr(0, authority_end);
  rest.remove_prefix(authority_end);
  if (authority_text.find('@') != authority_text.npos) {
    return bad_url(authority_text, "it has user information");
  }
  if (rest.find('#') != rest.npos) return bad_url(text, "it has a fragment");
  if (!std::all_of(rest.begin(), rest.end(), is_visible_char)) {
    return bad_url(text, "white space, control or non-ASCII bytes must be percent-encoded");
  }

  auto authority = parse_authority(authority_text);
  if (!authority) return tl::unexpected(authority.error());
  url.origin.host = std::move(authority->host);
  url.origin.port = authority->port.value_or(default_port(url.origin.scheme));

  const size_t question = rest.find('?');
  url.path = rest.substr(0, question);
  if (url.path.empty()) url.path = "/";
  url.has_query = question != rest.npos;
  if (url.has_query) url.query = rest.substr(question + 1);
  return url;
}

}  // namespace trunkd

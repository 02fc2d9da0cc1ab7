// The parameters of a URL's query, as forms write them: "a=1&b=two". A query is never written anew:
// what is not taken out stays byte for byte.

#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace trunkd {

// All but letters, digits and "-._~" as %XX (RFC 3986, 2.3), a space too.
void append_percent_encoded(std::string& out, std::string_view text);

// `written` (percent-encoded, "+" for a space) means `plain`.
bool means(std::string_view written, std::string_view plain);

struct QueryParameter {
  std::string_view name;
  std::string_view value;  // empty without "="; both as written
};

// Calls `use` with each parameter and the piece of text between the "&" that it is. `query` is
// without "?".
template <typename Use>
void for_each_parameter(std::string_view query, Use use) {
  for (size_t start = 0; start < query.size();) {
    const size_t end = std::min(query.find('&', start), query.size());
    const std::string_view piece = query.substr(start, end - start);
    const size_t equals = std::min(piece.find('='), piece.size());
    use(QueryParameter{piece.substr(0, equals), piece.substr(std::min(equals + 1, piece.size()))},
        piece);
    start = end + 1;
  }
}

bool has_parameter(std::string_view query, std::string_view plain_name);

// The query without the parameters that `matches`; the same text if there are none.
template <typename Matches>
std::string without_parameters(std::string_view query, Matches matches) {
  std::string kept;
  bool cut = false, first = true;
  for_each_parameter(query, [&](const QueryParameter& parameter, std::string_view piece) {
    if (matches(parameter)) {
      cut = true;
      return;
    }
    if (!first) kept += '&';
    first = false;
    kept += piece;
  });
  return cut ? kept : std::string(query);
}

}  // namespace trunkd

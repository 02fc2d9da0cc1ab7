#include "session/url_rule.h"

#include "http/query.h"

namespace trunkd {
namespace {

// What comes before another parameter behind `target`: "?" begins a query, a "?" or "&" at the end
// is made use of.
void append_separator(std::string& target) {
  const size_t question = target.find('?');
  if (question == target.npos) {
    target += '?';
  } else if (question + 1 != target.size() && !target.ends_with('&')) {
    target += '&';
  }
}

}  // namespace

void add_params(std::string& target, const std::vector<NameValue>& params) {
  if (params.empty() || target == "*") return;
  const size_t size = target.size(), question = target.find('?');
  const size_t query = question == target.npos ? size : question + 1;
  for (const NameValue& param : params) {
    // Only what the client wrote is looked at: a name may stand in `params` several times.
    if (has_parameter(std::string_view(target).substr(query, size - query), param.name)) continue;
    append_separator(target);
    append_percent_encoded(target, param.name);
    target += '=';
    append_percent_encoded(target, param.value);
  }
}

std::string with_parameter(std::string_view target, std::string_view name, std::string_view value) {
  const size_t question = target.find('?');
  std::string out(target.substr(0, question));
  if (question != target.npos) {
    const std::string_view query = target.substr(question + 1);
    out += '?';
    out += without_parameters(
        query, [&](const QueryParameter& parameter) { return means(parameter.name, name); });
  }
  append_separator(out);
  append_percent_encoded(out, name);
  return out.append("=").append(value);
}

}  // namespace trunkd

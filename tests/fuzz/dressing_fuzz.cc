// What a session puts on a request: whatever the client wrote, its own part stays, the session's
// parameter stands there exactly once, and no head gets a line that nobody wrote.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/base64.h"
#include "http/query.h"
#include "session/cookie_field.h"
#include "session/dresser.h"
#include "session/url_rule.h"

namespace trunkd {
namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

std::string_view query_of(std::string_view target) {
  const size_t question = target.find('?');
  return question == target.npos ? std::string_view() : target.substr(question + 1);
}

size_t count_of(std::string_view query, std::string_view name) {
  size_t count = 0;
  for_each_parameter(query, [&](const QueryParameter& parameter, std::string_view) {
    if (means(parameter.name, name)) ++count;
  });
  return count;
}

void check_query(const std::string& target, const std::string& name) {
  std::string encoded;
  append_percent_encoded(encoded, name);
  check(means(encoded, name));

  std::string added = target;
  add_params(added, {{name, "v"}});
  check(added.starts_with(target));
  if (target != "*") check(has_parameter(query_of(added), name));
  std::string again = added;
  add_params(again, {{name, "v"}});
  check(again == added);

  const std::string with = with_parameter(target, name, "v");
  check(count_of(query_of(with), name) == 1);
  check(with.ends_with(encoded + "=v"));
  if (count_of(query_of(target), name) == 0) check(with.starts_with(target));
}

void check_cookies(const std::string& own, const std::string& jar) {
  const std::string merged = merged_cookies(own, jar);
  check(merged_cookies(merged, jar) == merged);
}

void check_base64(const std::string& bytes) {
  std::string text;
  append_base64(text, bytes);
  check(decode_base64(text) == bytes);
  (void)decode_base64(bytes);
}

// `text` as a parser lets fields through.
std::string field_text(std::string_view text) {
  std::string out(text);
  std::erase_if(out, [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; });
  return out;
}

void check_head(const std::string& name, const std::string& value, const std::string& secret) {
  SessionConfig session;
  session.origin = {Scheme::https, "o.example", 443};
  session.headers = {{"Accept", "a"}, {"Cookie", "c=1"}};
  session.set_headers = {{"X-Set", "s"}};
  session.remove_headers = {"X-Gone"};
  session.auth = {AuthConfig::Kind::bearer, "", {}, {}};
  const Credential credential(session,
                              std::make_unique<FixedSecret>(secret_value(secret, "file:/fuzz")));
  RequestHead head;
  head.method = "GET";
  head.headers.add(name, value);
  head.headers.add("Cookie", value);
  Outgoing outgoing{head, head.method, session.origin, "/", {}};
  outgoing.jar_cookies = "j=1; c=2";
  std::string out;
  if (!append_upstream_head(out, outgoing, session, &credential)) return;
  check(out.ends_with("\r\n\r\n") && out.find("\r\n\r\n") == out.size() - 4);
  check(std::count(out.begin(), out.end(), '\n') <= 9);
}

}  // namespace
}  // namespace trunkd

// Two texts, each on its line; the second goes to the end.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace trunkd;
  const std::string input(reinterpret_cast<const char*>(data), size);
  const size_t end = std::min(input.find('\n'), input.size());
  const std::string first = input.substr(0, end);
  const std::string second = end < input.size() ? input.substr(end + 1) : std::string();
  check_query("/" + first, second);
  check_cookies(first, second);
  check_base64(second);
  check_head(field_text(first), field_text(second), second);
  return 0;
}

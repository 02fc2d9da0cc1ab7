// The part of SessionImport about what is sent: header fields, credentials, the URL, bodies and
// cookies.

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "config/request_syntax.h"
#include "daemon/commands/import/curl_fields.h"
#include "daemon/commands/import/secret_names.h"
#include "daemon/commands/import/session_import.h"
#include "daemon/commands/import/shell_words.h"
#include "daemon/commands/quoting.h"
#include "http/characters.h"
#include "http/fields.h"
#include "http/query.h"

namespace trunkd {
namespace {

constexpr std::string_view kOneCredential =
    "a session shows who it is in one way; the client sends this one itself";
constexpr std::string_view kPassing =
    "is of one login or one request, so the client sends it itself";

// "@FILE", "name=@FILE", "name@FILE": what is sent stands elsewhere.
bool names_a_file(const GivenOption& given) {
  const std::string_view name = given.option->name, value = given.value;
  if (name == "upload-file") return true;
  if (given.option->use == CurlUse::text) return false;
  if (name == "data-urlencode") {
    const size_t at = value.find('@');
    return at != std::string_view::npos && at < value.find('=');
  }
  if (name == "form") {
    const size_t equals = value.find('=');
    return equals != std::string_view::npos && equals + 1 < value.size() &&
           (value[equals + 1] == '@' || value[equals + 1] == '<') &&
           value.find(';') == std::string_view::npos;
  }
  return value.starts_with('@');
}

// Of a Referer or an Origin: without login and query, without a path that has a secret in it.
std::string without_secrets(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const size_t scheme = url.find("://");
  const size_t begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  const size_t end = std::min(url.find('/', begin), url.size());
  std::string_view authority = url.substr(begin, end - begin);
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    authority.remove_prefix(at + 1);
  }
  std::string used(url.substr(0, begin));
  used += authority;
  const std::string_view path = url.substr(end);
  used += looks_like_secret(path) ? path.substr(0, 1) : path;
  return used;
}

}  // namespace

// --- header fields

void SessionImport::take_field(const GivenOption& given) {
  const std::string& text = given.value;
  if (text.starts_with('@')) {
    return leave_out(given.written + " @FILE", "what stands in that file is not looked at");
  }
  const size_t colon = text.find(':');
  const bool is_empty_one = colon == std::string::npos && text.ends_with(';');
  const std::string name(trim(text.substr(0, is_empty_one ? text.size() - 1 : colon)));
  if (!is_token(name) || (colon == std::string::npos && !is_empty_one)) {
    return leave_out(given, "one of them is no header field");
  }
  const std::string value(is_empty_one ? "" : trim(std::string_view(text).substr(colon + 1)));
  if (!value.empty()) return take_field_of_name(name, value);
  keep(given.written);  // "Accept:" takes away one of curl's own
  keep(name + (is_empty_one ? ";" : ":"));
}

void SessionImport::take_field_of_name(const std::string& name, const std::string& value) {
  using Kind = FoundCredential::Kind;
  const FoundCredential as_credential{Kind::header, name, value, name,
                                      "all that stood behind \"" + name + ": \""};
  switch (fate_of_field(name, value)) {
    case FieldFate::session:
      return take_session_field(name, value, false);
    case FieldFate::session_always:
      return take_session_field(name, value, true);
    case FieldFate::request:
      return take_request_field(name, value);
    case FieldFate::authorization:
      if (auto found = credential_of_authorization(value)) strong_.push_back(std::move(*found));
      return;
    case FieldFate::credential:
      fields_.push_back(as_credential);
      return;
    case FieldFate::maybe_credential:
      doubtful_.push_back(as_credential);
      return;
    case FieldFate::passing_secret:
      keep("-H");
      keep(name + ": " + stand_in(value, name));
      return leave_out(name, std::string(kPassing));
    case FieldFate::cookies:
      cookies_ = true;
      return leave_out(name, "the session keeps cookies of its own");
    case FieldFate::host: {
      const bool same = iequals(value, url_.origin.authority());
      if (!same) leave_out(name, "the Host of base_url is sent");
      return;
    }
    case FieldFate::own:
      return leave_out(name, "trunkd makes it for each connection, or keeps it to itself");
    case FieldFate::coding:
      return leave_out(name, "each client says what it can decode, as curl does by --compressed");
    case FieldFate::browser:
      return leave_out(name, "tells of a web page in a browser");
  }
}

void SessionImport::take_session_field(const std::string& name, const std::string& value,
                                       bool always) {
  const bool is_address = iequals(name, "Referer") || iequals(name, "Origin");
  std::string used = is_address ? without_secrets(value) : value;
  if (used.size() != value.size()) {
    leave_out(name, "what may be a secret is cut out: a login, the query, a path with a token");
    if (used.empty()) return;
  }
  if (has_variable(used)) {
    leave_out(name, "has a variable of the shell in it; write its value under headers");
    return take_request_field(name, used);
  }
  const auto name_is_good = parse_field_name(name);
  const auto value_is_good = parse_field_value(used);
  if (!name_is_good || !value_is_good || !is_printable_ascii(used)) {
    return leave_out(name, !value_is_good ? value_is_good.error()
                                          : "has characters that no field of a session can have");
  }
  std::vector<NameValue>& fields = always ? set_headers_ : headers_;
  const auto known = std::find_if(fields.begin(), fields.end(),
                                  [&](const NameValue& one) { return iequals(one.name, name); });
  if (known == fields.end()) {
    fields.push_back({name, std::move(used)});
  } else {
    known->value += ", " + used;  // RFC 9110, 5.3
  }
}

void SessionImport::take_request_field(const std::string& name, const std::string& value) {
  keep("-H");
  keep(name + ": " + value);
}

void SessionImport::add_header_fields() {
  const auto lines = [](const std::string& group, const std::vector<NameValue>& fields) {
    std::vector<std::string> made{group + ':'};
    for (const NameValue& field : fields) {
      made.push_back("  " + yaml_quoted(field.name) + ": " + yaml_quoted(field.value));
    }
    return made;
  };
  if (!headers_.empty()) add("headers", lines("headers", headers_));
  if (set_headers_.empty()) return;
  std::vector<std::string> made = lines("set_headers", set_headers_);
  made.front() += "  # clients send their own, which would win over headers";
  add("set_headers", std::move(made));
}

// --- credentials

void SessionImport::take_login() {
  if (login_.empty() && !url_.login.empty()) {
    login_ = url_.login;
    // Here curl does not ask for a password, so a name alone is all that the host gets.
    if (login_.find(':') == std::string::npos) login_ += ':';
    login_source_ = "the name and password in the URL";
  }
  if (login_.empty()) return;
  if (other_login_) return leave_out(login_source_, "belongs to a login that trunkd does not have");
  strong_.push_back(credential_of_login(login_, login_source_));
}

// The first of all, those that are surest to be one before the others; of the rest the client sends
// what it sent before.
void SessionImport::choose_credential() {
  using Kind = FoundCredential::Kind;
  std::vector<FoundCredential> all;
  for (auto* some : {&strong_, &fields_, &parameters_, &doubtful_}) {
    std::move(some->begin(), some->end(), std::back_inserter(all));
  }
  if (all.empty()) return;
  const FoundCredential& chosen = all.front();
  std::string reference = place_.secret;
  if (reference.empty()) reference = secret_reference(chosen.value, secret_suffix(chosen));
  add("auth", auth_lines(chosen, reference));
  made_.secrets.push_back({"auth", chosen.what, std::move(reference)});
  for (size_t i = 1; i < all.size(); ++i) {
    const FoundCredential& other = all[i];
    const bool is_strong = i < strong_.size();
    leave_out(other.source,
              is_strong ? "another credential counts before it" : std::string(kOneCredential));
    if (is_strong) continue;
    const std::string value = stand_in(other.value, other.name);
    if (other.kind == Kind::header) {
      take_request_field(other.name, value);
    } else {
      url_.query += (url_.query.empty() ? "" : "&") + other.name + '=' + value;
      url_.has_query = true;
    }
  }
}

// --- the URL and the body

std::optional<std::string> SessionImport::take_parameter(std::string_view piece) {
  const size_t equals = piece.find('=');
  if (equals == std::string_view::npos) {
    return looks_like_secret(piece) ? stand_in(piece, "PARAMETER") : std::string(piece);
  }
  const std::string name(piece.substr(0, equals));
  if (looks_like_secret(name)) {
    leave_out("a parameter", std::string(kPassing));
    return stand_in(piece, "PARAMETER");
  }
  const std::string_view value = piece.substr(equals + 1);
  NameKind kind = kind_of_name(name);
  if (kind == NameKind::plain && looks_like_secret(value)) kind = NameKind::passing;
  if (kind == NameKind::plain || value.empty()) return std::string(piece);
  const bool has_plain_name = std::all_of(
      name.begin(), name.end(), [](char c) { return is_token_char(c) && c != '%' && c != '+'; });
  if (kind == NameKind::credential && has_plain_name && !name.empty()) {
    parameters_.push_back({FoundCredential::Kind::query, name, std::string(value), name,
                           "the value of the parameter, as it is without percent-encoding"});
    return std::nullopt;
  }
  leave_out(has_plain_name ? name : "a parameter", std::string(kPassing));
  return name + '=' + stand_in(value, has_plain_name ? name : "PARAMETER");
}

void SessionImport::take_query() {
  std::string kept;
  for_each_parameter(url_.query, [&](const QueryParameter&, std::string_view piece) {
    if (auto parameter = take_parameter(piece)) kept += (kept.empty() ? "" : "&") + *parameter;
  });
  url_.has_query = url_.has_query && !kept.empty();
  url_.query = std::move(kept);
}

void SessionImport::take_path() {
  std::string path;
  std::string_view rest = url_.path;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('/', 1), rest.size());
    const std::string_view part = rest.substr(1, end - 1);
    // "https://ann:sesame@a.example" is cut here, too.
    const bool may_be_login = path.ends_with(":/") && part.find('@') != std::string_view::npos;
    const std::string_view up_to_it(url_.path.data(), url_.path.size() - rest.size() + end);
    const bool is_known_token = !part.empty() && ends_in_token(up_to_it);
    const bool secret = may_be_login || is_known_token || looks_like_secret(part);
    path += '/' + (secret ? stand_in(part, "PATH") : std::string(part));
    if (secret) leave_out("a part of the path", "looks like a secret, so it stands as a variable");
    rest.remove_prefix(end);
  }
  url_.path = std::move(path);
}

// Whatever is sent may have secrets in it.
void SessionImport::take_data(const GivenOption& given) {
  const bool has_parameters = given.option->name == "data" || given.option->name == "data-ascii" ||
                              given.option->name == "data-raw" ||
                              given.option->name == "data-binary";
  // A form or JSON has names, too, but they are not looked at.
  const bool may_be_query = has_parameters || given.option->name == "data-urlencode";
  const bool in_query = given.option->use == CurlUse::query || (data_in_query_ && may_be_query);
  if (names_a_file(given)) return keep(given);
  if (!in_query) {
    keep(given.written);
    keep(stand_in(given.value, "BODY"));
    const bool is_told = std::any_of(made_.left_out.begin(), made_.left_out.end(),
                                     [&](const auto& one) { return one.what == given.written; });
    if (!is_told) leave_out(given, "a body is of each request; a variable stands for it");
    return;
  }
  std::string kept;
  const auto take = [&](std::string_view piece) {
    if (auto parameter = take_parameter(piece)) kept += (kept.empty() ? "" : "&") + *parameter;
  };
  if (has_parameters) {
    for_each_parameter(given.value,
                       [&](const QueryParameter&, std::string_view piece) { take(piece); });
  } else {
    take(given.value);
  }
  if (kept.empty()) return;
  keep(given.written);
  keep(std::move(kept));
}

// --- cookies

void SessionImport::take_cookies(const GivenOption& given) {
  cookies_ = true;
  const bool is_file = given.option->use == CurlUse::cookie && !given.value.empty() &&
                       given.value.find('=') == std::string::npos && !has_variable(given.value);
  if (is_file) {
    return leave_out(given,
                     "the session keeps cookies of its own; those of the file can be taken "
                     "over by trunkd cookies import");
  }
  leave_out(given, "the session keeps cookies of its own");
}

}  // namespace trunkd

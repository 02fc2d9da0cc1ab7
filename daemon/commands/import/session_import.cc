// The part of SessionImport that reads the options, and puts all of it together.

#include "daemon/commands/import/session_import.h"

#include <algorithm>

#include "base/text.h"
#include "daemon/commands/import/shell_words.h"
#include "daemon/commands/quoting.h"
#include "http/fields.h"

namespace trunkd {
namespace {

std::string variable(std::string_view name) {
  std::string word(1, kVariableBegin);
  word += name;
  return word + kVariableEnd;
}

// UTF-8 without control bytes, but for the marks of variables.
bool is_shown_as_it_is(std::string_view word) {
  while (!word.empty()) {
    const size_t length = utf8_length(word);
    const char c = word.front();
    const bool is_mark = c == kVariableBegin || c == kVariableEnd;
    if (length == 0 || (length == 1 && c < ' ' && !is_mark) || c == 0x7f) return false;
    word.remove_prefix(length);
  }
  return true;
}

}  // namespace

void SessionImport::keep(const GivenOption& given) {
  keep(given.written);
  if (given.option->takes_value) keep(given.value);
}

void SessionImport::leave_out(std::string what, std::string why) {
  made_.left_out.push_back({std::move(what), std::move(why)});
}

// One variable stands for one value only: a second one of its name gets a number.
std::string SessionImport::stand_in(std::string_view value, std::string_view name) {
  if (!variable_of(value).empty()) return std::string(value);
  const std::string first = variable_named_after(name);
  std::string made = first;
  for (size_t number = 2; true; ++number) {
    const auto known = std::find_if(stand_ins_.begin(), stand_ins_.end(),
                                    [&made](const NameValue& one) { return one.name == made; });
    if (known == stand_ins_.end()) break;
    if (known->value == value) return variable(made);
    made = first + '_' + std::to_string(number);
  }
  stand_ins_.push_back({made, std::string(value)});
  return variable(made);
}

void SessionImport::read_options() {
  for (const GivenOption& given : command_.options) {
    if (given.option->use == CurlUse::get) data_in_query_ = true;
    if (given.option->use == CurlUse::other_login) other_login_ = true;
  }
  for (const GivenOption& given : command_.options) read_option(given);
}

void SessionImport::read_option(const GivenOption& given) {
  switch (given.option->use) {
    case CurlUse::header:
      return take_field(given);
    case CurlUse::user_agent:
      return take_field_of_name("User-Agent", given.value);
    case CurlUse::referer:
      return take_field_of_name("Referer", given.value.substr(0, given.value.find(";auto")));
    case CurlUse::user:
      login_ = given.value;
      login_source_ = given.written;
      return;
    case CurlUse::bearer:
      strong_.push_back(
          {FoundCredential::Kind::bearer, "", given.value, given.written, "the token alone"});
      return;
    case CurlUse::cookie:
    case CurlUse::cookie_jar:
      return take_cookies(given);
    case CurlUse::proxy:
    case CurlUse::socks_proxy:
      return take_proxy(given);
    case CurlUse::proxy_user:
      proxy_login_ = given.value;
      return;
    case CurlUse::no_proxy:
      no_proxy_ = given.value;
      return;
    case CurlUse::connect_timeout:
    case CurlUse::max_time:
      return take_timeout(given);
    case CurlUse::retry:
    case CurlUse::retry_delay:
    case CurlUse::max_redirs:
      return take_retry(given);
    case CurlUse::location:
      follows_ = true;
      if (given.option->name != "location-trusted") return;
      return leave_out(given,
                       "is -L here: a credential goes to other hosts only if auth.hosts "
                       "names them");
    case CurlUse::ca_file:
    case CurlUse::cert:
    case CurlUse::key:
      return take_file(given);
    case CurlUse::tls13:
      tls13_ = true;
      return;
    case CurlUse::resolve:
      return take_resolve(given);
    case CurlUse::data:
    case CurlUse::text:
    case CurlUse::query:
      return take_data(given);
    case CurlUse::method:
      if (is_token(given.value)) return keep(given);
      return leave_out(given, "is no method");
    case CurlUse::get:
    case CurlUse::own:
      return keep(given);
    case CurlUse::insecure:
      return leave_out(given,
                       "certificates stay verified; let tls.ca_file name the authority to trust, "
                       "or for a test say tls: {verify: false} in this session");
    case CurlUse::other_login:
      return leave_out(given, "trunkd has no such login yet");
    case CurlUse::config_file:
      return leave_out(given, "what stands in that file is not looked at");
    case CurlUse::none:
      return leave_out(given, "a session has nothing for it");
    case CurlUse::url:
    case CurlUse::next:
    case CurlUse::usual:
      return;
  }
}

void SessionImport::add(std::string name, std::vector<std::string> lines) {
  made_.fields.push_back({std::move(name), std::move(lines)});
}

std::string SessionImport::secret_reference(std::string_view value, std::string_view suffix) const {
  if (const std::string_view variable_name = variable_of(value); !variable_name.empty()) {
    return "env:" + std::string(variable_name);
  }
  return "file:" + place_.secret_directory + '/' + made_.name + std::string(suffix);
}

void SessionImport::finish_curl() {
  made_.curl.emplace_back("curl");
  std::string url = "http://127.0.0.1:" + std::to_string(place_.listen) + url_.path;
  if (url_.has_query) url += '?' + url_.query;
  kept_.push_back(std::move(url));
  for (std::string& word : kept_) {
    if (is_shown_as_it_is(word)) {
      made_.curl.push_back(std::move(word));
      continue;
    }
    made_.curl.push_back(stand_in(word, "WORD"));
    leave_out("a word of the command", "has bytes that cannot be shown; a variable stands for it");
  }
}

Parsed<ImportedSession> SessionImport::run() {
  auto url = read_curl_url(command_.urls.front());
  if (!url) return wrong(std::move(url.error()));
  url_ = std::move(*url);
  made_.name =
      place_.session.empty() ? session_name_of_host(url_.origin.host, suffixes_) : place_.session;
  read_options();
  take_path();
  take_query();
  take_login();

  add("listen", {"listen: " + std::to_string(place_.listen)});
  add("base_url", {"base_url: " + yaml_quoted(url_.origin.text())});
  add("connections", {"connections: 4  # never more than these, for all clients together"});
  choose_credential();
  add_header_fields();
  if (cookies_) {
    add("cookies", {"cookies: persist"});
    made_.advice.push_back(
        "Cookies: log in once through the session, or fill its jar while trunkd "
        "does not run, by: trunkd cookies import " +
        made_.name + " COOKIES.TXT");
  }
  add_network_fields();
  finish_curl();

  if (url_.guessed_scheme) {
    made_.advice.emplace_back(
        "The URL says no scheme, so curl takes http; say https in base_url if the host has it.");
  }
  if (command_.urls.size() > 1) {
    leave_out("further URLs", "a session has one host, so only the first one counts");
  }
  if (command_.more) leave_out("--next", "what stands behind it is a request of its own");
  for (const std::string& option : command_.unknown) {
    leave_out(escaped(option, 40), "is no option of curl that is known here");
  }
  return std::move(made_);
}

}  // namespace trunkd

#include "daemon/commands/ctl/ctl_cookies.h"

#include <array>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "admin/admin_connection.h"
#include "base/text.h"
#include "daemon/commands/ctl/daemon_text.h"
#include "daemon/commands/ctl/for_people.h"
#include "daemon/exit_codes.h"
#include "http/query.h"

namespace trunkd {
namespace {

std::string jar_query(const std::optional<std::string>& jar) {
  std::string query;
  if (jar) {
    query = "?jar=";
    append_percent_encoded(query, *jar);
  }
  return query;
}

int show_cookies(CtlCall& call, const CookiesCommand& command, const std::string& session) {
  const auto answer = call.get(session_path(session, "cookies") + jar_query(command.jar));
  if (!answer) return answer.error();
  call.out() << (command.json ? answer->body : cookie_list_table(Json::parse(answer->body)));
  return kExitOk;
}

int export_cookies_of(CtlCall& call, const CookiesCommand& command, const std::string& session) {
  const auto answer = call.get(session_path(session, "cookies/export") + jar_query(command.jar));
  if (!answer) return answer.error();
  call.out() << answer->body;
  return kExitOk;
}

int clear_cookies_of(CtlCall& call, const CookiesCommand& command, const std::string& session) {
  Json which = Json::object();
  if (command.name) which["name"] = *command.name;
  if (command.domain) which["domain"] = *command.domain;
  if (command.jar) which["jar"] = *command.jar;
  const auto answer = call.post(session_path(session, "cookies/clear"), dump(which));
  if (!answer) return answer.error();
  const Json done = Json::parse(answer->body);
  const auto left = done.at("left").get<uint64_t>();
  call.out() << "Removed " << counted(done.at("removed").get<uint64_t>(), "cookie") << ", "
             << with_commas(left) << (left == 1 ? " is left.\n" : " are left.\n");
  return kExitOk;
}

OrExit<std::string> read_cookies_txt(CtlCall& call, const std::string& file) {
  std::ifstream opened;
  if (file != "-") {
    opened.open(file, std::ios::binary);
    if (!opened) return tl::unexpected(call.fail(file_failure("open", file, errno).value()));
  }
  std::istream& in = file == "-" ? call.streams().in : opened;
  std::string text;
  std::array<char, 65536> buffer{};
  while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0) {
    text.append(buffer.data(), static_cast<size_t>(in.gcount()));
    if (text.size() > AdminConnection::kMostBody) break;
  }
  if (in.bad()) return tl::unexpected(call.fail("cannot read " + escaped(file)));
  return text;
}

// JSON cannot carry other bytes than these.
bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

int import_cookies_to(CtlCall& call, const CookiesCommand& command, const std::string& session) {
  const auto text = read_cookies_txt(call, command.file);
  if (!text) return text.error();
  if (!is_utf8(*text)) {
    return call.fail(
        escaped(command.file) +
        " is not in UTF-8; trunkd cookies import takes it while the daemon is stopped");
  }
  Json body{{"cookies_txt", *text}};
  if (command.jar) body["jar"] = *command.jar;
  const std::string json = dump(body);
  if (json.size() > AdminConnection::kMostBody) {
    return call.fail(escaped(command.file) +
                     " is too long for a running daemon, which takes 4 MiB; trunkd cookies import "
                     "takes it while the daemon is stopped");
  }
  const auto answer = call.post(session_path(session, "cookies/import"), json);
  if (!answer) return answer.error();
  const Json done = Json::parse(answer->body);
  const auto malformed = done.at("malformed_lines").get<uint64_t>();
  const auto imported = done.at("imported").get<uint64_t>();
  if (malformed > 0) call.fail(counted(malformed, "line") + " cannot be read");
  if (imported == 0) return call.fail("there is no cookie in what was to be imported");
  call.out() << "Imported " << counted(imported, "cookie") << ", there are "
             << with_commas(done.at("cookies").get<uint64_t>()) << " now.\n";
  return kExitOk;
}

}  // namespace

int ctl_cookies(CtlCall& call, const CookiesCommand& command) {
  const auto session = call.session(command.session);
  if (!session) return session.error();
  switch (command.verb) {
    case CookiesCommand::Verb::list:
      return show_cookies(call, command, *session);
    case CookiesCommand::Verb::export_file:
      return export_cookies_of(call, command, *session);
    case CookiesCommand::Verb::clear:
      return clear_cookies_of(call, command, *session);
    case CookiesCommand::Verb::import_file:
      return import_cookies_to(call, command, *session);
  }
  return kExitFailure;
}

}  // namespace trunkd

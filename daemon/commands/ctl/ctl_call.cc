#include "daemon/commands/ctl/ctl_call.h"

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <ostream>

#include "admin/admin_message.h"
#include "base/text.h"
#include "daemon/commands/ctl/for_people.h"
#include "daemon/exit_codes.h"
#include "http/query.h"

namespace trunkd {

std::string session_path(std::string_view name, std::string_view rest) {
  std::string path = "/sessions/";
  append_percent_encoded(path, name);
  if (!rest.empty()) path += '/';
  path += rest;
  return path;
}

std::string problem_text(const AdminAnswer& answer) {
  const Json problem = Json::parse(answer.body, nullptr, false);
  if (problem.is_object() && problem.value("title", Json()) == kWhichJar) {
    return "the session has a jar for each value of Trunkd-Jar: name one by --jar VALUE";
  }
  if (problem.is_object() && problem.contains("detail") && problem["detail"].is_string()) {
    return printable(problem["detail"].get_ref<const std::string&>());
  }
  return "trunkd answered with status " + std::to_string(answer.status);
}

int CtlCall::fail(const Error& error) const {
  fail(error.detail);
  const bool forbidden = error.system_error == EACCES || error.system_error == EPERM;
  return forbidden ? kExitPermission : kExitFailure;
}

int CtlCall::fail(std::string_view sentence) const {
  streams_.err << "trunkd: " << sentence << '\n';
  return kExitFailure;
}

OrExit<AdminAnswer> CtlCall::get(const std::string& target) { return good(client_.get(target)); }

OrExit<AdminAnswer> CtlCall::post(const std::string& target, const std::string& json) {
  return good(client_.post(target, json));
}

OrExit<AdminAnswer> CtlCall::good(Result<AdminAnswer> answer) const {
  if (!answer) return tl::unexpected(fail(answer.error()));
  if (!answer->good()) return tl::unexpected(fail(problem_text(*answer)));
  return std::move(*answer);
}

OrExit<std::vector<std::string>> CtlCall::sessions(const std::vector<std::string>& names,
                                                   bool all) {
  const auto answer = get("/sessions");
  if (!answer) return tl::unexpected(answer.error());
  const Json list = Json::parse(answer->body);
  std::vector<std::string> known;
  for (const Json& session : list.at("sessions")) {
    known.push_back(session.at("name").get<std::string>());
  }
  if (all) return known;
  std::vector<std::string> found;
  for (const std::string& name : names) {
    const auto same = std::find_if(known.begin(), known.end(),
                                   [&](const std::string& one) { return iequals(one, name); });
    if (same == known.end()) {
      const auto near = nearest_word(name, known);
      return tl::unexpected(fail("there is no session \"" + escaped(name) + '"' +
                                 (near ? ", did you mean \"" + std::string(*near) + "\"?" : "")));
    }
    found.push_back(*same);
  }
  return found;
}

OrExit<std::string> CtlCall::session(const std::string& name) {
  auto found = sessions({name}, false);
  if (!found) return tl::unexpected(found.error());
  return std::move(found->front());
}

}  // namespace trunkd

#include "daemon/commands/ctl/ctl.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "daemon/commands/ctl/ctl_call.h"
#include "daemon/commands/ctl/ctl_cookies.h"
#include "daemon/commands/ctl/daemon_text.h"
#include "daemon/commands/ctl/page.h"
#include "daemon/commands/ctl/request_text.h"
#include "daemon/commands/ctl/session_text.h"
#include "daemon/exit_codes.h"
#include "event/loop.h"
#include "http/query.h"

namespace trunkd {
namespace {

constexpr Duration kCtlPatience = 30s;
constexpr Duration kCompletionPatience = 1s;  // somebody has pressed a key and waits
constexpr int kRefusedConfig = 422;

// The answer as it is with --json, else what `text` makes of it.
template <typename Text>
int show_answer(CtlCall& call, const std::string& target, bool json, Text text) {
  const auto answer = call.get(target);
  if (!answer) return answer.error();
  call.out() << (json ? answer->body : text(Json::parse(answer->body)));
  return kExitOk;
}

int show_as_it_is(CtlCall& call, const std::string& target) {
  const auto answer = call.get(target);
  if (!answer) return answer.error();
  call.out() << answer->body;
  return kExitOk;
}

int show_session(CtlCall& call, const CtlCommand& command) {
  const auto name = call.session(command.sessions.front());
  if (!name) return name.error();
  return show_answer(call, session_path(*name), command.json, session_text);
}

// All names are looked up first: with one that is not known nothing is done.
int do_session_verb(CtlCall& call, const CtlCommand& command) {
  const auto names = call.sessions(command.sessions, command.all);
  if (!names) return names.error();
  Json body = Json::object();
  if (command.connections) body["connections"] = *command.connections;
  for (const std::string& name : *names) {
    const auto answer = call.post(session_path(name, command.word), dump(body));
    if (!answer) return answer.error();
    call.out() << (command.json ? answer->body
                                : verb_sentence(command.word, Json::parse(answer->body)));
  }
  return kExitOk;
}

int do_drain(CtlCall& call, bool json) {
  const auto answer = call.post("/drain");
  if (!answer) return answer.error();
  call.out() << (json ? answer->body
                      : "trunkd takes no further clients and ends when those it has are served, "
                        "after drain_timeout at the latest.\n");
  return kExitOk;
}

int do_reload(CtlCall& call, const CtlCommand& command) {
  const auto answer = call.client().post("/reload");
  if (!answer) return call.fail(answer.error());
  if (answer->status == kRefusedConfig && !command.json) {
    call.streams().err << reload_errors(Json::parse(answer->body));
    call.fail("nothing was changed");
    return kExitConfig;
  }
  if (!answer->good() && answer->status != kRefusedConfig) return call.fail(problem_text(*answer));
  call.out() << (command.json ? answer->body : reload_text(Json::parse(answer->body)));
  return answer->good() ? kExitOk : kExitConfig;
}

int show_requests(CtlCall& call, const CtlCommand& command) {
  std::string target = "/requests?";
  if (!command.session.empty()) {
    const auto name = call.session(command.session);
    if (!name) return name.error();
    target += "session=";
    append_percent_encoded(target, *name);
    target += '&';
  }
  if (command.limit) target += "limit=" + std::to_string(*command.limit);
  return show_answer(call, target, command.json, requests_table);
}

int tell_why(CtlCall& call, const CtlCommand& command) {
  std::string target = "/requests/";
  append_percent_encoded(target, command.request);
  return show_answer(call, target, command.json, request_story);
}

// One a line. Quiet when nothing is to be had: a shell asks in the middle of a command line.
int complete(AdminClient& client, const CtlCommand& command, std::ostream& out) {
  if (command.word != "sessions") return kExitUsage;
  const auto answer = client.get("/sessions");
  if (!answer || !answer->good()) return kExitFailure;
  const Json list = Json::parse(answer->body);
  for (const Json& session : list.at("sessions")) {
    out << session.at("name").get_ref<const std::string&>() << '\n';
  }
  return kExitOk;
}

int do_verb(CtlCall& call, const CtlCommand& command) {
  using Verb = CtlCommand::Verb;
  switch (command.verb) {
    case Verb::status:
      return show_answer(call, "/status", command.json, status_text);
    case Verb::sessions:
      return show_answer(call, "/sessions", command.json, sessions_table);
    case Verb::session:
      return show_session(call, command);
    case Verb::session_verb:
      return do_session_verb(call, command);
    case Verb::drain:
      return do_drain(call, command.json);
    case Verb::reload:
      return do_reload(call, command);
    case Verb::cookies:
      return ctl_cookies(call, command.cookies);
    case Verb::requests:
      return show_requests(call, command);
    case Verb::why:
      return tell_why(call, command);
    case Verb::top:
      return ctl_top(call, command.top, Loop());
    case Verb::wait:
      return ctl_wait(call, command.wait, Loop());
    case Verb::config:
      return show_as_it_is(call, "/config");
    case Verb::metrics:
      return show_as_it_is(call, "/metrics");
    case Verb::page:
      return ctl_page(call, command.json);
    case Verb::complete:
      return complete(call.client(), command, call.out());
  }
  return kExitFailure;
}

}  // namespace

int run_ctl(const CtlCommand& command, const CommandStreams& streams) {
  const auto path = admin_socket_path(command.place);
  if (!path) {
    const bool mistakes = path.error().kind == ErrorKind::malformed_request;
    streams.err << (mistakes ? "" : "trunkd: ") << path.error().detail << '\n';
    return mistakes ? kExitConfig : kExitFailure;
  }
  const bool completes = command.verb == CtlCommand::Verb::complete;
  AdminClient client(*path, completes ? kCompletionPatience : kCtlPatience);
  CtlCall call(client, streams);
  try {
    return do_verb(call, command);
  } catch (const Json::exception&) {
    return call.fail("what answers at " + *path +
                     " is not understood: is it trunkd, of the same version as this command?");
  }
}

}  // namespace trunkd

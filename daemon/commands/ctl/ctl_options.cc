#include "daemon/commands/ctl/ctl_options.h"

#include <functional>
#include <string>

#include "config/scalar_syntax.h"

namespace trunkd {
namespace {

using Verb = CtlCommand::Verb;

// Where the daemon is: before the verb or behind it.
void add_place_options(CLI::App& app, AdminPlace& place) {
  app.add_option("--socket", place.socket,
                 "The admin socket; without it and -c: admin.sock in $RUNTIME_DIRECTORY, "
                 "/run/trunkd (root) or $XDG_RUNTIME_DIR/trunkd")
      ->type_name("PATH");
  app.add_option("-c,--config", place.files,
                 "The daemon's configuration, which says where its admin socket is; may be "
                 "repeated")
      ->allow_extra_args(false)
      ->type_name("FILE");
}

// A duration as the configuration has it.
void add_duration_option(CLI::App& app, const std::string& name, Duration& duration,
                         uint64_t least_milliseconds, const std::string& description) {
  constexpr uint64_t kDay = uint64_t{24} * 3600 * 1000;
  app.add_option_function<std::string>(
         name,
         [name, &duration, least_milliseconds](const std::string& text) {
           const auto parsed =
               parse_duration(text, {.name = name, .min = least_milliseconds, .max = kDay});
           if (!parsed) throw CLI::ValidationError(name, parsed.error());
           duration = *parsed;
         },
         description)
      ->type_name("DURATION")
      ->default_str(duration_text(duration));
}

class CtlOptions {
 public:
  CtlOptions(CLI::App& ctl, CtlCommand& command) : ctl_(ctl), command_(command) {}

  void add_all();

 private:
  CLI::App* add(Verb verb, const std::string& name, const std::string& description) {
    CLI::App* added = ctl_.add_subcommand(name, description);
    added->footer("");
    added->callback([this_command = &command_, verb] { this_command->verb = verb; });
    add_place_options(*added, command_.place);
    return added;
  }
  CLI::App* add_shown(Verb verb, const std::string& name, const std::string& description) {
    CLI::App* added = add(verb, name, description);
    added->add_flag("--json", command_.json, "The answer of the admin interface itself");
    return added;
  }
  CLI::App* add_session_verb(const std::string& name, const std::string& description);
  void add_requests();
  void add_live();
  void add_cookies_verb();

  CLI::App& ctl_;
  CtlCommand& command_;
};

CLI::App* CtlOptions::add_session_verb(const std::string& name, const std::string& description) {
  CLI::App* added = add_shown(Verb::session_verb, name, description);
  added->callback([this_command = &command_, name] {
    this_command->verb = Verb::session_verb;
    this_command->word = name;
    if (this_command->sessions.empty() != this_command->all) {
      throw CLI::ValidationError(name, "name the sessions, or say --all");
    }
  });
  added->add_option("SESSION", command_.sessions, "The sessions");
  added->add_flag("--all", command_.all, "All sessions");
  return added;
}

void CtlOptions::add_requests() {
  CLI::App* requests = add_shown(Verb::requests, "requests", "The last slow or failed requests");
  requests->add_option("--session", command_.session, "Of this session only")->type_name("SESSION");
  requests->add_option("--limit", command_.limit, "At most so many")
      ->check(CLI::Range(uint64_t{1}, uint64_t{200}));
  add_shown(Verb::why, "why", "The story of one request: how it went, and what to do")
      ->add_option("REQUEST-ID", command_.request, "Trunkd-Request-Id of its answer")
      ->required();
}

void CtlOptions::add_live() {
  CLI::App* top = add(Verb::top, "top", "The sessions as they work, live; Ctrl-C ends it");
  add_duration_option(*top, "--interval", command_.top.interval, 100, "Time between two looks");
  top->add_flag("--once", command_.top.once, "One table, after one interval");
  top->add_flag("--json", command_.top.json, "One line of JSON for each interval");

  CLI::App* wait = add(Verb::wait, "wait", "Wait until the daemon can be used");
  add_duration_option(*wait, "--timeout", command_.wait.timeout, 0, "Then fail");
  wait->add_option_function<std::string>(
          "--for",
          [this_command = &command_](const std::string& what) {
            this_command->wait.what =
                what == "started" ? WaitOptions::What::started : WaitOptions::What::ready;
          },
          "ready: it takes requests; started: its warm connections are there, too")
      ->check(CLI::IsMember({"ready", "started"}))
      ->default_str("ready");
}

void CtlOptions::add_cookies_verb() {
  CLI::App* cookies = add(Verb::cookies, "cookies", "Look at or change the cookies of a session");
  cookies->require_subcommand(1);
  add_cookie_verbs(*cookies, command_.cookies,
                   [this](CLI::App& verb) { add_place_options(verb, command_.place); });
}

void CtlOptions::add_all() {
  add_place_options(ctl_, command_.place);
  add_shown(Verb::status, "status", "The daemon in a few lines");
  add_shown(Verb::sessions, "sessions", "A table of the sessions")->alias("pools");
  add_shown(Verb::session, "session", "One session with its hosts and connections")
      ->add_option("SESSION", command_.sessions, "The session")
      ->expected(1)
      ->required();
  add_live();
  add_requests();
  add_session_verb("pause", "Hold requests back; those under way go on");
  add_session_verb("resume",
                   "Go on after pause, kill or close, and end the pauses that origins "
                   "asked for (Retry-After)");
  add_session_verb("reconnect", "Use none of the present connections for further requests");
  add_session_verb("kill", "Pause, and end what is under way");
  add_session_verb("close", "Refuse requests, close connections, forget cookies kept in memory");
  add_session_verb("start", "Go on, and open connections ahead of requests")
      ->add_option("--connections", command_.connections, "Until so many are there")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1000}));
  add_cookies_verb();
  add(Verb::config, "config", "The configuration that is running, secrets masked");
  add_shown(Verb::reload, "reload", "Read the configuration again and say what has changed");
  add_shown(Verb::drain, "drain", "Serve those who are there, take nobody else, and end");
  add(Verb::metrics, "metrics", "The metrics, as Prometheus reads them");
  add_shown(Verb::page, "page", "Open the status page, as long as this command runs");
  CLI::App* completion = add(Verb::complete, "__complete", "");
  completion->group("");  // not for people
  completion->add_option("WHAT", command_.word)->required();
}

}  // namespace

CLI::App* add_ctl(CLI::App& app, CtlCommand& command) {
  CLI::App* ctl = app.add_subcommand("ctl", "Look at a running daemon and tell it what to do");
  ctl->require_subcommand(1);
  ctl->footer("trunkd ctl VERB --help tells more.");
  CtlOptions(*ctl, command).add_all();
  return ctl;
}

void add_cookie_verbs(CLI::App& cookies, CookiesCommand& command,
                      const std::function<void(CLI::App&)>& on_added) {
  using CookieVerb = CookiesCommand::Verb;
  const auto add = [&](CookieVerb verb, const char* name, const char* description) {
    CLI::App* added = cookies.add_subcommand(name, description);
    added->callback([&command, verb] { command.verb = verb; });
    on_added(*added);
    added->add_option("SESSION", command.session, "The session, or the jar that sessions share")
        ->required();
    added->add_option("--jar", command.jar, "The value of Trunkd-Jar, with scope: header");
    return added;
  };
  add(CookieVerb::list, "list", "Show all but the values")
      ->add_flag("--json", command.json, "As a JSON array");
  CLI::App* clear = add(CookieVerb::clear, "clear", "Remove all cookies, or some");
  clear->add_option("NAME", command.name, "Only those of this name");
  clear->add_option("--domain", command.domain, "Only those of this domain and below it");
  add(CookieVerb::import_file, "import", "Add the cookies of a cookies.txt, which win")
      ->add_option("FILE", command.file, "The file; - is standard input")
      ->capture_default_str();
  add(CookieVerb::export_file, "export", "Write a cookies.txt to standard output, with the values");
}

}  // namespace trunkd

// Parses the command line and hands over to a command; returns its exit code.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "base/text.h"
#include "config/config_loader.h"
#include "daemon/commands/check.h"
#include "daemon/commands/config.h"
#include "daemon/commands/cookies.h"
#include "daemon/commands/ctl/ctl.h"
#include "daemon/commands/ctl/ctl_options.h"
#include "daemon/commands/demo.h"
#include "daemon/commands/doctor/doctor.h"
#include "daemon/commands/env.h"
#include "daemon/commands/import/import.h"
#include "daemon/commands/init.h"
#include "daemon/commands/schema.h"
#include "daemon/commands/serve.h"
#include "daemon/exit_codes.h"
#include "daemon/version.h"

namespace {

std::vector<std::string> chosen_files(const std::vector<std::string>& given) {
  return given.empty() ? trunkd::default_config_files() : given;
}

void add_files_option(CLI::App* command, std::vector<std::string>& files) {
  command
      ->add_option("-c,--config", files,
                   "Configuration file; may be repeated. Without it: /etc/trunkd/trunkd.yaml and "
                   "/etc/trunkd/conf.d/*.yaml, else ~/.config/trunkd/trunkd.yaml")
      ->allow_extra_args(false);
}

CLI::App* add_cookies(CLI::App& app, std::vector<std::string>& files,
                      trunkd::CookiesCommand& command) {
  CLI::App* cookies =
      app.add_subcommand("cookies", "Look at or change the cookie file of a stopped daemon");
  cookies->require_subcommand(1);
  trunkd::add_cookie_verbs(*cookies, command,
                           [&files](CLI::App& verb) { add_files_option(&verb, files); });
  return cookies;
}

CLI::App* add_check(CLI::App& app, trunkd::CheckOptions& options) {
  CLI::App* check = app.add_subcommand("check", "Validate the configuration");
  CLI::Option* live = check->add_flag(
      "--live", options.live,
      "Then open one connection for each session and say what it saw: address, TLS, certificate, "
      "HTTP, keep-alive. Asks HEAD of base_url without the session's credentials, cookies and "
      "fields, so nothing changes at the origin and no token is used");
  check->add_flag("--json", options.json, "What --live saw, as a JSON array")->needs(live);
  check->footer(
      "Exit code: 0 if all is well; 78 if the configuration is not valid; with --live also 1 if a "
      "session that was tried got no answer. Any HTTP status is an answer.");
  return check;
}

// The command of `app` that `word` names, and the names of all.
const CLI::App* command_named(const CLI::App& app, const std::string& word,
                              std::vector<std::string>& known) {
  const CLI::App* found = nullptr;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->check_name(word)) found = command;
    known.push_back(command->get_name());
  }
  return found;
}

// CLI11 would only say that a command is missing.
bool has_unknown_command(const CLI::App& app, int argc, char** argv) {
  const CLI::App* within = &app;
  std::string before;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.starts_with('-')) {  // passed over, with its value
      const CLI::Option* option = within->get_option_no_throw(word);
      if (option == nullptr && word.find('=') == std::string::npos) return false;
      if (option != nullptr) i += option->get_items_expected_min();
      continue;
    }
    std::vector<std::string> known;
    const CLI::App* found = command_named(*within, word, known);
    if (found == nullptr && known.empty()) return false;  // no command takes its place here
    if (found == nullptr) {
      std::cerr << "trunkd: unknown command \"" << before << trunkd::escaped(word) << '"';
      if (const auto near = trunkd::nearest_word(word, known)) {
        std::cerr << ", did you mean \"" << before << *near << "\"?";
      }
      std::cerr << "\nRun with --help for the commands.\n";
      return true;
    }
    before += word + ' ';
    within = found;
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  // Name lookups and file writes share libuv's thread pool; it is read at its first use.
  setenv("UV_THREADPOOL_SIZE", "16", 0);

  CLI::App app(
      "trunkd pools outbound HTTP connections: any client speaks plain HTTP to localhost, "
      "trunkd keeps the connections.",
      "trunkd");
  app.set_version_flag("--version", std::string("trunkd ") + TRUNKD_VERSION);
  app.require_subcommand(1);
  app.footer("trunkd COMMAND --help tells more. Start with: trunkd demo");

  std::vector<std::string> files;
  trunkd::CheckOptions check_options;
  trunkd::DemoOptions demo_options;
  trunkd::CookiesCommand cookies_command;
  trunkd::CtlCommand ctl_command;
  trunkd::DoctorCommand doctor_command;
  trunkd::EnvCommand env_command;
  trunkd::ImportCommand import_command;
  trunkd::InitCommand init_command;
  CLI::App* serve = app.add_subcommand("serve", "Run the daemon in the foreground");
  CLI::App* check = add_check(app, check_options);
  CLI::App* config = app.add_subcommand("config", "Print the effective configuration");
  CLI::App* schema = app.add_subcommand("schema", "Print the JSON Schema of the configuration");
  CLI::App* demo = app.add_subcommand("demo", "10,000 calls over 50 connections, on this machine");
  CLI::App* cookies = add_cookies(app, files, cookies_command);
  CLI::App* ctl = trunkd::add_ctl(app, ctl_command);
  CLI::App* init = trunkd::add_init(app, init_command);
  CLI::App* import = trunkd::add_import(app, import_command);
  CLI::App* env = trunkd::add_env(app, env_command);
  CLI::App* doctor = trunkd::add_doctor(app, doctor_command);
  for (CLI::App* command : {serve, check, config, env, doctor}) add_files_option(command, files);
  demo->add_option("--calls", demo_options.calls, "Calls to make")
      ->check(CLI::Range(uint64_t{1}, uint64_t{10'000'000}))
      ->capture_default_str();
  demo->add_option("--connections", demo_options.connections, "Connections to make them over")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1'000}))
      ->capture_default_str();

  if (has_unknown_command(app, argc, argv)) return trunkd::kExitUsage;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? trunkd::kExitOk : trunkd::kExitUsage;
  }

  if (serve->parsed()) return trunkd::run_serve(files);
  if (check->parsed()) {
    return trunkd::run_check(chosen_files(files), check_options, std::cout, std::cerr);
  }
  if (config->parsed()) return trunkd::run_config(chosen_files(files), std::cout, std::cerr);
  if (schema->parsed()) return trunkd::run_schema(std::cout);
  if (cookies->parsed()) {
    return trunkd::run_cookies(cookies_command, chosen_files(files),
                               {std::cin, std::cout, std::cerr});
  }
  const trunkd::CommandStreams streams{std::cin, std::cout, std::cerr};
  if (ctl->parsed()) return trunkd::run_ctl(ctl_command, streams);
  if (init->parsed()) return trunkd::run_init(init_command, streams);
  if (import->parsed()) return trunkd::run_import(import_command, streams);
  if (env->parsed()) return trunkd::run_env(env_command, chosen_files(files), streams);
  if (doctor->parsed()) return trunkd::run_doctor(doctor_command, chosen_files(files), streams);
  return trunkd::run_demo(demo_options);
}

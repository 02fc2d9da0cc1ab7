#include "daemon/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>

#include "config/config_loader.h"
#include "daemon/commands/check.h"
#include "daemon/commands/config.h"
#include "daemon/commands/cookies.h"
#include "daemon/commands/ctl/ctl.h"
#include "daemon/commands/ctl/ctl_options.h"
#include "daemon/commands/demo.h"
#include "daemon/commands/doctor/doctor.h"
#include "daemon/commands/documents.h"
#include "daemon/commands/env.h"
#include "daemon/commands/import/import.h"
#include "daemon/commands/init.h"
#include "daemon/commands/schema.h"
#include "daemon/commands/serve.h"
#include "daemon/exit_codes.h"
#include "daemon/unknown_command.h"
#include "daemon/version.h"

namespace trunkd {

struct CommandLine::Options {
  std::vector<std::string> files;
  CheckOptions check;
  DemoOptions demo;
  CookiesCommand cookies;
  CtlCommand ctl;
  InitCommand init;
  ImportCommand import;
  EnvCommand env;
  DoctorCommand doctor;
  DocumentOptions documents;
};

namespace {

std::vector<std::string> chosen_files(const std::vector<std::string>& given) {
  return given.empty() ? default_config_files() : given;
}

CommandStreams streams() { return {std::cin, std::cout, std::cerr}; }

void add_files_option(CLI::App* command, std::vector<std::string>& files) {
  command
      ->add_option("-c,--config", files,
                   "Configuration file; may be repeated. Without it: /etc/trunkd/trunkd.yaml and "
                   "/etc/trunkd/conf.d/*.yaml, else ~/.config/trunkd/trunkd.yaml")
      ->allow_extra_args(false)
      ->type_name("FILE");
}

CLI::App* add_cookies(CLI::App& app, std::vector<std::string>& files, CookiesCommand& command) {
  CLI::App* cookies =
      app.add_subcommand("cookies", "Look at or change the cookie file of a stopped daemon");
  cookies->require_subcommand(1);
  add_cookie_verbs(*cookies, command, [&files](CLI::App& verb) { add_files_option(&verb, files); });
  return cookies;
}

CLI::App* add_check(CLI::App& app, CheckOptions& options) {
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

CLI::App* add_demo(CLI::App& app, DemoOptions& options) {
  CLI::App* demo = app.add_subcommand("demo", "10,000 calls over 50 connections, on this machine");
  demo->add_option("--calls", options.calls, "Calls to make")
      ->check(CLI::Range(uint64_t{1}, uint64_t{10'000'000}))
      ->capture_default_str();
  demo->add_option("--connections", options.connections, "Connections to make them over")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1'000}))
      ->capture_default_str();
  return demo;
}

CLI::App* add_completion(CLI::App& app, DocumentOptions& options) {
  CLI::App* completion =
      app.add_subcommand("completion", "Print a script that completes trunkd's command line");
  completion->add_option("SHELL", options.shell, "The shell it is for")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->footer("bash, for this session: source <(trunkd completion bash)");
  return completion;
}

CLI::App* add_man(CLI::App& app, DocumentOptions& options) {
  CLI::App* man = app.add_subcommand("man", "Print a manual page");
  man->group("");  // for the build
  man->add_option("SECTION", options.section)->required()->check(CLI::IsMember({"5", "8"}));
  return man;
}

}  // namespace

CommandLine::CommandLine()
    : options_(std::make_unique<Options>()),
      app_(std::make_unique<CLI::App>(
          "trunkd pools outbound HTTP connections: any client speaks plain HTTP to localhost, "
          "trunkd keeps the connections.",
          "trunkd")) {
  app_->set_version_flag("--version", std::string("trunkd ") + TRUNKD_VERSION);
  app_->require_subcommand(1);
  app_->footer("trunkd COMMAND --help tells more. Start with: trunkd demo");
  add_configuration_commands();
  add_tools();
  add_daemon_commands();
  add_documents();
}

CommandLine::~CommandLine() = default;

void CommandLine::on(const CLI::App* command, std::function<int()> run) {
  commands_.emplace_back(command, std::move(run));
}

void CommandLine::add_configuration_commands() {
  std::vector<std::string>& files = options_->files;
  CLI::App* serve = app_->add_subcommand("serve", "Run the daemon in the foreground");
  CLI::App* check = add_check(*app_, options_->check);
  CLI::App* config = app_->add_subcommand("config", "Print the effective configuration");
  for (CLI::App* command : {serve, check, config}) add_files_option(command, files);
  on(serve, [&files] { return run_serve(files); });
  on(check, [this, &files] {
    return run_check(chosen_files(files), options_->check, std::cout, std::cerr);
  });
  on(config, [&files] { return run_config(chosen_files(files), std::cout, std::cerr); });
  on(app_->add_subcommand("schema", "Print the JSON Schema of the configuration"),
     [] { return run_schema(std::cout); });
}

void CommandLine::add_tools() {
  Options& options = *options_;
  on(add_demo(*app_, options.demo), [&options] { return run_demo(options.demo); });
  on(add_init(*app_, options.init), [&options] { return run_init(options.init, streams()); });
  on(add_import(*app_, options.import),
     [&options] { return run_import(options.import, streams()); });
  CLI::App* env = add_env(*app_, options.env);
  CLI::App* doctor = add_doctor(*app_, options.doctor);
  for (CLI::App* command : {env, doctor}) add_files_option(command, options.files);
  on(env, [&options] { return run_env(options.env, chosen_files(options.files), streams()); });
  on(doctor,
     [&options] { return run_doctor(options.doctor, chosen_files(options.files), streams()); });
}

void CommandLine::add_daemon_commands() {
  on(add_cookies(*app_, options_->files, options_->cookies),
     [this] { return run_cookies(options_->cookies, chosen_files(options_->files), streams()); });
  on(add_ctl(*app_, options_->ctl), [this] { return run_ctl(options_->ctl, streams()); });
}

void CommandLine::add_documents() {
  DocumentOptions& options = options_->documents;
  on(add_completion(*app_, options),
     [this, &options] { return run_completion(*app_, options, std::cout); });
  on(add_man(*app_, options), [this, &options] { return run_man(*app_, options, std::cout); });
}

int CommandLine::run(int argc, char** argv) {
  if (has_unknown_command(*app_, argc, argv, std::cerr)) return kExitUsage;
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool is_extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
    if (is_extra && has_misplaced_file(*app_, std::cerr)) return kExitUsage;
    return app_->exit(error) == 0 ? kExitOk : kExitUsage;
  }
  for (const auto& [command, run] : commands_) {
    if (command->parsed()) return run();
  }
  return kExitUsage;  // not reached: one command is required
}

}  // namespace trunkd

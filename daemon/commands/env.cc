#include "daemon/commands/env.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>
#include <utility>

#include "base/text.h"
#include "config/config_loader.h"
#include "config/variables.h"
#include "daemon/commands/quoting.h"
#include "daemon/exit_codes.h"

namespace trunkd {
namespace {

constexpr std::string_view kLocalNames[] = {"localhost", "127.0.0.1", "::1"};

// "TRUNKD_GITHUB_URL"
std::string variable_of_session(const std::string& session, std::string_view ending) {
  std::string name = "TRUNKD_";
  for (const char c : session) {
    const bool small = c >= 'a' && c <= 'z';
    name += c == '-' ? '_' : small ? static_cast<char>(c - 32) : c;
  }
  return name + std::string(ending);
}

class EnvLines {
 public:
  EnvLines(const EnvCommand& command, const Config& config, const CommandStreams& streams)
      : command_(command), config_(config), streams_(streams) {
    if (config.listen) shared_url_ = client_url(*config.listen);
  }

  int print(const Environment& environment);

 private:
  const SessionConfig* find(const std::string& name);
  std::optional<std::string> own_port_of(const SessionConfig& session) const;
  std::optional<std::string> url_of(const SessionConfig& session) const;
  std::optional<std::string> proxy_of(const SessionConfig& session) const;
  // Its URL, else its Unix socket. False if it has neither.
  bool add_session(const SessionConfig& session);
  void add(const std::string& name, std::string_view value);
  int fail(const std::string& sentence, int code) {
    streams_.err << "trunkd: " << sentence << '\n';
    return code;
  }
  int no_address(const SessionConfig& session) {
    if (session.multi_host && own_port_of(session)) {
      return fail(
          "session " + session.name +
              " has many hosts and no base URL, since its own port takes no host in a path: "
              "give it the shared port with listen: 7480, or use it as a proxy, with trunkd "
              "env --proxy " +
              session.name,
          kExitFailure);
    }
    return fail("session " + session.name +
                    " has no address that is known before trunkd runs: give it a port, or the "
                    "shared port with listen: 7480",
                kExitFailure);
  }

  const EnvCommand& command_;
  const Config& config_;
  const CommandStreams& streams_;
  std::optional<std::string> shared_url_;
  std::string lines_;
};

const SessionConfig* EnvLines::find(const std::string& name) {
  std::vector<std::string> known;
  for (const SessionConfig& session : config_.sessions) {
    if (iequals(session.name, name)) return &session;
    known.push_back(session.name);
  }
  const auto near = nearest_word(name, known);
  fail("no session is named \"" + escaped(name) + '"' +
           (near ? ", did you mean \"" + std::string(*near) + "\"?" : ""),
       kExitUsage);
  return nullptr;
}

std::optional<std::string> EnvLines::own_port_of(const SessionConfig& session) const {
  for (const ListenAddress& address : session.listen) {
    if (auto url = client_url(address)) return url;
  }
  return std::nullopt;
}

// Of many hosts only the shared port has a path to name one in.
std::optional<std::string> EnvLines::url_of(const SessionConfig& session) const {
  if (!session.multi_host) {
    if (auto url = own_port_of(session)) return url;
  }
  if (!shared_url_) return std::nullopt;
  return *shared_url_ + "/s/" + session.name;
}

std::optional<std::string> EnvLines::proxy_of(const SessionConfig& session) const {
  if (shared_url_) {
    constexpr std::string_view kScheme = "http://";
    return std::string(kScheme) + session.name + ":x@" + shared_url_->substr(kScheme.size());
  }
  return own_port_of(session);
}

bool EnvLines::add_session(const SessionConfig& session) {
  if (const auto url = url_of(session)) {
    add(command_.as.empty() ? variable_of_session(session.name, "_URL") : command_.as, *url);
    return true;
  }
  for (const ListenAddress& address : session.listen) {
    if (address.kind != ListenAddress::Kind::unix_socket || !command_.as.empty()) continue;
    add(variable_of_session(session.name, "_SOCKET"), address.path);
    return true;
  }
  return false;
}

void EnvLines::add(const std::string& name, std::string_view value) {
  if (command_.shell == EnvCommand::Shell::fish) {
    lines_ += "set -gx " + name + ' ' + fish_quoted(value) + ";\n";
  } else {
    lines_ += "export " + name + '=' + sh_quoted(value) + ";\n";
  }
}

int EnvLines::print(const Environment& environment) {
  if (!command_.proxy.empty()) {
    const SessionConfig* session = find(command_.proxy);
    if (session == nullptr) return kExitUsage;
    const auto proxy = proxy_of(*session);
    if (!proxy) return no_address(*session);
    add("http_proxy", *proxy);
  }
  for (const std::string& name : command_.sessions) {
    const SessionConfig* session = find(name);
    if (session == nullptr) return kExitUsage;
    if (!add_session(*session)) return no_address(*session);
  }
  if (command_.sessions.empty() && command_.proxy.empty()) {
    if (shared_url_) add("TRUNKD_URL", *shared_url_);
    for (const SessionConfig& session : config_.sessions) {
      if (!add_session(session)) no_address(session);  // the others have theirs
    }
  }
  const std::string direct = merged_no_proxy(environment);
  for (const char* name : {"NO_PROXY", "no_proxy"}) add(name, direct);
  streams_.out << lines_;
  return kExitOk;
}

}  // namespace

CLI::App* add_env(CLI::App& app, EnvCommand& command) {
  CLI::App* env = app.add_subcommand("env", "Print the sessions as variables for a shell");
  env->add_option("SESSION", command.sessions, "These only; else all, and the shared port");
  CLI::Option* as =
      env->add_option("--as", command.as, "Call the session's variable so, as OPENAI_BASE_URL")
          ->check([](const std::string& name) {
            return is_variable_name(name) ? std::string() : std::string("is no variable's name");
          });
  env->add_option("--proxy", command.proxy,
                  "Print http_proxy, so that programs without a base URL use this session for "
                  "http:// URLs");
  env->add_option_function<std::string>(
         "--shell",
         [&command](const std::string& shell) {
           command.shell = shell == "fish" ? EnvCommand::Shell::fish : EnvCommand::Shell::sh;
         },
         "sh, which bash and zsh read too, or fish")
      ->check(CLI::IsMember({"sh", "fish"}))
      ->default_str("sh");
  env->callback([&command, as] {
    if (as->count() > 0 && command.sessions.size() != 1) {
      throw CLI::ValidationError("--as", "goes with exactly one SESSION");
    }
  });
  env->footer(
      "Use it as: eval \"$(trunkd env)\"   or in fish: trunkd env --shell fish | source\n"
      "TRUNKD_NAME_URL is the base URL of the session NAME (TRUNKD_NAME_SOCKET if it has only a "
      "Unix socket), TRUNKD_URL the shared port. For a session with many hosts it is on the "
      "shared port, and the host stands behind it: $TRUNKD_CRAWLER_URL/https/www.example.com/path. "
      "NO_PROXY and no_proxy are always "
      "there, so that calls to trunkd do not go through a proxy.");
  return env;
}

std::optional<std::string> client_url(const ListenAddress& address) {
  using Kind = ListenAddress::Kind;
  if (address.kind == Kind::unix_socket || address.port == 0) return std::nullopt;
  std::string host = address.kind == Kind::tcp ? address.host : "127.0.0.1";
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  return "http://" + authority_with_port(host, address.port);
}

std::string merged_no_proxy(const Environment& environment) {
  std::vector<std::string> names;
  const auto take = [&names](std::string_view name) {
    const bool known = std::any_of(names.begin(), names.end(),
                                   [name](const auto& one) { return iequals(one, name); });
    if (!known) names.emplace_back(name);
    return true;
  };
  // Some clients take blanks for commas, and others stop there: commas are understood by all.
  for (const char* variable : {"no_proxy", "NO_PROXY"}) {
    std::string list = environment(variable).value_or("");
    std::replace(list.begin(), list.end(), ' ', ',');
    for_each_member(list, take);
  }
  // Beside others it would be a host of that name.
  if (std::find(names.begin(), names.end(), "*") != names.end()) return "*";
  for (const std::string_view name : kLocalNames) take(name);
  std::string merged;
  for (const std::string& name : names) merged += (merged.empty() ? "" : ",") + name;
  return merged;
}

int run_env(const EnvCommand& command, const Config& config, const Environment& environment,
            const CommandStreams& streams) {
  return EnvLines(command, config, streams).print(environment);
}

int run_env(const EnvCommand& command, const std::vector<std::string>& files,
            const CommandStreams& streams) {
  const LoadedConfig loaded = load_config(files, process_environment());
  for (const ConfigMistake& mistake : loaded.mistakes) streams.err << mistake.text() << '\n';
  if (!loaded.config) return kExitConfig;
  return run_env(command, *loaded.config, process_environment(), streams);
}

}  // namespace trunkd

#include "daemon/commands/doctor/config_findings.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/secret.h"
#include "config/listen_address.h"
#include "daemon/commands/ctl/admin_client.h"
#include "daemon/commands/ctl/for_people.h"
#include "daemon/commands/doctor/writable.h"
#include "daemon/commands/quoting.h"
#include "daemon/commands/tls_files.h"
#include "event/read_file.h"

namespace trunkd {
namespace {

using Level = Finding::Level;

constexpr size_t kReservedForTrunkd = 64;  // logs, lookups, listeners
constexpr size_t kFewClients = 64;
constexpr size_t kLongestSecret = size_t{64} * 1024;
constexpr Duration kAdminPatience = 2s;

// Everybody may read it, and who runs this can change that: a secret that a container is given,
// say, belongs to others or to a file system that cannot be written.
bool is_left_open(const std::string& path) {
  struct stat file {};
  struct statvfs file_system {};
  if (stat(path.c_str(), &file) != 0 || (file.st_mode & S_IROTH) == 0) return false;
  if (statvfs(path.c_str(), &file_system) == 0 && (file_system.f_flag & ST_RDONLY) != 0) {
    return false;
  }
  return geteuid() == 0 || file.st_uid == geteuid();
}

// Nobody but the user that trunkd runs as reads the file.
std::string how_to_close(const std::string& path, const ServiceUser* user) {
  struct stat file {};
  const bool by_group =
      user != nullptr && stat(path.c_str(), &file) == 0 && file.st_uid != user->uid;
  const std::string quoted = sh_quoted(path);
  if (!by_group) return "chmod 600 " + quoted;
  return "chgrp " + user->group + ' ' + quoted + " && chmod 640 " + quoted;
}

// None if that user can read it, or nobody knows.
std::optional<Finding> unreadable_by(const ServiceUser* user, const std::string& check,
                                     const std::string& path, const std::string& what) {
  const int error = user == nullptr ? 0 : error_of_reading_as(*user, path);
  if (error <= 0) return std::nullopt;
  return Finding{Level::problem, check,
                 what + " cannot be read by the user " + user->name + ", which the service runs " +
                     "as: " + std::strerror(error),
                 how_to_close(path, user) + "; that user must get through its directories, too."};
}

Finding file_secret(std::string check, const std::string& path, const std::string& reference,
                    const ServiceUser* user) {
  const auto content = read_regular_file(path, kLongestSecret);
  const auto value =
      content ? secret_value(*content, reference) : no_secret(reference, content.error().detail);
  if (!value) {
    return {Level::problem, std::move(check), value.error().detail,
            "Put the secret there, for the user that trunkd runs as: " +
                install_secret(path, user != nullptr ? user->group : "")};
  }
  if (auto finding = unreadable_by(user, check, path, reference)) return *finding;
  if (is_left_open(path)) {
    return {Level::hint, std::move(check), reference + " can be read by everybody on this machine",
            how_to_close(path, user)};
  }
  return {Level::ok, std::move(check),
          reference + " can be read" + (user != nullptr ? " by the user " + user->name : ""), ""};
}

Finding secret_finding(std::string check, const SecretRef& secret, const Environment& environment,
                       const ServiceUser* user) {
  const std::string reference = secret.text();
  switch (secret.kind) {
    case SecretRef::Kind::credential: {
      const auto directory = environment("CREDENTIALS_DIRECTORY");
      if (directory && !directory->empty()) {
        return file_secret(std::move(check), *directory + '/' + secret.name, reference, nullptr);
      }
      return {Level::ok, std::move(check), reference + " is known within the service only", ""};
    }
    case SecretRef::Kind::env: {
      const auto found = environment(secret.name);
      if (!found) {
        return {Level::hint, std::move(check), reference + " is not set here",
                "trunkd reads it at its start: set it where trunkd is started."};
      }
      const auto value = secret_value(*found, reference);
      if (value) return {Level::ok, std::move(check), reference + " is set", ""};
      return {Level::problem, std::move(check), value.error().detail, "Set it to the secret."};
    }
    case SecretRef::Kind::file:
    case SecretRef::Kind::none:
      break;
  }
  return file_secret(std::move(check), secret.name, reference, user);
}

}  // namespace

Finding descriptor_finding(const Config& config, size_t limit) {
  Finding finding{Level::ok, "descriptors", "", ""};
  size_t hosts = 0;
  for (const SessionConfig& session : config.sessions) {
    if (session.pool.empty()) hosts += session.connections;
  }
  const size_t taken = hosts + kReservedForTrunkd;
  const size_t clients = limit > taken ? limit - taken : 0;
  const size_t wanted = config.downstream.max > 0 ? config.downstream.max : kFewClients;
  finding.seen = with_commas(limit) + " may be open: " + with_commas(hosts) +
                 " for connections to hosts, " + with_commas(clients) + " are left for clients";
  if (clients < wanted) {
    finding.level = Level::problem;
    finding.advice = "Raise the limit (ulimit -Hn, LimitNOFILE= of the service), or lower " +
                     std::string(config.downstream.max > 0 ? "downstream.max or " : "") +
                     "connections.";
  } else if (clients < hosts) {
    finding.level = Level::hint;
    finding.advice =
        "Each client that is served needs one as well: with fewer than for the hosts, not all "
        "connections can be used at once.";
  }
  return finding;
}

Findings secret_findings(const Config& config, const Environment& environment,
                         const ServiceUser* user) {
  Findings findings;
  const auto look_at = [&](const std::string& check, const SecretRef& secret) {
    if (secret.kind == SecretRef::Kind::none) return;
    findings.push_back(secret_finding(check, secret, environment, user));
  };
  for (const SessionConfig& session : config.sessions) {
    look_at("secret of " + session.name, session.auth.secret);
    look_at("proxy of " + session.name, session.upstream_proxy.secret);
  }
  return findings;
}

Findings tls_findings(const Config& config, const ServiceUser* user) {
  Findings findings;
  const std::vector<TlsFileMistake> mistakes = tls_file_mistakes(config);
  for (const TlsFileMistake& mistake : mistakes) {
    findings.push_back(
        {Level::problem, "tls of " + mistake.session, mistake.error.detail, mistake.error.hint});
  }
  for (const SessionConfig& session : config.sessions) {
    const TlsConfig& tls = session.tls;
    const std::string& key = tls.client_key.empty() ? tls.client_cert : tls.client_key;
    if (!session.pool.empty() || key.empty()) continue;
    const std::string check = "tls of " + session.name, what = "the private key in " + key;
    if (auto finding = unreadable_by(user, check, key, what)) {
      findings.push_back(std::move(*finding));
    } else if (is_left_open(key)) {
      findings.push_back({Level::hint, check, what + " can be read by everybody on this machine",
                          how_to_close(key, user)});
    }
  }
  return findings;
}

Finding state_finding(const Config& config, const Result<std::string>& state_directory) {
  Finding finding{Level::ok, "state", "", ""};
  const bool needed =
      std::any_of(config.sessions.begin(), config.sessions.end(), [](const SessionConfig& session) {
        return session.cookies.keep == CookiesConfig::Keep::persist;
      });
  if (!needed) {
    finding.seen = "no session keeps cookies in a file";
  } else if (!state_directory) {
    finding.level = Level::problem;
    finding.seen = state_directory.error().detail;
  } else if (const auto obstacle = cannot_make(*state_directory + "/cookies/x", true)) {
    finding.level = Level::problem;
    finding.seen = *obstacle;
    finding.advice = "Cookies are kept in " + *state_directory +
                     ": let the user that trunkd runs as write there, or set STATE_DIRECTORY.";
  } else {
    finding.seen = *state_directory + " can be written";
  }
  return finding;
}

AdminLook look_at_admin(const Config& config, const Result<std::string>& runtime_directory) {
  AdminLook look{{Level::ok, "admin socket", "", ""}, std::nullopt};
  Finding& finding = look.finding;
  // Of the default place it is a warning to serve, too.
  const bool chosen = !config.admin.socket.empty();
  const auto fails = [&](std::string seen, std::string advice) {
    finding.level = chosen ? Level::problem : Level::hint;
    finding.seen = std::move(seen);
    finding.advice = std::move(advice);
    return look;
  };
  if (!chosen && !runtime_directory) return fails(runtime_directory.error().detail, "");
  const std::string path = chosen ? config.admin.socket : *runtime_directory + "/admin.sock";
  if (path.size() > kMaxSocketPath) {
    return fails(path + " is longer than the " + std::to_string(kMaxSocketPath) +
                     " bytes that a socket's path may have",
                 "Let admin.socket name a shorter one; until then trunkd ctl cannot be used.");
  }
  AdminClient client(path, kAdminPatience);
  const auto answer = client.get("/status");
  if (answer && answer->good()) {
    const auto status = nlohmann::ordered_json::parse(answer->body, nullptr, false);
    if (status.is_object() && status.contains("pid") && status["pid"].is_number_integer()) {
      look.running = status["pid"].get<pid_t>();
      finding.seen =
          "trunkd runs (pid " + std::to_string(*look.running) + ") and answers at " + path;
      return look;
    }
  }
  if (answer) return fails("who answers at " + path + " is no trunkd", "Choose another path.");
  const int error = answer.error().system_error;
  if (error == EACCES || error == EPERM) {
    finding = {Level::hint, finding.check, path + " may not be used by this user",
               "Run this as root or as the user of trunkd, or let its group in by admin.mode."};
    return look;
  }
  if (const auto obstacle = cannot_make(path, !chosen)) {
    return fails(*obstacle, "trunkd ctl needs the socket " + path +
                                ": let trunkd make it there, or name another as admin.socket.");
  }
  if (error != ENOENT && error != ECONNREFUSED) return fails(answer.error().detail, "");
  finding.seen = "no trunkd runs; it will answer at " + path;
  return look;
}

}  // namespace trunkd

#include "daemon/secrets.h"

#include <cstdlib>
#include <utility>

#include "event/secret_file.h"

namespace trunkd {
namespace {

std::unique_ptr<Secret> fixed(Result<std::string> value) {
  return std::make_unique<FixedSecret>(std::move(value));
}

std::unique_ptr<Secret> find(Loop& loop, const SecretRef& reference, OnSecretChange on_change) {
  const std::string text = reference.text();
  switch (reference.kind) {
    case SecretRef::Kind::file:
      return follow_secret_file(loop, reference.name, text, std::move(on_change));
    case SecretRef::Kind::credential: {
      const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
      if (directory == nullptr || *directory == '\0') {
        return fixed(no_secret(text,
                               "CREDENTIALS_DIRECTORY is not set, as systemd does for a "
                               "service with LoadCredential="));
      }
      return follow_secret_file(loop, std::string(directory) + '/' + reference.name, text,
                                std::move(on_change));
    }
    case SecretRef::Kind::env: {
      const char* value = std::getenv(reference.name.c_str());
      return fixed(value != nullptr ? secret_value(value, text)
                                    : no_secret(text, "the variable is not set"));
    }
    case SecretRef::Kind::none:
      break;
  }
  return fixed(no_secret(text, "there is no reference to it"));
}

}  // namespace

std::unique_ptr<Secret> open_secret(Loop& loop, Log& log, const std::string& session,
                                    const SecretRef& reference) {
  const auto tell_problem = [&log, session](const Error& problem) {
    log.warning(problem.detail + "; its requests are answered with 502", session);
  };
  auto secret = find(loop, reference,
                     [&log, session, tell_problem, text = reference.text()](const Error* problem) {
                       if (problem != nullptr) return tell_problem(*problem);
                       log.info("the secret " + text + " has a new value", session);
                     });
  if (const auto value = secret->value(); !value) tell_problem(value.error());
  return secret;
}

UpstreamSettings complete_upstream_settings(Loop& loop, Log& log, const Config& config,
                                            const SessionConfig& owner) {
  UpstreamSettings settings = upstream_settings(config, owner);
  const SecretRef& password = owner.upstream_proxy.secret;
  if (password.kind != SecretRef::Kind::none) {
    settings.proxy->password = open_secret(loop, log, owner.name, password);
  }
  return settings;
}

}  // namespace trunkd

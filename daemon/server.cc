#include "daemon/server.h"

#include <algorithm>
#include <random>
#include <sys/resource.h>
#include <utility>

#include "config/config_diff.h"
#include "daemon/log_level.h"
#include "daemon/secrets.h"
#include "daemon/tls_notices.h"

namespace trunkd {
namespace {

constexpr size_t kReservedDescriptors = 64;  // logs, lookups, the loop's own

std::string random_prefix() {
  std::random_device random;
  char text[9];
  std::snprintf(text, sizeof text, "%08x", random());
  return text;
}

// What the sessions are made of outside of tests.
class RealParts final : public SessionParts {
 public:
  RealParts(Loop& loop, Log& log, const Config& config, UpstreamParts& upstream,
            const JarStorage* jars, SessionMetricsByName& metrics)
      : loop_(loop),
        log_(log),
        config_(config),
        upstream_(upstream),
        jars_(jars),
        metrics_(metrics) {}

  Result<std::unique_ptr<ConnectionFactory>> make_factory(const SessionConfig& session) override {
    const std::shared_ptr<SessionMetrics> counted = metrics(session);
    const std::shared_ptr<OpeningMetrics> opening(counted, &counted->opening);
    return UpstreamFactory::create(
        upstream_, complete_upstream_settings(loop_, log_, config_, session), opening,
        [opening, tell = tell_tls_files(log_, session.name)](const Error* problem) {
          ++(problem == nullptr ? opening->tls_files_used : opening->tls_files_refused);
          tell(problem);
        });
  }
  std::unique_ptr<Secret> open_secret(const SessionConfig& session,
                                      const SecretRef& reference) override {
    return trunkd::open_secret(loop_, log_, session.name, reference);
  }
  std::shared_ptr<SessionMetrics> metrics(const SessionConfig& session) override {
    std::shared_ptr<SessionMetrics>& found = metrics_[session.name];
    if (!found) found = std::make_shared<SessionMetrics>();
    return found;
  }
  const JarParts& jar_parts() override { return jars_->parts(); }

 private:
  Loop& loop_;
  Log& log_;
  const Config& config_;
  UpstreamParts& upstream_;
  const JarStorage* jars_;  // null if no session has cookies
  SessionMetricsByName& metrics_;
};

// Whether the session's own pool keeps connections ready.
bool is_warmed(const SessionConfig& settings) {
  return settings.keepalive.warm > 0 && !settings.public_only && settings.pool.empty();
}

bool has_cookies(const Config& config) {
  return std::any_of(config.sessions.begin(), config.sessions.end(), [](const auto& session) {
    return session.cookies.keep != CookiesConfig::Keep::off;
  });
}

}  // namespace

size_t client_limit(const Config& config) {
  if (config.downstream.max > 0) return config.downstream.max;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  size_t taken = kReservedDescriptors;
  for (const SessionConfig& session : config.sessions) {
    if (session.pool.empty()) taken += session.connections;
  }
  const auto descriptors = static_cast<size_t>(std::min<rlim_t>(limit.rlim_cur, 1 << 20));
  return descriptors > taken + kReservedDescriptors ? descriptors - taken : kReservedDescriptors;
}

Server::Server(Loop& loop, std::shared_ptr<const Config> config, Log& log, ListenSockets& sockets,
               std::unique_ptr<FileSink> access_sink, AccessLog::Format access_format)
    : loop_(loop),
      log_(log),
      config_(std::move(config)),
      started_with_(config_),
      access_sink_(std::move(access_sink)),
      access_log_(loop, access_sink_.get(), access_format),
      resolver_(loop),
      addresses_(loop, resolver_, [this](std::string_view text) { log_.warning(text); }),
      started_(loop.wall_now()),
      upstream_{loop, addresses_, trust_, last_connection_id_,
                [this](const SocketAddress& address) { return doors_.is_own(address); }},
      context_{loop, access_log_, log, nullptr, random_prefix()},
      clients_(context_, client_limit(*config_)),
      doors_(loop, log, sockets,
             [this](std::unique_ptr<Transport> transport, const Arrival& arrival) {
               clients_.accept(std::move(transport), arrival);
             }),
      drain_deadline_(loop, [this] { finish_drain(); }),
      lag_(loop) {}

// What is disposed of still refers to the parts of this server, so it goes first.
Server::~Server() {
  doors_.close_all();
  clients_.close_all();
  loop_.run_deferred();
  context_.table.reset();
  loop_.run_deferred();
}

Result<bool> Server::start() {
  if (auto ready = prepare_jars(*config_); !ready) return tl::unexpected(ready.error());
  auto table = make_table(config_);
  if (!table) return tl::unexpected(table.error());
  if (jars_) jars_->keep_prepared();
  context_.table = std::move(*table);
  if (auto ready = doors_.prepare(*config_); !ready) return tl::unexpected(ready.error());
  doors_.commit();
  for (const SessionConfig& session : config_->sessions) warn_of_tls(log_, session);
  make_warm(nullptr);
  reloads_.last_success = loop_.wall_now();
  return true;
}

Result<void> Server::prepare_jars(const Config& config) {
  if (jars_) return jars_->prepare(config);
  if (!has_cookies(config)) return {};
  auto opened = JarStorage::open(loop_, log_, config);
  if (!opened) return tl::unexpected(opened.error());
  jars_ = std::move(*opened);
  return {};
}

Result<std::shared_ptr<SessionTable>> Server::make_table(
    const std::shared_ptr<const Config>& config) {
  RealParts parts(loop_, log_, *config, upstream_, jars_.get(), session_metrics_);
  return SessionTable::create(loop_, parts, config, context_.table.get());
}

// Everything that can fail comes first.
ReloadOutcome Server::reload(const std::shared_ptr<const Config>& config) {
  const auto refused = [](const Error& error) {
    ReloadOutcome outcome;
    outcome.errors.push_back(error.detail);
    return outcome;
  };
  if (context_.draining) return refused({ErrorKind::shutting_down, "the daemon is stopping"});
  if (auto ready = prepare_jars(*config); !ready) return refused(ready.error());
  auto table = make_table(config);
  if (!table) return refused(table.error());
  if (auto ready = doors_.prepare(*config); !ready) return refused(ready.error());

  const ConfigDiff diff = diff_of(*config_, *config);
  if (jars_) jars_->keep_prepared();
  const std::shared_ptr<const SessionTable> before =
      std::exchange(context_.table, std::shared_ptr<const SessionTable>(*table));
  config_ = config;
  (*table)->commit(*before);
  const std::vector<std::string> door_notices = doors_.notices();
  for (const Arrival* gone : doors_.commit()) clients_.drain_of(*gone);
  doors_.purge([this](const Arrival& arrival) { return clients_.has_any_of(arrival); });
  clients_.set_max(client_limit(*config));
  log_.set_level(log_level(config->log.level));
  for (const SessionConfig& session : config->sessions) {
    const auto touched = [&](const auto& names) {
      return std::find(names.begin(), names.end(), session.name) != names.end();
    };
    if (touched(diff.added) || touched(diff.changed)) warn_of_tls(log_, session);
  }
  make_warm(before.get());

  ReloadOutcome outcome;
  outcome.added = diff.added;
  outcome.removed = diff.removed;
  outcome.changed = diff.changed;
  for (const std::string& field : fields_for_next_start(*started_with_, *config)) {
    outcome.notices.push_back(field + ": the new value takes effect at the next start");
  }
  outcome.notices.insert(outcome.notices.end(), door_notices.begin(), door_notices.end());
  return outcome;
}

// So that the first requests wait for no handshake. A session that runs already is warm, or is not
// used.
void Server::make_warm(const SessionTable* before) {
  warm_until_ = loop_.now();
  for (const auto& session : context_.table->sessions()) {
    const auto runs = [&](const auto& one) { return one->name() == session->name(); };
    if (before != nullptr &&
        std::any_of(before->sessions().begin(), before->sessions().end(), runs)) {
      continue;
    }
    const SessionConfig& settings = session->settings();
    if (!is_warmed(settings)) continue;
    session->start(settings.keepalive.warm);
    warm_until_ = std::max(warm_until_, loop_.now() + settings.timeouts.connect);
  }
}

bool Server::started_up() {
  if (started_up_) return true;
  const auto& sessions = context_.table->sessions();
  const bool all_warm = std::all_of(sessions.begin(), sessions.end(), [](const auto& session) {
    const PoolSnapshot pool = session->pool().snapshot();
    return !is_warmed(session->settings()) ||
           pool.idle + pool.leased >= session->settings().keepalive.warm;
  });
  return started_up_ = all_warm || loop_.now() >= warm_until_;
}

void Server::kill(Session& session) {
  session.pause();
  clients_.kill(session.name());
  session.reconnect();
}

void Server::drain(std::function<void()> on_done) {
  on_drained_ = std::move(on_done);
  context_.draining = true;
  doors_.close_all();
  drain_deadline_.start_at(loop_.now() + config_->drain_timeout);
  clients_.drain([this] { finish_drain(); });
}

void Server::finish_drain() {
  if (!on_drained_) return;
  drain_deadline_.stop();
  if (clients_.size() > 0) {
    log_.warning("drain_timeout is over: " + std::to_string(clients_.size()) +
                 " clients are cut off");
    clients_.close_all();
  }
  if (on_drained_) std::exchange(on_drained_, nullptr)();
}

void Server::reopen_logs() {
  if (access_sink_) access_sink_->reopen();
}

std::string Server::metrics() const {
  return metrics_text({*context_.table, context_.unrouted, clients_, addresses_, access_log_, lag_,
                       reloads_, jars_.get(), started_});
}

Session* Server::session(std::string_view name) const {
  for (const auto& session : context_.table->sessions()) {
    if (session->name() == name) return session.get();
  }
  return nullptr;
}

}  // namespace trunkd

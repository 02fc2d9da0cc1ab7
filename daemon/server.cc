#include "daemon/server.h"

#include <algorithm>
#include <cerrno>
#include <random>
#include <sys/resource.h>
#include <utility>

#include "base/text.h"
#include "daemon/secrets.h"
#include "daemon/tls_notices.h"

namespace trunkd {
namespace {

constexpr size_t kReservedDescriptors = 64;  // logs, lookups, the loop's own
constexpr int kPortTries = 20;

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
    UpstreamSettings settings = upstream_settings(config_, session);
    const std::shared_ptr<SessionMetrics> counted = metrics(session);
    settings.metrics = std::shared_ptr<OpeningMetrics>(counted, &counted->opening);
    settings.on_tls_files = [opening = settings.metrics,
                             tell = tell_tls_files(log_, session.name)](const Error* problem) {
      ++(problem == nullptr ? opening->tls_files_used : opening->tls_files_refused);
      tell(problem);
    };
    return UpstreamFactory::create(upstream_, settings);
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

bool has_cookies(const Config& config) {
  return std::any_of(config.sessions.begin(), config.sessions.end(), [](const auto& session) {
    return session.cookies.keep != CookiesConfig::Keep::off;
  });
}

// This machine has no IPv6.
bool no_such_family(const Error& error) {
  return error.system_error == EADDRNOTAVAIL || error.system_error == EAFNOSUPPORT;
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

Server::Server(Loop& loop, std::shared_ptr<const Config> config, Log& log,
               std::unique_ptr<FileSink> access_sink, AccessLog::Format access_format)
    : loop_(loop),
      log_(log),
      config_(std::move(config)),
      access_sink_(std::move(access_sink)),
      access_log_(loop, access_sink_.get(), access_format),
      resolver_(loop),
      addresses_(loop, resolver_, [this](std::string_view text) { log_.warning(text); }),
      started_(loop.wall_now()),
      upstream_{loop, addresses_, trust_, last_connection_id_,
                [this](const SocketAddress& address) { return is_own_address(address); }},
      context_{loop, access_log_, log, nullptr, random_prefix()},
      clients_(context_, client_limit(*config_)),
      drain_deadline_(loop, [this] { finish_drain(); }),
      lag_(loop) {}

// What is disposed of still refers to the parts of this server, so it goes first.
Server::~Server() {
  doors_.clear();
  clients_.close_all();
  loop_.run_deferred();
  context_.table.reset();
  loop_.run_deferred();
}

Result<bool> Server::start() {
  if (has_cookies(*config_)) {
    auto opened = JarStorage::open(loop_, log_, *config_);
    if (!opened) return tl::unexpected(opened.error());
    jars_ = std::move(*opened);
  }
  RealParts parts(loop_, log_, *config_, upstream_, jars_.get(), session_metrics_);
  auto table = SessionTable::create(loop_, parts, config_);
  if (!table) return tl::unexpected(table.error());
  context_.table = std::move(*table);

  if (config_->listen) {
    if (auto opened = open(*config_->listen, std::nullopt); !opened) return opened;
  }
  for (size_t i = 0; i < config_->sessions.size(); ++i) {
    for (const ListenAddress& address : config_->sessions[i].listen) {
      if (auto opened = open(address, i); !opened) return opened;
    }
    warn_of_tls(log_, config_->sessions[i]);
  }
  reloads_.last_success = loop_.wall_now();
  log_.info("ready");
  return true;
}

Result<bool> Server::open(const ListenAddress& address, std::optional<size_t> session) {
  const size_t first_door = doors_.size();
  Result<bool> opened = true;
  switch (address.kind) {
    case ListenAddress::Kind::unix_socket:
      opened = open_unix(address, session);
      break;
    case ListenAddress::Kind::loopback_port:
      opened = open_loopback(address.port, session);
      break;
    case ListenAddress::Kind::tcp:
      if (auto port = open_tcp(address.host, address.port, session); !port) {
        opened = tl::unexpected(port.error());
      }
      break;
  }
  if (opened) announce(session, first_door);
  return opened;
}

Result<bool> Server::open_unix(const ListenAddress& address, std::optional<size_t> session) {
  auto door = std::make_unique<Door>();
  door->arrival.own_session = session;
  door->arrival.unix_socket = true;
  door->text = "unix:" + address.path;
  auto listener =
      Listener::unix_socket(loop_, {address.path, address.mode, address.group},
                            [this, arrival = &door->arrival](std::unique_ptr<Transport> transport) {
                              clients_.accept(std::move(transport), *arrival);
                            });
  if (!listener) return tl::unexpected(listener.error());
  door->listener = std::move(*listener);
  doors_.push_back(std::move(door));
  return true;
}

Result<uint16_t> Server::open_tcp(const std::string& host, uint16_t port,
                                  std::optional<size_t> session) {
  const auto address = SocketAddress::parse(host, port);
  if (!address) return failure(ErrorKind::internal, host + " is not an IP address");
  auto door = std::make_unique<Door>();
  door->local_ip = host;
  door->arrival.own_session = session;
  door->arrival.local_ip = door->local_ip;
  auto listener = Listener::tcp(
      loop_, *address, [this, arrival = &door->arrival](std::unique_ptr<Transport> transport) {
        clients_.accept(std::move(transport), *arrival);
      });
  if (!listener) return tl::unexpected(listener.error());
  door->listener = std::move(*listener);
  const uint16_t bound = door->listener->port();
  door->arrival.local_port = bound;
  door->text = SocketAddress::parse(host, bound)->text();
  doors_.push_back(std::move(door));
  return bound;
}

// Both families on one port. For port 0 the system chooses one for IPv4 that may be taken on IPv6:
// then another one is tried.
Result<bool> Server::open_loopback(uint16_t port, std::optional<size_t> session) {
  for (int tries = 1;; ++tries) {
    const auto v4 = open_tcp("127.0.0.1", port, session);
    if (!v4) return tl::unexpected(v4.error());
    const auto v6 = open_tcp("::1", *v4, session);
    if (v6) return true;
    if (no_such_family(v6.error())) {
      log_.info("no IPv6 here: " + v6.error().detail);
      return true;
    }
    doors_.pop_back();
    if (port != 0 || tries == kPortTries) return tl::unexpected(v6.error());
  }
}

void Server::announce(std::optional<size_t> session, size_t first_door) {
  std::string line = session ? "session \"" + config_->sessions[*session].name + "\" listens on "
                             : std::string("listening on ");
  for (size_t i = first_door; i < doors_.size(); ++i) {
    if (i > first_door) line += " and ";
    line += doors_[i]->text;
  }
  log_.info(line);
}

bool Server::is_own_address(const SocketAddress& address) const {
  return std::any_of(doors_.begin(), doors_.end(), [&](const auto& door) {
    if (door->text == address.text()) return true;
    const bool any = door->local_ip == (address.is_ipv6() ? "::" : "0.0.0.0");
    return any && address.port() == door->arrival.local_port && is_of_this_machine(address);
  });
}

void Server::drain(std::function<void()> on_done) {
  on_drained_ = std::move(on_done);
  context_.draining = true;
  for (const auto& door : doors_) loop_.dispose(std::move(door->listener));
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

uint16_t Server::port(std::string_view session) const {
  for (const auto& door : doors_) {
    const auto& own = door->arrival.own_session;
    const bool wanted = session.empty() ? !own : own && config_->sessions[*own].name == session;
    if (wanted && door->arrival.local_port != 0) return door->arrival.local_port;
  }
  return 0;
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

#include "daemon/admin_server.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <random>
#include <unistd.h>
#include <utility>

#include "config/listen_address.h"
#include "daemon/directories.h"
#include "daemon/version.h"
#include "event/private_files.h"

namespace trunkd {
namespace {

// 256 bits from the system.
std::string random_token() {
  std::random_device random;
  std::string token;
  for (int i = 0; i < 8; ++i) {
    char text[9];
    std::snprintf(text, sizeof text, "%08x", random());
    token += text;
  }
  return token;
}

Result<void> write_token(const std::string& path, const std::string& token) {
  auto file = open_private_file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return tl::unexpected(file.error());
  const std::string line = token + '\n';
  if (::write(file->get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    return file_failure("write", path, errno);
  }
  return {};
}

}  // namespace

// The door of one `trunkd ctl page`.
class AdminServer::Page {
 public:
  Page(std::shared_ptr<AdminServer*> server, const Open& open)
      : server_(std::move(server)), open_(open) {}
  ~Page() {
    if (*server_ != nullptr) (*server_)->close(open_);
  }
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

 private:
  const std::shared_ptr<AdminServer*> server_;
  const Open& open_;
};

AdminServer::AdminServer(Loop& loop, Log& log, ListenSockets& sockets, Server& server, Verbs verbs)
    : loop_(loop),
      log_(log),
      sockets_(sockets),
      server_(server),
      verbs_(std::move(verbs)),
      started_(loop.wall_now()),
      handler_(static_cast<AdminHost&>(*this)),
      connections_(loop, handler_),
      self_(std::make_shared<AdminServer*>(this)) {}

AdminServer::~AdminServer() {
  *self_ = nullptr;
  connections_.close_all();
  loop_.run_deferred();
  open_.clear();
  if (!token_file_.empty()) unlink(token_file_.c_str());
}

Result<void> AdminServer::open(const AdminConfig& settings) {
  if (auto opened = open_socket(settings); !opened) {
    if (!settings.socket.empty()) return opened;
    log_.warning("no admin socket, so trunkd ctl cannot reach this daemon: " +
                 opened.error().detail);
  }
  return settings.listen.empty() ? Result<void>() : open_remote(settings.listen);
}

Result<void> AdminServer::open_socket(const AdminConfig& settings) {
  std::string path = settings.socket;
  if (path.empty()) {
    auto directory = runtime_directory();
    if (!directory) return tl::unexpected(directory.error());
    if (auto made = make_private_directories(*directory); !made) return made;
    path = *directory + "/admin.sock";
  }
  auto opened = open_unix(AdminDoor::Kind::local, {path, settings.mode, settings.group});
  if (!opened) return tl::unexpected(opened.error());
  log_.info("admin interface on " + (*opened)->text());
  return {};
}

Result<void> AdminServer::open_remote(const std::string& listen) {
  const auto address = parse_listen_address(listen);
  const bool bare = address->kind == ListenAddress::Kind::loopback_port;
  auto opened =
      open_tcp(AdminDoor::Kind::remote, bare ? "127.0.0.1" : address->host, address->port);
  if (!opened) return tl::unexpected(opened.error());
  auto directory = runtime_directory();
  if (!directory) return tl::unexpected(directory.error());
  const std::string token = random_token();
  token_file_ = *directory + "/admin.token";
  if (auto written = write_token(token_file_, token); !written) return written;
  (*opened)->door.token = token;
  std::string where = (*opened)->text();
  if (bare) {  // and the other family, where the machine has it
    auto other = open_tcp(AdminDoor::Kind::remote, "::1", (*opened)->door.arrival.local_port);
    if (other) {
      (*other)->door.token = token;
      where += " and " + (*other)->text();
    }
  }
  log_.info("admin interface on " + where + ", its token is in " + token_file_);
  return {};
}

Result<void> AdminServer::open_metrics(const ListenAddress& address) {
  std::string where;
  const auto note = [&](const Result<Open*>& opened) {
    where += (where.empty() ? "" : " and ") + (*opened)->text();
  };
  if (address.kind == ListenAddress::Kind::unix_socket) {
    auto opened = open_unix(AdminDoor::Kind::scraper, {address.path, address.mode, address.group});
    if (!opened) return tl::unexpected(opened.error());
    note(opened);
  } else {
    const bool bare = address.kind == ListenAddress::Kind::loopback_port;
    auto opened =
        open_tcp(AdminDoor::Kind::scraper, bare ? "127.0.0.1" : address.host, address.port);
    if (!opened) return tl::unexpected(opened.error());
    note(opened);
    if (bare) {  // and the other family, where the machine has it
      auto other = open_tcp(AdminDoor::Kind::scraper, "::1", (*opened)->door.arrival.local_port);
      if (other) note(other);
    }
  }
  log_.info("metrics on " + where);
  return {};
}

Result<AdminServer::Open*> AdminServer::open_unix(AdminDoor::Kind kind,
                                                  const UnixSocketSettings& settings) {
  auto opened = std::make_unique<Open>();
  opened->door.kind = kind;
  opened->door.arrival.unix_socket = true;
  opened->path = settings.path;
  auto listener = sockets_.unix_socket(
      loop_, settings, [this, door = &opened->door](std::unique_ptr<Transport> transport) {
        connections_.accept(std::move(transport), *door);
      });
  if (!listener) return tl::unexpected(listener.error());
  opened->listener = std::move(*listener);
  open_.push_back(std::move(opened));
  return open_.back().get();
}

Result<AdminServer::Open*> AdminServer::open_tcp(AdminDoor::Kind kind, const std::string& host,
                                                 uint16_t port) {
  const auto address = SocketAddress::parse(host, port);
  if (!address) return failure(ErrorKind::internal, host + " is not an IP address");
  auto opened = std::make_unique<Open>();
  opened->door.kind = kind;
  opened->local_ip = host;
  auto listener = sockets_.tcp(loop_, *address,
                               [this, door = &opened->door](std::unique_ptr<Transport> transport) {
                                 connections_.accept(std::move(transport), *door);
                               });
  if (!listener) return tl::unexpected(listener.error());
  opened->listener = std::move(*listener);
  opened->door.arrival.local_ip = opened->local_ip;
  opened->door.arrival.local_port = opened->listener->port();
  open_.push_back(std::move(opened));
  return open_.back().get();
}

Result<PageDoor> AdminServer::open_page() {
  auto opened = open_tcp(AdminDoor::Kind::page, "127.0.0.1", 0);
  if (!opened) return tl::unexpected(opened.error());
  AdminDoor& door = (*opened)->door;
  door.token = random_token();
  door.one_time = random_token();
  return PageDoor{
      "http://127.0.0.1:" + std::to_string(door.arrival.local_port) + "/#" + door.one_time,
      std::make_shared<Page>(self_, **opened)};
}

void AdminServer::close(const Open& open) {
  connections_.close_of(open.door);
  const auto found =
      std::find_if(open_.begin(), open_.end(), [&](const auto& one) { return one.get() == &open; });
  if (found == open_.end()) return;
  loop_.dispose(std::move(*found));  // after its connections, which are on their way out
  open_.erase(found);
}

std::string AdminServer::Open::text() const {
  if (!path.empty()) return "unix:" + path;
  return SocketAddress::parse(local_ip, door.arrival.local_port)->text();
}

// --- AdminHost

const SessionTable& AdminServer::sessions() const { return *server_.context().table; }

const RecentExchanges& AdminServer::recent() const { return server_.context().recent; }

std::string_view AdminServer::id_prefix() const { return server_.context().id_prefix; }

DaemonStatus AdminServer::status() const {
  DaemonStatus status;
  status.version = TRUNKD_VERSION;
  status.pid = getpid();
  status.started = started_;
  status.draining = server_.context().draining;
  status.started_up = server_.started_up();
  status.clients = server_.clients();
  status.clients_max = server_.downstreams().max();
  status.clients_refused = server_.downstreams().refused();
  status.requests = server_.context().requests;
  const ReloadMetrics& reloads = server_.reloads();
  if (reloads.applied > 0) status.reloaded = reloads.last_success;
  return status;
}

std::string AdminServer::metrics() { return server_.metrics(); }

void AdminServer::kill(Session& session) { server_.kill(session); }

void AdminServer::reload(std::function<void(const ReloadOutcome&)> done) {
  verbs_.reload(std::move(done));
}

}  // namespace trunkd

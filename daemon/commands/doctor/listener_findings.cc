#include "daemon/commands/doctor/listener_findings.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "config/listen_address.h"
#include "daemon/commands/doctor/port_holder.h"
#include "daemon/commands/doctor/writable.h"
#include "event/private_files.h"
#include "event/socket_address.h"

namespace trunkd {
namespace {

using Level = Finding::Level;
using ListenerKind = ListenAddress::Kind;

// 0, or the errno of what does not work.
int try_to_bind(const SocketAddress& address) {
  const int family = address.is_ipv6() ? AF_INET6 : AF_INET;
  const Descriptor socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return errno;
  const int on = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.is_ipv6()) {  // as serve does
    setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  if (bind(socket.get(), address.get(), address.size()) != 0) return errno;
  return listen(socket.get(), 1) == 0 ? 0 : errno;
}

class ListenerLook {
 public:
  explicit ListenerLook(std::optional<pid_t> running) : running_(running) {}

  void look_at(const std::string& owner, const ListenAddress& address);
  Findings take() { return std::move(findings_); }

 private:
  Finding tcp(const SocketAddress& address) const;
  Finding unix_socket(const std::string& path) const;

  const std::optional<pid_t> running_;
  Findings findings_;
};

Finding ListenerLook::tcp(const SocketAddress& address) const {
  const int error = try_to_bind(address);
  switch (error) {
    case 0:
      return {Level::ok, "", "is free", ""};
    case EADDRINUSE:
      return taken_finding(port_holders(address), running_,
                           [&address] { return trunkd_answers(address); });
    case EACCES:
      return {Level::problem, "", "may not be opened by this user",
              "Choose a port from 1024 on, or give the service CAP_NET_BIND_SERVICE."};
    case EADDRNOTAVAIL:
      return {Level::problem, "", "this machine does not have the address",
              "Write a bare port for the loopback, or an address of this machine."};
    default:
      return {Level::problem, "", std::string("cannot be opened: ") + std::strerror(error), ""};
  }
}

Finding ListenerLook::unix_socket(const std::string& path) const {
  struct stat there {};
  if (lstat(path.c_str(), &there) == 0) {
    if (!S_ISSOCK(there.st_mode)) {
      return {Level::problem, "", "there is a file of another kind",
              "trunkd never replaces it: move it away."};
    }
    const Holders holders = socket_holders(path);
    if (holders.listening) return taken_finding(holders, running_, [] { return false; });
    if (holders.forbidden) {
      return {Level::hint, "", "may not be used by this user, so who has it is not known",
              "Run this as the user that trunkd runs as."};
    }
    if (const auto obstacle = cannot_make(path, false)) {
      return {Level::problem, "",
              "was left behind by a program that has ended, and cannot be replaced: " + *obstacle,
              "Remove it, and let the user that trunkd runs as write to the directory."};
    }
    return {Level::ok, "", "was left behind by a program that has ended; it is replaced", ""};
  }
  if (const auto obstacle = cannot_make(path, false)) {
    return {Level::problem, "", *obstacle,
            "Make the directory, and let the user that trunkd runs as write to it."};
  }
  return {Level::ok, "", "is free", ""};
}

void ListenerLook::look_at(const std::string& owner, const ListenAddress& address) {
  const auto note = [&](Finding finding) {
    finding.check = owner + ' ' + address.text();
    findings_.push_back(std::move(finding));
  };
  if (address.kind == ListenerKind::unix_socket) return note(unix_socket(address.path));
  if (address.port == 0) return note({Level::ok, "", "takes a free port", ""});
  if (address.kind == ListenerKind::tcp) {
    return note(tcp(*SocketAddress::parse(address.host, address.port)));
  }
  // A machine without IPv6 has a hint of its own.
  Finding finding = tcp(*SocketAddress::parse("127.0.0.1", address.port));
  if (finding.level == Level::ok && ipv6_is_there()) {
    Finding second = tcp(*SocketAddress::parse("::1", address.port));
    if (second.level != Level::ok) {
      second.seen = "on ::1 " + second.seen;
      finding = std::move(second);
    }
  }
  note(std::move(finding));
}

}  // namespace

Finding taken_finding(const Holders& holders, std::optional<pid_t> running,
                      const std::function<bool()>& trunkd_answers) {
  const auto holder = likeliest_holder(holders, running);
  if (holder && is_systemd(*holder)) {
    return {Level::hint, "", "systemd (pid 1) holds it for a service",
            "If that is trunkd.socket, all is well: trunkd gets it from systemd. Else choose "
            "another."};
  }
  // A question to a socket that systemd may hold would start the service.
  const bool may_ask = running || !holders.may_be_systemds;
  const bool is_trunkd =
      holder ? holder->name == kOwnProgram : holders.listening && may_ask && trunkd_answers();
  const bool is_running = running && (holder ? holder->pid == *running : is_trunkd);
  if (is_running) {
    return {Level::ok, "", "the running trunkd (pid " + std::to_string(*running) + ") has it", ""};
  }
  std::string who = "another program";
  if (holder) {
    who = holder->name + " (pid " + std::to_string(holder->pid) + ')';
  } else if (is_trunkd) {
    who = "a trunkd";
  } else if (holders.listening) {
    who = "somebody whom this user may not see";
  }
  if (is_trunkd && !running) {
    return {Level::hint, "", who + " has it, and not by this configuration's admin socket",
            "If it is the one that is to be replaced, end it first."};
  }
  if (holder || !holders.listening) {
    return {Level::problem, "", who + " has it", "Choose another, or end that program."};
  }
  return {Level::problem, "", who + " has it",
          "Choose another, or end that program; root's trunkd doctor names it."};
}

Findings listener_findings(const Config& config, std::optional<pid_t> running) {
  ListenerLook look(running);
  if (config.listen) look.look_at("shared port", *config.listen);
  for (const SessionConfig& session : config.sessions) {
    for (const ListenAddress& address : session.listen) look.look_at(session.name, address);
  }
  if (!config.admin.listen.empty()) {
    if (auto address = parse_listen_address(config.admin.listen)) {
      if (address->kind == ListenerKind::loopback_port) {
        address->kind = ListenerKind::tcp;
        address->host = "127.0.0.1";
      }
      look.look_at("admin", *address);
    }
  }
  if (config.metrics.listen) look.look_at("metrics", *config.metrics.listen);
  return look.take();
}

}  // namespace trunkd

#include "daemon/commands/doctor/port_holder.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <set>
#include <sstream>
#include <string_view>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "event/private_files.h"

namespace trunkd {
namespace {

namespace fs = std::filesystem;

constexpr const char* kListening = "0A";  // of /proc/net/tcp
constexpr size_t kMostProbed = size_t{16} * 1024;

// As /proc/net/tcp writes it: words of the machine's own byte order.
std::string hex_address(const SocketAddress& address) {
  const bool ipv6 = address.is_ipv6();
  unsigned char bytes[16];
  if (ipv6) {
    std::memcpy(bytes, &reinterpret_cast<const sockaddr_in6*>(address.get())->sin6_addr, 16);
  } else {
    std::memcpy(bytes, &reinterpret_cast<const sockaddr_in*>(address.get())->sin_addr, 4);
  }
  std::string text;
  for (size_t i = 0; i < (ipv6 ? 16 : 4); i += 4) {
    uint32_t word = 0;
    std::memcpy(&word, bytes + i, 4);
    char digits[9];
    std::snprintf(digits, sizeof digits, "%08X", word);
    text += digits;
  }
  return text;
}

std::string first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

PortHolder program(pid_t pid) {
  return {pid, first_line("/proc/" + std::to_string(pid) + "/comm")};
}

bool systemd_runs() { return is_systemd(program(1)); }

// Which local addresses of the two tables stand in the way of one.
struct InTheWay {
  explicit InTheWay(const SocketAddress& address)
      : own(hex_address(address)), is_any(own.find_first_not_of('0') == std::string::npos) {
    if (address.is_ipv6()) return;
    const auto in_ipv6 = SocketAddress::parse("::ffff:" + address.host(), address.port());
    mapped = hex_address(*in_ipv6);
    mapped_prefix = mapped.substr(0, kMappedPrefix);
  }

  // trunkd listens on IPv6 addresses for IPv6 alone.
  bool of_ipv4(const std::string& local) const {
    return !mapped.empty() && (is_any || local == own || is_unspecified(local));
  }
  bool of_ipv6(const std::string& local) const {
    if (mapped.empty()) return is_any || local == own || is_unspecified(local);
    return local == mapped || is_unspecified(local) || (is_any && local.starts_with(mapped_prefix));
  }

 private:
  static constexpr size_t kMappedPrefix = 24;
  static bool is_unspecified(const std::string& local) {
    return local.find_first_not_of('0') == std::string::npos;
  }

  std::string own;
  std::string mapped, mapped_prefix;  // of an IPv4 address: "::ffff:127.0.0.1"; else empty
  bool is_any;
};

using Inodes = std::set<std::string>;

// Adds the sockets of `table` that listen at `port` and an address for which `in_the_way`.
template <typename Predicate>
void find_listeners(const char* table, uint16_t port, Predicate in_the_way, Inodes& inodes,
                    Holders& holders) {
  char digits[5];
  std::snprintf(digits, sizeof digits, "%04X", port);
  std::ifstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string number, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
    words >> number >> local >> remote >> state >> queues >> timer >> retransmits >> uid >>
        timeout >> inode;
    const size_t colon = local.find(':');
    if (state != kListening || colon == std::string::npos) continue;
    if (local.substr(colon + 1) != digits || !in_the_way(local.substr(0, colon))) continue;
    inodes.insert("socket:[" + inode + ']');
    holders.may_be_systemds = holders.may_be_systemds || (uid == "0" && systemd_runs());
  }
}

Inodes unix_listeners(const std::string& path) {
  constexpr unsigned long kAcceptsConnections = 0x10000;
  Inodes inodes;
  std::ifstream lines("/proc/net/unix");
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string number, references, protocol, flags, type, state, inode, bound;
    words >> number >> references >> protocol >> flags >> type >> state >> inode >> std::ws;
    std::getline(words, bound);
    const bool listens = (std::strtoul(flags.c_str(), nullptr, 16) & kAcceptsConnections) != 0;
    if (listens && bound == path) inodes.insert("socket:[" + inode + ']');
  }
  return inodes;
}

bool has_one_of(const fs::path& process, const std::set<std::string>& sockets) {
  std::error_code error;  // it has ended, or is another user's
  for (fs::directory_iterator it(process / "fd", error), end; !error && it != end;
       it.increment(error)) {
    std::error_code unreadable;
    const fs::path target = fs::read_symlink(it->path(), unreadable);
    if (!unreadable && sockets.contains(target.string())) return true;
  }
  return false;
}

std::vector<PortHolder> programs_with(const Inodes& inodes) {
  std::vector<PortHolder> found;
  std::error_code error;
  for (fs::directory_iterator it("/proc", error), end; !error && it != end; it.increment(error)) {
    const auto pid = parse_decimal(it->path().filename().string());
    if (pid && has_one_of(it->path(), inodes)) found.push_back(program(static_cast<pid_t>(*pid)));
  }
  return found;
}

// Connects: the system knows who called listen().
void ask_for_holder(const std::string& path, Holders& holders) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, path.data(), path.size());
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return;
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    holders.forbidden = errno == EACCES || errno == EPERM;
    if (holders.forbidden || errno == ECONNREFUSED || errno == ENOENT) return;
    holders.listening = true;  // its queue is full, or it is of another type
    return;
  }
  holders.listening = true;
  ucred peer{};
  socklen_t size = sizeof peer;
  // 0: a process of another namespace.
  if (getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid != 0) {
    holders.programs.push_back(program(peer.pid));
  }
}

// What is left of the time for a probe.
class ProbeTime {
 public:
  explicit ProbeTime(Duration patience) : end_(std::chrono::steady_clock::now() + patience) {}
  // False if the socket does not become ready in time.
  bool wait(const Descriptor& socket, short events) const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end_ - std::chrono::steady_clock::now());
    pollfd one{socket.get(), events, 0};
    return left.count() > 0 && poll(&one, 1, static_cast<int>(left.count())) > 0;
  }

 private:
  const std::chrono::steady_clock::time_point end_;
};

}  // namespace

Holders port_holders(const SocketAddress& address) {
  Holders holders;
  Inodes inodes;
  const InTheWay in_the_way(address);
  const uint16_t port = address.port();
  find_listeners(
      "/proc/net/tcp", port, [&](const std::string& local) { return in_the_way.of_ipv4(local); },
      inodes, holders);
  find_listeners(
      "/proc/net/tcp6", port, [&](const std::string& local) { return in_the_way.of_ipv6(local); },
      inodes, holders);
  holders.listening = !inodes.empty();
  if (holders.listening) holders.programs = programs_with(inodes);
  return holders;
}

Holders socket_holders(const std::string& path) {
  Holders holders;
  const Inodes inodes = unix_listeners(path);
  if (!inodes.empty()) {
    holders.listening = true;
    holders.programs = programs_with(inodes);
    if (!holders.programs.empty()) return holders;
    struct stat there {};
    holders.may_be_systemds =
        systemd_runs() && stat(path.c_str(), &there) == 0 && there.st_uid == 0;
    if (holders.may_be_systemds) return holders;
  }
  // Bound by another name, or by a program of another container.
  ask_for_holder(path, holders);
  return holders;
}

bool is_systemd(const PortHolder& holder) { return holder.pid == 1 && holder.name == "systemd"; }

std::optional<PortHolder> likeliest_holder(const Holders& holders, std::optional<pid_t> running) {
  const auto rank = [running](const PortHolder& one) {
    if (running && one.pid == *running) return 0;
    if (one.name == kOwnProgram) return 1;
    return is_systemd(one) ? 3 : 2;
  };
  const auto& all = holders.programs;
  const auto first = std::min_element(
      all.begin(), all.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  if (first == all.end()) return std::nullopt;
  return *first;
}

bool trunkd_answers(const SocketAddress& address, Duration patience) {
  const int family = address.is_ipv6() ? AF_INET6 : AF_INET;
  const Descriptor socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const ProbeTime time(patience);
  if (!socket) return false;
  if (connect(socket.get(), address.get(), address.size()) != 0 && errno != EINPROGRESS) {
    return false;
  }
  constexpr std::string_view kQuestion =
      "GET /trunkd-doctor HTTP/1.1\r\nHost: trunkd-doctor.invalid\r\nConnection: close\r\n\r\n";
  if (!time.wait(socket, POLLOUT) ||
      send(socket.get(), kQuestion.data(), kQuestion.size(), MSG_NOSIGNAL) < 0) {
    return false;
  }
  std::string answer;
  char buffer[4096];
  while (answer.size() < kMostProbed && time.wait(socket, POLLIN)) {
    const ssize_t got = recv(socket.get(), buffer, sizeof buffer, 0);
    if (got <= 0) break;
    answer.append(buffer, static_cast<size_t>(got));
  }
  // The admin and metrics listeners have no Proxy-Status, but say the same sentence.
  return to_lower(answer).find("\r\nproxy-status: trunkd") != std::string::npos ||
         answer.find("trunkd-doctor.invalid\\\" is not served here") != std::string::npos;
}

}  // namespace trunkd

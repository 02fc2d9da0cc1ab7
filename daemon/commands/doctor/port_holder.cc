#include "daemon/commands/doctor/port_holder.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
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

// The inodes of sockets in `table` that listen at one of `addresses`.
void find_listeners(const char* table, const std::set<std::string>& addresses, uint16_t port,
                    std::set<std::string>& inodes) {
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
    if (local.substr(colon + 1) == digits && addresses.contains(local.substr(0, colon))) {
      inodes.insert("socket:[" + inode + ']');
    }
  }
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

std::string first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

}  // namespace

std::optional<PortHolder> port_holder(const SocketAddress& address) {
  std::set<std::string> inodes;
  const std::string own = hex_address(address), any4(8, '0'), any6(32, '0');
  if (!address.is_ipv6()) find_listeners("/proc/net/tcp", {own, any4}, address.port(), inodes);
  find_listeners("/proc/net/tcp6", {own, any6}, address.port(), inodes);
  if (inodes.empty()) return std::nullopt;
  std::error_code error;
  for (fs::directory_iterator it("/proc", error), end; !error && it != end; it.increment(error)) {
    const auto pid = parse_decimal(it->path().filename().string());
    if (!pid || !has_one_of(it->path(), inodes)) continue;
    return PortHolder{static_cast<pid_t>(*pid), first_line(it->path() / "comm")};
  }
  return std::nullopt;
}

std::optional<PortHolder> socket_holder(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return std::nullopt;
  std::memcpy(address.sun_path, path.data(), path.size());
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return std::nullopt;
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno == ECONNREFUSED || errno == ENOENT) return std::nullopt;
    return PortHolder{};
  }
  ucred peer{};  // of who called listen()
  socklen_t size = sizeof peer;
  if (getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return PortHolder{};
  return PortHolder{peer.pid, first_line("/proc/" + std::to_string(peer.pid) + "/comm")};
}

bool trunkd_answers(const SocketAddress& address) {
  const int family = address.is_ipv6() ? AF_INET6 : AF_INET;
  const Descriptor socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval patience{1, 0};
  if (!socket) return false;
  for (const int way : {SO_RCVTIMEO, SO_SNDTIMEO}) {
    setsockopt(socket.get(), SOL_SOCKET, way, &patience, sizeof patience);
  }
  if (connect(socket.get(), address.get(), address.size()) != 0) return false;
  constexpr std::string_view kQuestion =
      "GET /trunkd-doctor HTTP/1.1\r\nHost: trunkd-doctor.invalid\r\nConnection: close\r\n\r\n";
  if (send(socket.get(), kQuestion.data(), kQuestion.size(), MSG_NOSIGNAL) < 0) return false;
  std::string answer;
  char buffer[4096];
  while (answer.size() < kMostProbed) {
    const ssize_t got = recv(socket.get(), buffer, sizeof buffer, 0);
    if (got <= 0) break;
    answer.append(buffer, static_cast<size_t>(got));
  }
  return to_lower(answer).find("\r\nproxy-status: trunkd") != std::string::npos;
}

}  // namespace trunkd

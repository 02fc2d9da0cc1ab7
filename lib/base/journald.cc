#include "base/journald.h"

#include <cstdint>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace trunkd {

void append_journal_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  if (value.find('\n') == std::string_view::npos) {
    out += '=';
  } else {
    out += '\n';
    for (int byte = 0; byte < 8; ++byte) {  // little-endian
      out += static_cast<char>(static_cast<uint64_t>(value.size()) >> (8 * byte) & 0xff);
    }
  }
  out.append(value) += '\n';
}

JournaldSocket::JournaldSocket(std::string_view path)
    : path_(path), socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}

JournaldSocket::~JournaldSocket() {
  if (socket_ >= 0) close(socket_);
}

// By its path each time: so it is found again after the journal was restarted.
bool JournaldSocket::send(std::string_view entry) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_ < 0 || path_.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, path_.data(), path_.size());
  const ssize_t sent = sendto(socket_, entry.data(), entry.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return sent == static_cast<ssize_t>(entry.size());
}

}  // namespace trunkd

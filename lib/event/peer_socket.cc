#include "event/peer_socket.h"

#include <cerrno>
#include <cstring>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <sys/socket.h>

#include "event/acceptor.h"

namespace trunkd {
namespace {

struct Question {
  nlmsghdr header;
  inet_diag_req_v2 socket;
};

// An address as sock_diag wants it; a mapped one is what it maps (the peer's socket is of IPv4
// then).
struct DiagAddress {
  uint8_t family;
  uint32_t words[4];
  uint16_t port;  // in network byte order
};

std::optional<DiagAddress> diag_address(const sockaddr_storage& address) {
  DiagAddress result{};
  if (address.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    result.family = AF_INET;
    result.words[0] = in.sin_addr.s_addr;
    result.port = in.sin_port;
    return result;
  }
  if (address.ss_family != AF_INET6) return std::nullopt;
  sockaddr_in6 in{};
  std::memcpy(&in, &address, sizeof in);
  result.port = in.sin6_port;
  if (IN6_IS_ADDR_V4MAPPED(&in.sin6_addr)) {
    result.family = AF_INET;
    std::memcpy(&result.words[0], &in.sin6_addr.s6_addr[12], 4);
  } else {
    result.family = AF_INET6;
    std::memcpy(result.words, &in.sin6_addr, sizeof result.words);
  }
  return result;
}

// The peer's socket is the one whose addresses are ours, the other way round.
std::optional<Question> question_about_peer(int socket) {
  sockaddr_storage own{}, other{};
  socklen_t own_size = sizeof own, other_size = sizeof other;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&own), &own_size) != 0 ||
      getpeername(socket, reinterpret_cast<sockaddr*>(&other), &other_size) != 0) {
    return std::nullopt;
  }
  const auto here = diag_address(own), there = diag_address(other);
  if (!here || !there || here->family != there->family) return std::nullopt;
  Question question{};
  question.header.nlmsg_len = sizeof question;
  question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.header.nlmsg_flags = NLM_F_REQUEST;
  question.socket.sdiag_family = there->family;
  question.socket.sdiag_protocol = IPPROTO_TCP;
  question.socket.idiag_states = ~0U;
  inet_diag_sockid& id = question.socket.id;
  id.idiag_sport = there->port;
  id.idiag_dport = here->port;
  std::memcpy(id.idiag_src, there->words, sizeof id.idiag_src);
  std::memcpy(id.idiag_dst, here->words, sizeof id.idiag_dst);
  id.idiag_cookie[0] = id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return question;
}

// A socket without an inode belongs to no descriptor any more. The kernel answers within send().
bool belongs_to_nobody(const Question& question) {
  const FileDescriptor kernel(
      ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG));
  if (!kernel.valid() || send(kernel.get(), &question, sizeof question, 0) < 0) return false;
  struct {
    nlmsghdr header;
    inet_diag_msg socket;
    char attributes[4096];
  } answer{};
  const ssize_t size = recv(kernel.get(), &answer, sizeof answer, 0);
  return size >= static_cast<ssize_t>(sizeof answer.header + sizeof answer.socket) &&
         answer.header.nlmsg_type == SOCK_DIAG_BY_FAMILY && answer.socket.idiag_inode == 0;
}

}  // namespace

bool peer_is_closed(int socket) {
  pollfd asked{socket, 0, 0};
  // Of a Unix socket, this is the peer's close; of any, that nothing can be written.
  if (poll(&asked, 1, 0) == 1 && (asked.revents & (POLLHUP | POLLERR)) != 0) return true;
  const auto question = question_about_peer(socket);
  return question && belongs_to_nobody(*question);
}

}  // namespace trunkd

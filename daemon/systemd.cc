#include "daemon/systemd.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include "base/text.h"

namespace trunkd {
namespace {

constexpr Duration kStatusEvery = 10s;  // where there is no watchdog
constexpr Duration kRestOfTheStop = 5s;
constexpr Duration kSendAgain = 100ms;

std::string notify_path(const Environment& environment) {
  const auto path = environment("NOTIFY_SOCKET");
  const bool usable = path && (path->starts_with('/') || path->starts_with('@'));
  return usable ? *path : std::string();
}

Duration watchdog_interval(const Environment& environment) {
  const auto pid = environment("WATCHDOG_PID");
  if (pid && *pid != std::to_string(getpid())) return {};
  const auto text = environment("WATCHDOG_USEC");
  const auto microseconds = text ? parse_decimal(*text) : std::nullopt;
  constexpr uint64_t kMost = 24ULL * 60 * 60 * 1'000'000;
  return Duration(static_cast<int64_t>(std::min(microseconds.value_or(0), kMost)));
}

// Of CLOCK_MONOTONIC, as the manager wants to compare it with its own.
std::string monotonic_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::to_string(int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000);
}

}  // namespace

ServiceManager::ServiceManager(Scheduler& scheduler, const Environment& environment,
                               std::function<std::string()> status)
    : path_(notify_path(environment)),
      watchdog_(watchdog_interval(environment)),
      status_(std::move(status)),
      socket_(path_.empty() ? -1 : socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)),
      scheduler_(scheduler),
      due_(scheduler, [this] { on_due(); }) {}

ServiceManager::~ServiceManager() {
  if (socket_ >= 0) close(socket_);
}

void ServiceManager::ready() {
  tell("READY=1");
  on_due();
}

void ServiceManager::reloading() {
  tell("RELOADING=1\nMONOTONIC_USEC=" + monotonic_microseconds());
}

void ServiceManager::stopping(Duration drain_timeout) {
  const Duration needed = drain_timeout + kRestOfTheStop;
  tell("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(needed.count()));
}

// The watchdog is fed from the first ready() on.
void ServiceManager::on_due() {
  if (socket_ < 0) return;
  const SteadyTime now = scheduler_.now();
  const bool guarded = watchdog_ > Duration::zero();
  if (now >= next_feed_) {
    next_feed_ = now + (guarded ? watchdog_ / 2 : kStatusEvery);
    send(guarded ? "WATCHDOG=1" : "");
  } else {
    send("");
  }
  due_.start_at(unsent_.empty() ? next_feed_ : std::min(next_feed_, now + kSendAgain));
}

// A manager that does not read is no reason to wait for it, but it must hear the last state.
void ServiceManager::tell(std::string_view state) {
  if (socket_ < 0) return;
  unsent_ = state;
  send("");
  if (!unsent_.empty()) due_.start_at(scheduler_.now() + kSendAgain);
}

void ServiceManager::send(std::string_view also) {
  std::string message;
  for (const std::string_view part : {std::string_view(unsent_), also}) {
    if (!part.empty()) message.append(part) += '\n';
  }
  if (send_datagram(message + "STATUS=" + status_())) unsent_.clear();
}

// False if it would have to wait. Nothing helps against a manager that is not there.
bool ServiceManager::send_datagram(const std::string& message) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path_.size() >= sizeof address.sun_path) return true;
  std::memcpy(address.sun_path, path_.data(), path_.size());
  if (path_.front() == '@') address.sun_path[0] = '\0';  // of the abstract namespace
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_.size());
  const ssize_t sent = sendto(socket_, message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&address), size);
  return sent >= 0 || (errno != EAGAIN && errno != ENOBUFS);
}

}  // namespace trunkd

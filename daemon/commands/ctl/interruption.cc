#include "daemon/commands/ctl/interruption.h"

#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace trunkd {

Interruption::Interruption() {
  sigset_t watched;
  sigemptyset(&watched);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&watched, number);
  sigprocmask(SIG_BLOCK, &watched, &before_);
  signals_ = Descriptor(signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
}

// What has come is taken, so that it does not end the process now.
Interruption::~Interruption() {
  signalfd_siginfo taken{};
  while (read(signals_.get(), &taken, sizeof taken) > 0) continue;
  sigprocmask(SIG_SETMASK, &before_, nullptr);
}

Interruption::Woken Interruption::wait(std::optional<Duration> time, int descriptor) {
  std::array<pollfd, 2> watched{pollfd{signals_.get(), POLLIN, 0}, pollfd{descriptor, POLLIN, 0}};
  const auto limit = time ? std::chrono::ceil<std::chrono::milliseconds>(*time).count() : -1;
  while (poll(watched.data(), watched.size(), static_cast<int>(limit)) < 0 && errno == EINTR) {
    continue;  // stopped and continued
  }
  if (watched[0].revents != 0) return Woken::by_signal;
  return watched[1].revents != 0 ? Woken::by_descriptor : Woken::by_time;
}

}  // namespace trunkd

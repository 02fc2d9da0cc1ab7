#include "daemon/commands/ctl/wait.h"

#include <algorithm>
#include <cerrno>
#include <thread>

#include "base/text.h"
#include "daemon/commands/ctl/for_people.h"
#include "daemon/exit_codes.h"

namespace trunkd {
namespace {

constexpr Duration kPollEvery = 50ms;
constexpr Duration kShortestPatience = 100ms;

Error not_yet(const AdminAnswer& answer) {
  const std::string_view first_line =
      std::string_view(answer.body).substr(0, answer.body.find('\n'));
  return {ErrorKind::internal, printable(first_line)};
}

}  // namespace

int ctl_wait(CtlCall& call, const WaitOptions& options, const Clock& clock) {
  const bool started = options.what == WaitOptions::What::started;
  const SteadyTime deadline = clock.now() + options.timeout;
  for (;;) {
    const Duration left = deadline - clock.now();
    AdminClient client(call.client().path(), std::max(left, kShortestPatience));
    const auto answer = client.get(started ? "/startupz" : "/readyz");
    if (answer && answer->good()) return kExitOk;
    if (clock.now() + kPollEvery >= deadline) {
      Error why = answer ? not_yet(*answer) : answer.error();
      why.detail = (started ? "not started up: " : "not ready: ") + why.detail;
      return call.fail(why);
    }
    std::this_thread::sleep_for(kPollEvery);
  }
}

}  // namespace trunkd

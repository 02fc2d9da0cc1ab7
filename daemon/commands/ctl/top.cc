#include "daemon/commands/ctl/top.h"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

#include "daemon/commands/ctl/interruption.h"
#include "daemon/commands/ctl/top_text.h"
#include "daemon/exit_codes.h"

namespace trunkd {
namespace {

bool can_draw() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

// The terminal's second screen, without a cursor; the first one is back when this ends.
class Screen {
 public:
  explicit Screen(std::ostream& out) : out_(out) { out_ << "\x1b[?1049h\x1b[?25l" << std::flush; }
  ~Screen() { out_ << "\x1b[?25h\x1b[?1049l" << std::flush; }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  // Each line is cleared behind its end rather than the screen before, so that nothing flickers.
  void draw(const std::string& text) {
    winsize size{};
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    const size_t lines = size.ws_row > 1 ? size.ws_row - 1 : 0;
    std::string drawn = "\x1b[H";
    for (const char c : cropped(text, size.ws_col, lines)) {
      if (c == '\n') drawn += "\x1b[K";
      drawn += c;
    }
    out_ << drawn << "\x1b[J" << std::flush;
  }

 private:
  std::ostream& out_;
};

Result<Json> asked(AdminClient& client, const std::string& target) {
  const auto answer = client.get(target);
  if (!answer) return tl::unexpected(answer.error());
  if (!answer->good()) return failure(ErrorKind::internal, problem_text(*answer));
  return Json::parse(answer->body);
}

Result<TopSample> take_sample(AdminClient& client, const Clock& clock) {
  auto status = asked(client, "/status");
  if (!status) return tl::unexpected(status.error());
  auto sessions = asked(client, "/sessions");
  if (!sessions) return tl::unexpected(sessions.error());
  return TopSample{clock.now(), clock.wall_now(), std::move(*status), std::move(*sessions)};
}

}  // namespace

int ctl_top(CtlCall& call, const TopOptions& options, const Clock& clock) {
  Interruption interruption;
  auto before = take_sample(call.client(), clock);
  if (!before) return call.fail(before.error());
  std::optional<Screen> screen;
  if (!options.json && !options.once && can_draw()) {
    screen.emplace(call.out());
    screen->draw(top_text(*before, *before));
  }
  for (;;) {
    if (interruption.wait(options.interval) == Interruption::Woken::by_signal) return kExitOk;
    auto after = take_sample(call.client(), clock);
    if (!after) {
      screen.reset();  // what went wrong is to be read on the first screen
      return call.fail(after.error());
    }
    if (screen) {
      screen->draw(top_text(*before, *after));
    } else {
      call.out() << (options.json ? top_json(*before, *after) : top_text(*before, *after))
                 << std::flush;
    }
    if (options.once) return kExitOk;
    if (!call.out()) return kExitFailure;  // nobody reads any more
    before = std::move(after);
  }
}

}  // namespace trunkd

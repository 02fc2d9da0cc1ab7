#include "daemon/commands/ctl/page.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "daemon/commands/ctl/for_people.h"
#include "daemon/commands/ctl/interruption.h"
#include "daemon/exit_codes.h"

namespace trunkd {

// The port is open as long as the connection is that asked for it.
int ctl_page(CtlCall& call, bool json) {
  Interruption interruption;
  const auto answer = call.post("/page");
  if (!answer) return answer.error();
  if (json) {
    call.out() << answer->body << std::flush;
  } else {
    const Json page = Json::parse(answer->body);
    call.out() << printable(page.at("url").get_ref<const std::string&>())
               << "\nOpen it in a browser, once; Ctrl-C closes it.\n"
               << std::flush;
  }
  const auto woken = interruption.wait(std::nullopt, call.client().connection());
  if (woken == Interruption::Woken::by_signal) return kExitOk;
  return call.fail("the daemon has ended, and the page with it");
}

}  // namespace trunkd

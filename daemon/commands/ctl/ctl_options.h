// The command line of trunkd ctl.

#pragma once

#include <CLI/CLI.hpp>

#include "daemon/commands/ctl/ctl.h"

namespace trunkd {

// Adds `ctl` with its verbs to `app`; parsing fills in `command`, which must outlive `app`.
CLI::App* add_ctl(CLI::App& app, CtlCommand& command);

// What `cookies` has in common with `ctl cookies`: its verbs, with what each of them takes.
// `on_added` is called with each.
void add_cookie_verbs(CLI::App& cookies, CookiesCommand& command,
                      const std::function<void(CLI::App&)>& on_added);

}  // namespace trunkd

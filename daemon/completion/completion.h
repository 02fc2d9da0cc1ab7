// Scripts by which shells complete trunkd's command line. They know its commands, options and
// choices; the names of sessions they ask of the daemon that the line is about, by
// `trunkd ctl __complete sessions`.

#pragma once

#include <string>

#include "daemon/command_tree.h"

namespace trunkd {

std::string bash_completion(const CommandInfo& root);
std::string zsh_completion(const CommandInfo& root);
std::string fish_completion(const CommandInfo& root);

}  // namespace trunkd

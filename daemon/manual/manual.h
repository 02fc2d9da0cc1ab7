// The manual pages, made from what the program itself knows: trunkd(8) from its command line,
// trunkd.yaml(5) from the table of fields by which the configuration is read.

#pragma once

#include <string>

#include "daemon/command_tree.h"

namespace trunkd {

std::string command_manual(const CommandInfo& root);
std::string configuration_manual();

// The configuration that trunkd.yaml(5) shows.
extern const char* const kManualExample;

}  // namespace trunkd

// YAML to Config: every mistake is reported, with file, line, column and the field's path.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/environment.h"
#include "config/mistake.h"

namespace trunkd {

struct LoadedConfig {
  std::shared_ptr<const Config> config;  // null if there is any mistake
  std::vector<ConfigMistake> mistakes;   // in the order of the files, then of their lines
};

// Reads and merges `files` in their order: of two values for one top-level setting the later one
// counts; a session stands in one file only. Blocks on the disk.
LoadedConfig load_config(const std::vector<std::string>& files, const Environment& environment);

// The same for one text in memory; mistakes name it `name`.
LoadedConfig load_config_text(std::string_view text, std::string_view name,
                              const Environment& environment = process_environment());

// trunkd in $XDG_CONFIG_HOME or ~/.config; none if neither is to be had.
std::optional<std::string> user_config_directory(const Environment& environment);

// The files that are read without -c: SYSTEM_DIRECTORY/trunkd.yaml and SYSTEM_DIRECTORY/conf.d/
// *.yaml in name order; if there is none of them, trunkd.yaml in the user's directory. Only files
// that exist; may be empty, which load_config reports as a mistake.
std::vector<std::string> default_config_files(
    const Environment& environment = process_environment(),
    const std::string& system_directory = "/etc/trunkd");

}  // namespace trunkd

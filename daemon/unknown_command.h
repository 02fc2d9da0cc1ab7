// A command that does not exist: CLI11 would only say that one is missing.

#pragma once

#include <iosfwd>

namespace CLI {
class App;
}

namespace trunkd {

// If the line names a command that `app` does not have, says so with the nearest one.
bool has_unknown_command(const CLI::App& app, int argc, char** argv, std::ostream& err);

}  // namespace trunkd

// Slips on the command line that CLI11 would only call missing or not expected.

#pragma once

#include <iosfwd>

namespace CLI {
class App;
}

namespace trunkd {

// If the line names a command that `app` does not have, says so with the likeliest one.
bool has_unknown_command(const CLI::App& app, int argc, char** argv, std::ostream& err);

// If all that `app`, which has been parsed, did not expect are configuration files, says how they
// are named.
bool has_misplaced_file(const CLI::App& app, std::ostream& err);

}  // namespace trunkd

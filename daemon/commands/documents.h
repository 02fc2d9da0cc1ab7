// Commands that print what trunkd knows about itself: trunkd completion, and trunkd man, which the
// build runs.

#pragma once

#include <iosfwd>
#include <string>

namespace CLI {
class App;
}

namespace trunkd {

struct DocumentOptions {
  std::string shell;    // bash, zsh or fish
  std::string section;  // 5 or 8
};

// Both return 0.
int run_completion(const CLI::App& app, const DocumentOptions& options, std::ostream& out);
int run_man(const CLI::App& app, const DocumentOptions& options, std::ostream& out);

}  // namespace trunkd

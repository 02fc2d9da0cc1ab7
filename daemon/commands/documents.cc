#include "daemon/commands/documents.h"

#include <ostream>

#include "daemon/completion/completion.h"
#include "daemon/exit_codes.h"
#include "daemon/manual/manual.h"

namespace trunkd {

int run_completion(const CLI::App& app, const DocumentOptions& options, std::ostream& out) {
  const CommandInfo root = command_tree(app);
  out << (options.shell == "bash"  ? bash_completion(root)
          : options.shell == "zsh" ? zsh_completion(root)
                                   : fish_completion(root));
  return kExitOk;
}

int run_man(const CLI::App& app, const DocumentOptions& options, std::ostream& out) {
  out << (options.section == "8" ? command_manual(command_tree(app)) : configuration_manual());
  return kExitOk;
}

}  // namespace trunkd

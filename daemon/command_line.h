// The command line of trunkd: one tree of commands and options, which main() runs and from which
// the help, the manual page and the completions are made.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace trunkd {

class CommandLine {
 public:
  CommandLine();
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  const CLI::App& app() const { return *app_; }

  // Parses and hands over to a command; returns its exit code, or 2 if the line is not understood.
  int run(int argc, char** argv);

 private:
  struct Options;  // what parsing fills in

  // What `command` does once it is parsed.
  void on(const CLI::App* command, std::function<int()> run);
  void add_daemon_commands();
  void add_configuration_commands();
  void add_tools();
  void add_documents();

  std::unique_ptr<Options> options_;
  std::unique_ptr<CLI::App> app_;
  std::vector<std::pair<const CLI::App*, std::function<int()>>> commands_;
};

}  // namespace trunkd

// Hands the command line over to a command; returns its exit code.

#include <cstdlib>

#include "daemon/command_line.h"

int main(int argc, char** argv) {
  // Name lookups and file writes share libuv's thread pool; it is read at its first use.
  setenv("UV_THREADPOOL_SIZE", "16", 0);

  trunkd::CommandLine command_line;
  return command_line.run(argc, argv);
}

// FileLock: keeps a second trunkd away from files that one writes.

#pragma once

#include <string>

#include "event/private_files.h"

namespace trunkd {

// Held until it is destroyed or the process ends, however it ends. The lock file stays: to remove
// it would open a gap between two that take it.
class FileLock {
 public:
  // Never waits. `what` is for the sentence of the error: "WHAT is in use by another trunkd
  // (pid N)".
  static Result<FileLock> take(const std::string& path, const std::string& what);

 private:
  explicit FileLock(Descriptor file) : file_(std::move(file)) {}

  Descriptor file_;
};

}  // namespace trunkd

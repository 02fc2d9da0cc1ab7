// Where the daemon keeps cookies: the state directory, locked against a second daemon, and what the
// jars need to use it.

#pragma once

#include <memory>
#include <vector>

#include "base/log.h"
#include "config/config.h"
#include "event/file_lock.h"
#include "event/loop.h"
#include "session/jar.h"

namespace trunkd {

class JarStorage {
 public:
  // Takes the lock of every jar that `config` keeps in a file. Fails if another daemon has one, or
  // if there is no place for them. `loop` and `log` must outlive it; it must outlive the jars.
  static Result<std::unique_ptr<JarStorage>> open(Loop& loop, Log& log, const Config& config);

  const JarParts& parts() const { return parts_; }

 private:
  JarStorage(Loop& loop, Log& log, std::string directory);

  const PublicSuffixes suffixes_;
  const std::unique_ptr<Journals> journals_;
  std::vector<FileLock> locks_;
  const JarParts parts_;
};

}  // namespace trunkd

// Where the daemon keeps cookies: the state directory, locked against a second daemon, and what the
// jars need to use it.

#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/log.h"
#include "config/config.h"
#include "event/file_lock.h"
#include "event/loop.h"
#include "session/jar.h"

namespace trunkd {

class JarStorage {
 public:
  // Takes the lock of every jar that `config` keeps in a file, as prepare() does. Fails if another
  // daemon has one, or if there is no place for them. `loop` and `log` must outlive it; it must
  // outlive the jars.
  static Result<std::unique_ptr<JarStorage>> open(Loop& loop, Log& log, const Config& config);

  // For the jars of another configuration, in addition: takes the locks that are missing.
  // keep_prepared() says that it runs; else they are given back by the next prepare().
  Result<void> prepare(const Config& config);
  void keep_prepared();

  const JarParts& parts() const { return parts_; }

 private:
  JarStorage(Loop& loop, Log& log);

  const PublicSuffixes suffixes_;
  const std::unique_ptr<Journals> journals_;
  std::map<std::string, FileLock> locks_;  // by the jar's name
  std::map<std::string, FileLock> prepared_;
  JarParts parts_;
};

}  // namespace trunkd

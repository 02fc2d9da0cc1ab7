#include "daemon/jar_storage.h"

#include <set>
#include <utility>

#include "cookie/jar_path.h"
#include "daemon/directories.h"
#include "event/journals.h"

namespace trunkd {
namespace {

std::set<std::string> persistent_jars(const Config& config) {
  std::set<std::string> names;
  for (const SessionConfig& session : config.sessions) {
    if (session.cookies.keep != CookiesConfig::Keep::persist) continue;
    names.insert(session.cookies.jar.empty() ? session.name : session.cookies.jar);
  }
  return names;
}

}  // namespace

JarStorage::JarStorage(Loop& loop, Log& log, std::string directory)
    : journals_(make_journals(loop)),
      parts_{loop, log, suffixes_, *journals_, std::move(directory)} {}

Result<std::unique_ptr<JarStorage>> JarStorage::open(Loop& loop, Log& log, const Config& config) {
  const std::set<std::string> names = persistent_jars(config);
  std::string directory;
  if (!names.empty()) {
    auto found = state_directory();
    if (!found) return tl::unexpected(found.error());
    directory = std::move(*found);
  }
  std::unique_ptr<JarStorage> storage(new JarStorage(loop, log, directory));
  for (const std::string& name : names) {
    auto lock = FileLock::take(directory + '/' + jar_lock_path(name), "the cookie jar " + name);
    if (!lock) return tl::unexpected(lock.error());
    storage->locks_.push_back(std::move(*lock));
  }
  return storage;
}

}  // namespace trunkd

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

JarStorage::JarStorage(Loop& loop, Log& log)
    : journals_(make_journals(loop)), parts_{loop, log, suffixes_, *journals_, {}} {}

Result<std::unique_ptr<JarStorage>> JarStorage::open(Loop& loop, Log& log, const Config& config) {
  std::unique_ptr<JarStorage> storage(new JarStorage(loop, log));
  if (auto ready = storage->prepare(config); !ready) return tl::unexpected(ready.error());
  return storage;
}

Result<void> JarStorage::prepare(const Config& config) {
  prepared_.clear();
  const std::set<std::string> names = persistent_jars(config);
  if (!names.empty() && parts_.directory.empty()) {
    auto found = state_directory();
    if (!found) return tl::unexpected(found.error());
    parts_.directory = std::move(*found);
  }
  for (const std::string& name : names) {
    if (locks_.contains(name)) continue;
    auto lock =
        FileLock::take(parts_.directory + '/' + jar_lock_path(name), "the cookie jar " + name);
    if (!lock) return tl::unexpected(lock.error());
    prepared_.emplace(name, std::move(*lock));
  }
  return {};
}

void JarStorage::keep_prepared() { locks_.merge(prepared_); }

}  // namespace trunkd

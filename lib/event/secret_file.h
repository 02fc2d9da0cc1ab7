// A secret in a file, followed as the file changes.

#pragma once

#include <memory>
#include <string>

#include "base/secret.h"
#include "event/loop.h"

namespace trunkd {

// Reads the file at once, for the first request; then every `every` on the thread pool, whatever
// stands there by then: the file may be written anew, replaced by a rename, or lie behind symbolic
// links that are switched over (as Kubernetes does). One that is gone or unreadable has no value,
// not its old one. Limits: a regular file of at most 64 KiB. `reference` is what errors call it;
// `on_change` (may be empty) is never called from inside, and not after the secret has gone.
std::unique_ptr<Secret> follow_secret_file(Loop& loop, std::string path, std::string reference,
                                           OnSecretChange on_change, Duration every = 1s);

}  // namespace trunkd

// Some files that belong together, followed as they change.

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "event/loop.h"

namespace trunkd {

// One for each path, in their order; an error has the end of a sentence (see read_file.h).
using FileContents = std::vector<Result<std::string>>;

// Blocks until all are read.
FileContents read_files(const std::vector<std::string>& paths, size_t limit);

// Destroying it stops following.
class FollowedFiles {
 public:
  virtual ~FollowedFiles() = default;
};

// Reads all of them every `every` on the thread pool, whatever stands at the paths by then: they
// may be written anew, replaced by a rename, or lie behind symbolic links that are switched over
// (as Kubernetes does). `on_change` is told when they differ from `known`, or from what was told
// last, and two looks in a row found the same: so nobody hears of a file that is half written, or
// of the first of two that are replaced one after the other. Never called from inside.
std::unique_ptr<FollowedFiles> follow_files(Loop& loop, std::vector<std::string> paths,
                                            size_t limit, FileContents known,
                                            std::function<void(const FileContents&)> on_change,
                                            Duration every = 1s);

}  // namespace trunkd

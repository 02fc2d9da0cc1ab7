// JournalFile: one file of a Journal, by plain blocking calls. Used on libuv's thread pool by
// journals.cc, and directly by commands.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "event/private_files.h"

namespace trunkd {

// The file is opened for each step and closed after it: a thousand jars hold no descriptors. It
// remembers which file it left, and how long, so that it never writes behind what it does not know.
// One thread at a time.
class JournalFile {
 public:
  static constexpr size_t kMaxSize = size_t{64} << 20;  // more than any jar can be

  explicit JournalFile(std::string path) : path_(std::move(path)) {}

  // The content up to the last line break, where the file is cut; empty if there is no file. Takes
  // other users' permissions away.
  Result<std::string> load();
  // See Journal; 0600, and the directories that are missing 0700.
  Result<size_t> append(std::string_view lines);
  Result<size_t> replace(std::string_view text);
  Result<size_t> remove();  // 0; also if there is no file
  bool needs_replacing() const { return changed_; }
  const std::string& path() const { return path_; }

 private:
  Result<void> check_unchanged(int fd);
  void remember(int fd);
  Result<void> write_beside(const std::string& beside, std::string_view text);

  const std::string path_;
  // The file as it was left; 0, 0, 0 if there is none.
  uint64_t device_ = 0;
  uint64_t inode_ = 0;
  uint64_t length_ = 0;
  bool changed_ = false;  // it is not as it was left
};

}  // namespace trunkd

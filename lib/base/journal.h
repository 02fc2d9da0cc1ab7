// Journal: a file that is appended to, and now and then replaced as a whole, without ever blocking
// the loop. Jars of cookies are kept in such files.

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace trunkd {

// Everything is done in the order in which it was asked for. Destroying a journal tells nobody any
// more, but what was handed in is still written.
class Journal {
 public:
  using OnDone = std::function<void(Result<size_t>)>;  // bytes, or why not; may be empty

  virtual ~Journal() = default;
  // In one write. After a failure the file is as it was before; it is not forced to the disk, so it
  // survives the end of the process but not that of the machine.
  virtual void append(std::string lines, OnDone on_done) = 0;
  // Written beside, forced to the disk, renamed: after a failure the old file is still there.
  virtual void replace(std::string text, OnDone on_done) = 0;
  // The file is not as we left it: somebody else changed it, or a failed append could not be taken
  // back. Appending fails until a replace() has succeeded.
  virtual bool needs_replacing() const = 0;
};

// A journal as it was found: `text` ends with a line break or is empty.
struct OpenedJournal {
  std::unique_ptr<Journal> journal;
  std::string text;
};

class JournalOpening {
 public:
  virtual ~JournalOpening() = default;  // cancels
};

class Journals {
 public:
  using OnOpened = std::function<void(Result<OpenedJournal>)>;

  virtual ~Journals() = default;
  // Cuts the file at `path` behind its last line break and reads it; one that does not exist is
  // empty, and created by the first write. `on_opened` comes later on the loop, and may destroy the
  // opening. Two journals of one path do their work in one order, so a file can be opened again
  // while the last writes of its former journal are still under way.
  virtual std::unique_ptr<JournalOpening> open(const std::string& path, OnOpened on_opened) = 0;
  // Removes the file, after what its journals still have to do. Who opens it anew finds it empty.
  virtual void remove(const std::string& path) = 0;
  // The names of the journals "NAME.txt" in `directory`, in no order; none if it does not exist.
  // Blocks: for the start.
  virtual std::vector<std::string> stored_in(const std::string& directory) const = 0;
};

}  // namespace trunkd

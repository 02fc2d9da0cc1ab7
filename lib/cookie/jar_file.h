// JarFile: keeps the file of one jar as the jar is. All changes of one turn of the loop are
// appended in one write; when more than half of the file is dead, it is written anew.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "base/journal.h"
#include "base/scheduler.h"
#include "cookie/cookie.h"
#include "cookie/cookies_txt_reader.h"

namespace trunkd {

class JarFile;

// What a JarFile asks and tells; it outlives the JarFile.
class JarFileOwner {
 public:
  // The jar as it is now, all recorded changes included.
  virtual std::vector<Cookie> cookies() const = 0;
  virtual void on_each_failed_write() = 0;
  // The first of a row of failed writes; the changes are kept and written as soon as that works
  // again.
  virtual void on_write_failed(const Error& error) = 0;
  virtual void on_writing_again() = 0;  // the file is as the jar is once more
  // The file only stays longer than it need be.
  virtual void on_compaction_failed(const Error& error) = 0;

 protected:
  ~JarFileOwner() = default;
};

// Waits until what is recorded now has been written, or could not be: the answer goes out then in
// any case. A member of whoever waits; destroying it cancels.
class WriteWaiter {
 public:
  // `on_written` may destroy the waiter and the JarFile.
  explicit WriteWaiter(std::function<void()> on_written) : on_written_(std::move(on_written)) {}
  ~WriteWaiter() { cancel(); }
  WriteWaiter(const WriteWaiter&) = delete;
  WriteWaiter& operator=(const WriteWaiter&) = delete;

  // `file` must have something to wait for (!all_written()); the answer comes later, on the loop.
  // If the JarFile goes before, there is none.
  void wait(JarFile& file);
  void cancel();
  bool waiting() const { return file_ != nullptr; }

 private:
  friend class JarFile;

  std::function<void()> on_written_;
  JarFile* file_ = nullptr;
  uint64_t until_ = 0;
  std::list<WriteWaiter*>::iterator place_;
};

class JarFile {
 public:
  // `found` is what the journal's text was read as, and what the owner's jar begins with; a file
  // with dead lines is compacted soon after.
  JarFile(Scheduler& scheduler, std::unique_ptr<Journal> journal, const CookiesTxtReader& found,
          JarFileOwner& owner);
  // What was recorded is still written, but nobody hears of it.
  ~JarFile();
  JarFile(const JarFile&) = delete;
  JarFile& operator=(const JarFile&) = delete;

  // After the jar has changed; in the order of the changes.
  void record(const std::vector<CookieChange>& changes);

  // Nothing recorded still waits for its (first) write.
  bool all_written() const { return settled_ == recorded_; }
  bool failing() const { return failing_; }
  uint64_t failed_writes() const { return failed_writes_; }

 private:
  friend class WriteWaiter;

  void write();
  void append();
  void replace(const std::vector<Cookie>& cookies);
  void on_appended(const Result<size_t>& result);
  void on_replaced(const Result<size_t>& result);
  void take_back(const std::string& lines);
  void succeeded();
  void failed(const Error& error);
  std::string end_write();
  void settle(uint64_t done);

  Scheduler& scheduler_;
  JarFileOwner& owner_;
  std::unique_ptr<Journal> journal_;
  DeferredCall gather_;  // until the end of this turn
  Timer retry_;

  std::string gathered_;  // lines that are not handed to the journal
  std::string on_the_way_;
  bool writing_ = false;
  bool unsaved_ = false;  // the file is not as the jar is, and no write is under way to change it
  bool must_replace_;     // lines at its end would not make it so
  bool compact_;
  bool failing_ = false;
  uint64_t failed_writes_ = 0;

  // Changes in the file and on their way there. Asking the owner how many of them live costs a copy
  // of the jar, so that is done only when it can be less than half.
  size_t lines_;
  size_t lines_replaced_ = 0;  // by the replace() under way
  size_t look_at_;

  uint64_t recorded_ = 0;  // calls of record()
  uint64_t handed_in_ = 0;
  uint64_t settled_ = 0;
  std::list<WriteWaiter*> waiters_;  // in the order of until_
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace trunkd

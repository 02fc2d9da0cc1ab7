// Jar: the cookies of one jar at work: in memory, and in their file if they are kept there.

#pragma once

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/journal.h"
#include "base/log.h"
#include "base/scheduler.h"
#include "cookie/cookie_jar.h"
#include "cookie/jar_file.h"
#include "cookie/public_suffix.h"
#include "http/url.h"

namespace trunkd {

// What all jars count together, since the start.
struct JarCounts {
  uint64_t failed_reads = 0, failed_writes = 0;  // of their files
};

// What all jars get from outside; all of it must outlive them.
struct JarParts {
  Scheduler& scheduler;
  Log& log;
  const PublicSuffixes& suffixes;
  Journals& journals;
  std::string directory;  // the state directory
  std::shared_ptr<JarCounts> counts = std::make_shared<JarCounts>();
};

class Jar;

// Waits until a jar has been read from its file. A member of whoever waits; destroying it cancels.
class JarWaiter {
 public:
  // `on_read` may destroy the waiter.
  explicit JarWaiter(std::function<void()> on_read) : on_read_(std::move(on_read)) {}
  ~JarWaiter() { cancel(); }
  JarWaiter(const JarWaiter&) = delete;
  JarWaiter& operator=(const JarWaiter&) = delete;

  void wait(std::shared_ptr<Jar> jar);  // the answer comes later, on the loop
  void cancel();

 private:
  friend class Jar;
  std::function<void()> on_read_;
  std::shared_ptr<Jar> jar_;  // while it waits
  std::list<JarWaiter*>::iterator place_;
};

class Jar final : private JarFileOwner {
 public:
  // `path`: of the file below the state directory; empty: the cookies are kept in memory only.
  Jar(const JarParts& parts, std::string path);
  ~Jar();
  Jar(const Jar&) = delete;
  Jar& operator=(const Jar&) = delete;

  // Begins to read the file, unless that has been done or is under way.
  void open();
  // Before that nothing is known of the cookies, and none may be stored.
  bool is_read() const { return path_.empty() || file_ != nullptr; }
  // Why the file could not be read; open() tries again.
  const std::optional<Error>& failure() const { return failure_; }

  // "a=1; b=2" for a request to `url`; empty if there is none.
  std::string cookie_header(const Url& url, WallTime now);
  // A Set-Cookie line of an answer to `url`. True if the jar has changed.
  bool store(std::string_view set_cookie, const Url& url, WallTime now);
  // Waits until what store() changed is in the file. False: there is nothing to wait for.
  bool wait_until_written(WriteWaiter& waiter);

  // For the admin interface; only when is_read(). What they change is written like all changes.
  std::vector<Cookie> cookies() const override;
  size_t remove(const std::function<bool(const Cookie&)>& which);  // how many there were
  // Each as if its origin had set it. How many were kept.
  size_t add(std::vector<Cookie> cookies, WallTime now);
  size_t size() const { return cookies_.size(); }

  const std::string& path() const { return path_; }

 private:
  friend class JarWaiter;

  void on_opened(Result<OpenedJournal> opened);
  void tell_waiters();
  // JarFileOwner
  void on_each_failed_write() override { ++parts_.counts->failed_writes; }
  void on_write_failed(const Error& error) override;
  void on_writing_again() override;
  void on_compaction_failed(const Error& error) override;

  const JarParts& parts_;
  const std::string path_;
  CookieJar cookies_;
  std::unique_ptr<JournalOpening> opening_;
  std::optional<Error> failure_;
  std::string last_failure_;  // that was logged
  std::list<JarWaiter*> waiters_;
  std::unique_ptr<JarFile> file_;  // last: it asks for the cookies until its end
};

}  // namespace trunkd

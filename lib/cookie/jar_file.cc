#include "cookie/jar_file.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "cookie/cookies_txt.h"

namespace trunkd {
namespace {

constexpr size_t kCompactFrom = 512;  // lines; a shorter file is not worth it
constexpr Duration kRetryAfter = 5s;
// Of lines that could not be written; beyond it the whole jar is written instead.
constexpr size_t kMaxBacklog = size_t{1} << 20;

size_t next_look(size_t living) { return std::max(kCompactFrom, 2 * living + 1); }

}  // namespace

void WriteWaiter::wait(JarFile& file) {
  assert(!waiting() && !file.all_written());
  file_ = &file;
  until_ = file.recorded_;
  place_ = file.waiters_.insert(file.waiters_.end(), this);
}

void WriteWaiter::cancel() {
  if (file_ != nullptr) std::exchange(file_, nullptr)->waiters_.erase(place_);
}

// A file with lines that nobody understood is left as it is until half of it is dead: whoever wrote
// them can still correct them.
JarFile::JarFile(Scheduler& scheduler, std::unique_ptr<Journal> journal,
                 const CookiesTxtReader& found, JarFileOwner& owner)
    : scheduler_(scheduler),
      owner_(owner),
      journal_(std::move(journal)),
      gather_(scheduler, [this] { write(); }),
      retry_(scheduler, [this] { write(); }),
      must_replace_(found.records() + found.malformed() == 0),
      compact_(found.malformed() == 0 && found.records() > found.cookie_count()),
      lines_(found.records()),
      look_at_(kCompactFrom) {
  if (compact_) gather_.schedule();
}

JarFile::~JarFile() {
  write();
  // Behind the write under way. If that fails, the lines still say what they say.
  if (writing_ && !gathered_.empty()) journal_->append(std::move(gathered_), {});
  for (WriteWaiter* waiter : waiters_) waiter->file_ = nullptr;
}

void JarFile::record(const std::vector<CookieChange>& changes) {
  if (changes.empty()) return;
  for (const CookieChange& change : changes) append_cookie_change(gathered_, change);
  lines_ += changes.size();
  ++recorded_;
  unsaved_ = true;
  gather_.schedule();
}

void JarFile::write() {
  if (writing_ || !(unsaved_ || compact_)) return;
  if (!must_replace_ && !compact_ && lines_ < look_at_) return append();

  const std::vector<Cookie> cookies = owner_.cookies();
  look_at_ = next_look(cookies.size());
  if (must_replace_ || std::exchange(compact_, false) || lines_ >= look_at_) {
    return replace(cookies);
  }
  append();
}

void JarFile::append() {
  writing_ = true;
  unsaved_ = false;
  handed_in_ = recorded_;
  on_the_way_ = std::exchange(gathered_, {});
  journal_->append(on_the_way_, [this](const Result<size_t>& result) { on_appended(result); });
}

void JarFile::replace(const std::vector<Cookie>& cookies) {
  writing_ = true;
  unsaved_ = false;
  handed_in_ = recorded_;
  on_the_way_ = std::exchange(gathered_, {});  // the file says it without them, if all goes well
  lines_replaced_ = std::exchange(lines_, cookies.size());
  journal_->replace(cookies_txt(cookies),
                    [this](const Result<size_t>& result) { on_replaced(result); });
}

void JarFile::on_appended(const Result<size_t>& result) {
  const uint64_t done = handed_in_;
  const std::string lines = end_write();
  if (result) {
    succeeded();
  } else {
    take_back(lines);
    failed(result.error());
  }
  settle(done);  // may destroy this file
}

void JarFile::on_replaced(const Result<size_t>& result) {
  const uint64_t done = handed_in_;
  const std::string lines = end_write();
  if (result) {
    must_replace_ = false;
    succeeded();
    return settle(done);  // may destroy this file
  }
  lines_ += lines_replaced_;
  take_back(lines);
  if (must_replace_) {
    failed(result.error());
    return settle(done);  // may destroy this file
  }
  // The old file is still good, and what is new may fit there.
  look_at_ = 2 * lines_;
  owner_.on_compaction_failed(result.error());
  if (unsaved_) append();
}

std::string JarFile::end_write() {
  writing_ = false;
  return std::exchange(on_the_way_, {});
}

// The file is as before: what could not be written goes first next time.
void JarFile::take_back(const std::string& lines) {
  unsaved_ = unsaved_ || !lines.empty() || must_replace_;
  gathered_.insert(0, lines);
  must_replace_ = must_replace_ || journal_->needs_replacing() || gathered_.size() > kMaxBacklog;
  if (must_replace_) gathered_.clear();
}

void JarFile::succeeded() {
  retry_.stop();
  if (std::exchange(failing_, false)) owner_.on_writing_again();
  if (!gather_.scheduled()) write();  // what came meanwhile
}

void JarFile::failed(const Error& error) {
  ++failed_writes_;
  owner_.on_each_failed_write();
  retry_.start_at(scheduler_.now() + kRetryAfter);
  if (!std::exchange(failing_, true)) owner_.on_write_failed(error);
  // Who recorded something meanwhile waits for a try of his own.
  if (recorded_ != handed_in_ && !gather_.scheduled()) write();
}

void JarFile::settle(uint64_t done) {
  settled_ = done;
  const std::weak_ptr<bool> alive = alive_;
  while (!alive.expired() && !waiters_.empty() && waiters_.front()->until_ <= done) {
    WriteWaiter& waiter = *waiters_.front();
    waiter.cancel();
    waiter.on_written_();
  }
}

}  // namespace trunkd

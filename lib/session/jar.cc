#include "session/jar.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "cookie/cookies_txt_reader.h"

namespace trunkd {

void JarWaiter::wait(std::shared_ptr<Jar> jar) {
  cancel();
  jar_ = std::move(jar);
  place_ = jar_->waiters_.insert(jar_->waiters_.end(), this);
}

void JarWaiter::cancel() {
  if (const std::shared_ptr<Jar> jar = std::exchange(jar_, nullptr)) jar->waiters_.erase(place_);
}

Jar::Jar(const JarParts& parts, std::string path)
    : parts_(parts), path_(std::move(path)), cookies_(parts.suffixes) {}

Jar::~Jar() = default;  // nobody waits: a waiter keeps its jar

void Jar::open() {
  if (is_read() || opening_) return;
  failure_.reset();
  opening_ = parts_.journals.open(parts_.directory + '/' + path_,
                                  [this](auto opened) { on_opened(std::move(opened)); });
}

void Jar::on_opened(Result<OpenedJournal> opened) {
  opening_.reset();
  if (opened) {
    const WallTime now = parts_.scheduler.wall_now();
    CookiesTxtReader found(now);
    found.read(opened->text);
    if (found.malformed() > 0) {
      parts_.log.warning(path_ + ": " + std::to_string(found.malformed()) +
                         " lines are no cookies, the first is line " +
                         std::to_string(found.first_malformed()) + "; they were passed over");
    }
    for (Cookie& cookie : found.cookies()) cookies_.put(std::move(cookie), now);
    file_ = std::make_unique<JarFile>(parts_.scheduler, std::move(opened->journal), found,
                                      static_cast<JarFileOwner&>(*this));
  } else {
    ++parts_.counts->failed_reads;
    failure_ = Error{ErrorKind::jar_unavailable, std::move(opened.error().detail)};
    if (std::exchange(last_failure_, failure_->detail) != failure_->detail) {
      parts_.log.error(failure_->detail);  // each request tries again, and need not be told
    }
  }
  tell_waiters();
}

// One of them may cancel others, or be the last who keeps this jar.
void Jar::tell_waiters() {
  std::shared_ptr<Jar> alive;
  while (!waiters_.empty()) {
    JarWaiter& waiter = *waiters_.front();
    alive = waiter.jar_;
    waiter.cancel();
    waiter.on_read_();
  }
}

std::string Jar::cookie_header(const Url& url, WallTime now) {
  return trunkd::cookie_header(cookies_.select(url, now));
}

bool Jar::store(std::string_view set_cookie, const Url& url, WallTime now) {
  const CookieJar::Changes changes = cookies_.store(set_cookie, url, now);
  if (file_) file_->record(changes);
  return !changes.empty();
}

bool Jar::wait_until_written(WriteWaiter& waiter) {
  if (!file_ || file_->all_written()) return false;
  waiter.wait(*file_);
  return true;
}

std::vector<Cookie> Jar::cookies() const {
  std::vector<Cookie> all;
  all.reserve(cookies_.size());
  cookies_.for_each([&](const Cookie& cookie) { all.push_back(cookie); });
  return all;
}

size_t Jar::remove(const std::function<bool(const Cookie&)>& which) {
  CookieJar::Changes changes;
  for (const Cookie& cookie : cookies()) {
    if (!which(cookie)) continue;
    if (auto change = cookies_.remove(cookie)) changes.push_back(std::move(*change));
  }
  if (file_) file_->record(changes);
  return changes.size();
}

size_t Jar::add(std::vector<Cookie> cookies, WallTime now) {
  CookieJar::Changes changes;
  size_t kept = 0;
  for (Cookie& cookie : cookies) {
    CookieJar::Changes change = cookies_.put(std::move(cookie), now);
    if (!change.empty()) ++kept;
    std::move(change.begin(), change.end(), std::back_inserter(changes));
  }
  if (file_) file_->record(changes);
  return kept;
}

void Jar::on_write_failed(const Error& error) {
  parts_.log.error(error.detail + "; the cookies stay in memory until it can be written again");
}

void Jar::on_writing_again() {
  parts_.log.info(path_ + ": written again, after " + std::to_string(file_->failed_writes()) +
                  " writes in all that failed");
}

void Jar::on_compaction_failed(const Error& error) {
  parts_.log.warning(error.detail + "; the file stays longer than it need be");
}

}  // namespace trunkd

#include "event/followed_files.h"

#include <algorithm>
#include <utility>
#include <uv.h>

#include "event/read_file.h"

namespace trunkd {
namespace {

bool same_file(const Result<std::string>& a, const Result<std::string>& b) {
  if (a.has_value() != b.has_value()) return false;
  return a ? *a == *b : a.error().detail == b.error().detail;
}

bool same_files(const FileContents& a, const FileContents& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_file);
}

class Follower final : public FollowedFiles {
 public:
  Follower(Loop& loop, std::vector<std::string> paths, size_t limit, FileContents known,
           std::function<void(const FileContents&)> on_change, Duration every)
      : loop_(loop),
        paths_(std::move(paths)),
        limit_(limit),
        on_change_(std::move(on_change)),
        every_(every),
        told_(std::move(known)),
        next_look_(loop, [this] { look(); }) {
    next_look_.start_at(loop_.now() + every_);
  }
  ~Follower() override {
    if (looking_ != nullptr) looking_->owner = nullptr;
  }

 private:
  // Ends after its owner if it must: a file system may take its time.
  struct Look {
    uv_work_t uv{};
    Follower* owner = nullptr;  // for the loop's thread only; null: nobody wants to know
    std::vector<std::string> paths;
    size_t limit = 0;
    FileContents found;
  };

  void look() {
    looking_ = new Look{{}, this, paths_, limit_, {}};
    looking_->uv.data = looking_;
    uv_queue_work(
        loop_.uv(), &looking_->uv,
        [](uv_work_t* work) {
          auto& self = *static_cast<Look*>(work->data);
          self.found = read_files(self.paths, self.limit);
        },
        [](uv_work_t* work, int) {
          const std::unique_ptr<Look> done(static_cast<Look*>(work->data));
          if (done->owner != nullptr) done->owner->looked(std::move(done->found));
        });
  }

  void looked(FileContents found) {
    looking_ = nullptr;
    next_look_.start_at(loop_.now() + every_);
    if (same_files(found, told_)) return seen_.clear();
    if (!same_files(found, seen_)) {
      seen_ = std::move(found);
      return;
    }
    told_ = std::exchange(seen_, {});
    on_change_(told_);  // may destroy this
  }

  Loop& loop_;
  const std::vector<std::string> paths_;
  const size_t limit_;
  const std::function<void(const FileContents&)> on_change_;
  const Duration every_;
  FileContents told_;
  FileContents seen_;  // by the last look, and not yet told; else empty
  Timer next_look_;
  Look* looking_ = nullptr;  // owns itself until it is done
};

}  // namespace

FileContents read_files(const std::vector<std::string>& paths, size_t limit) {
  FileContents contents;
  for (const std::string& path : paths) contents.push_back(read_regular_file(path, limit));
  return contents;
}

std::unique_ptr<FollowedFiles> follow_files(Loop& loop, std::vector<std::string> paths,
                                            size_t limit, FileContents known,
                                            std::function<void(const FileContents&)> on_change,
                                            Duration every) {
  return std::make_unique<Follower>(loop, std::move(paths), limit, std::move(known),
                                    std::move(on_change), every);
}

}  // namespace trunkd

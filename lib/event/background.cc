#include "event/background.h"

#include <utility>
#include <uv.h>

namespace trunkd {
namespace {

class PoolWork final : public BackgroundWork {
 public:
  PoolWork(Loop& loop, std::function<void()> work, std::function<void()> done)
      : job_(new Job{{}, this, std::move(work), std::move(done)}) {
    job_->uv.data = job_;
    uv_queue_work(
        loop.uv(), &job_->uv, [](uv_work_t* uv) { static_cast<Job*>(uv->data)->work(); },
        [](uv_work_t* uv, int) {
          const std::unique_ptr<Job> over(static_cast<Job*>(uv->data));
          if (over->owner == nullptr) return;
          over->owner->job_ = nullptr;
          over->done();
        });
  }
  ~PoolWork() override {
    if (job_ != nullptr) job_->owner = nullptr;
  }

 private:
  struct Job {
    uv_work_t uv{};
    PoolWork* owner = nullptr;  // for the loop's thread only; null: nobody wants to know
    std::function<void()> work, done;
  };

  Job* job_;  // owns itself until it is over
};

}  // namespace

std::unique_ptr<BackgroundWork> run_in_background(Loop& loop, std::function<void()> work,
                                                  std::function<void()> done) {
  return std::make_unique<PoolWork>(loop, std::move(work), std::move(done));
}

}  // namespace trunkd

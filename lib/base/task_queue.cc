#include "base/task_queue.h"

#include <utility>

namespace trunkd {

DeferredCall::DeferredCall(TaskQueue& queue, std::function<void()> run)
    : queue_(queue), run_(std::move(run)) {}

DeferredCall::~DeferredCall() { cancel(); }

void DeferredCall::schedule() {
  if (!scheduled_) queue_.append(*this);
}

void DeferredCall::cancel() {
  if (scheduled_) unlink();
}

void DeferredCall::unlink() {
  (previous_ != nullptr ? previous_->next_ : queue_.first_) = next_;
  (next_ != nullptr ? next_->previous_ : queue_.last_) = previous_;
  previous_ = next_ = nullptr;
  scheduled_ = false;
}

void TaskQueue::append(DeferredCall& call) {
  const bool was_empty = !has_deferred();
  call.previous_ = last_;
  (last_ != nullptr ? last_->next_ : first_) = &call;
  last_ = &call;
  call.scheduled_ = true;
  if (was_empty) on_work_queued();
}

void TaskQueue::dispose(std::unique_ptr<Disposable> object) {
  if (!object) return;
  const bool was_empty = !has_deferred();
  disposed_.push_back(std::move(object));
  if (was_empty) on_work_queued();
}

void TaskQueue::run_deferred() {
  while (has_deferred()) {
    // Destroy first: a call that follows may want the slot that an object gives up.
    while (!disposed_.empty()) {
      std::vector<std::unique_ptr<Disposable>> batch = std::exchange(disposed_, {});
      batch.clear();
    }
    if (DeferredCall* call = first_) {
      call->unlink();
      call->run_();  // may destroy the call
    }
  }
}

}  // namespace trunkd

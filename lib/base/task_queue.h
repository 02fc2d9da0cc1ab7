// Work for "after the current event, on this thread": deferred calls and deferred destruction.

#pragma once

#include <functional>
#include <memory>
#include <vector>

namespace trunkd {

class TaskQueue;

// What can be handed to TaskQueue::dispose(): an object that may still be on the call stack.
class Disposable {
 public:
  virtual ~Disposable() = default;
};

// A call that can be scheduled again and again without an allocation; several schedule() before it
// runs are one. A member of the object that it calls; destroying it cancels it.
class DeferredCall {
 public:
  DeferredCall(TaskQueue& queue, std::function<void()> run);  // `queue` must outlive this
  ~DeferredCall();
  DeferredCall(const DeferredCall&) = delete;
  DeferredCall& operator=(const DeferredCall&) = delete;

  void schedule();
  void cancel();
  bool scheduled() const { return scheduled_; }

 private:
  friend class TaskQueue;
  void unlink();

  TaskQueue& queue_;
  std::function<void()> run_;
  DeferredCall* previous_ = nullptr;
  DeferredCall* next_ = nullptr;
  bool scheduled_ = false;
};

class TaskQueue {
 public:
  TaskQueue(const TaskQueue&) = delete;
  TaskQueue& operator=(const TaskQueue&) = delete;

  // Destroys `object` after the current event, when none of its methods is on the stack any more.
  void dispose(std::unique_ptr<Disposable> object);

  // For the loop: runs what is queued, in order, and what that queues, until nothing is left.
  void run_deferred();
  bool has_deferred() const { return first_ != nullptr || !disposed_.empty(); }

 protected:
  TaskQueue() = default;
  ~TaskQueue() = default;
  virtual void on_work_queued() = 0;  // the queue was empty and is not any more

 private:
  friend class DeferredCall;
  void append(DeferredCall& call);

  DeferredCall* first_ = nullptr;
  DeferredCall* last_ = nullptr;
  std::vector<std::unique_ptr<Disposable>> disposed_;
};

}  // namespace trunkd

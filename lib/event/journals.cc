#include "event/journals.h"

#include <deque>
#include <filesystem>
#include <functional>
#include <unordered_map>
#include <utility>
#include <uv.h>

#include "event/journal_file.h"

namespace trunkd {
namespace {

// Held by whoever wants to hear an answer; an answer whose Listening is gone is dropped.
struct Listening {};

// The work of one path, one job at a time; outlives its journals until all of it is done. Only
// `file` is touched on the thread pool.
struct JournalQueue : std::enable_shared_from_this<JournalQueue> {
  struct Job {
    enum class Kind { load, append, replace, remove };
    Kind kind;
    std::string text;  // to be written; what was read
    std::weak_ptr<Listening> listening;
    std::function<void(Job&)> on_finished;
    Result<size_t> result = size_t{0};
  };
  struct Work {
    uv_work_t uv{};
    std::shared_ptr<JournalQueue> queue;
    Job job;
  };

  Loop& loop;
  JournalFile file;
  std::deque<Job> jobs;
  bool running = false;
  bool needs_replacing = false;  // the file's answer after its last job, for the loop's thread

  JournalQueue(Loop& on, const std::string& path) : loop(on), file(path) {}
  void add(Job job);
  void start_next();
  void run(Job& job);
  void finished(Job& job);
};

void JournalQueue::add(Job job) {
  jobs.push_back(std::move(job));
  start_next();
}

void JournalQueue::start_next() {
  if (running || jobs.empty()) return;
  running = true;
  auto* work = new Work{{}, shared_from_this(), std::move(jobs.front())};
  jobs.pop_front();
  work->uv.data = work;
  uv_queue_work(
      loop.uv(), &work->uv,
      [](uv_work_t* uv) {
        auto& self = *static_cast<Work*>(uv->data);
        self.queue->run(self.job);
      },
      [](uv_work_t* uv, int) {
        const std::unique_ptr<Work> done(static_cast<Work*>(uv->data));
        done->queue->finished(done->job);
      });
}

void JournalQueue::run(Job& job) {
  switch (job.kind) {
    case Job::Kind::append:
      job.result = file.append(job.text);
      break;
    case Job::Kind::replace:
      job.result = file.replace(job.text);
      break;
    case Job::Kind::remove:
      job.result = file.remove();
      break;
    case Job::Kind::load:
      auto text = file.load();
      if (!text) {
        job.result = tl::unexpected(text.error());
        break;
      }
      job.result = text->size();
      job.text = std::move(*text);
  }
}

void JournalQueue::finished(Job& job) {
  running = false;
  needs_replacing = file.needs_replacing();
  start_next();
  if (!job.listening.expired()) job.on_finished(job);
}

class QueuedJournal final : public Journal {
 public:
  explicit QueuedJournal(std::shared_ptr<JournalQueue> queue) : queue_(std::move(queue)) {}

  void append(std::string lines, OnDone on_done) override {
    write(JournalQueue::Job::Kind::append, std::move(lines), std::move(on_done));
  }
  void replace(std::string text, OnDone on_done) override {
    write(JournalQueue::Job::Kind::replace, std::move(text), std::move(on_done));
  }
  bool needs_replacing() const override { return queue_->needs_replacing; }

 private:
  void write(JournalQueue::Job::Kind kind, std::string text, OnDone on_done) {
    queue_->add(
        {kind, std::move(text), listening_, [done = std::move(on_done)](JournalQueue::Job& job) {
           if (done) done(std::move(job.result));
         }});
  }

  const std::shared_ptr<JournalQueue> queue_;
  const std::shared_ptr<Listening> listening_ = std::make_shared<Listening>();
};

class QueuedOpening final : public JournalOpening {
 public:
  std::shared_ptr<Listening> listening = std::make_shared<Listening>();
};

class LoopJournals final : public Journals {
 public:
  explicit LoopJournals(Loop& loop) : loop_(loop) {}

  std::unique_ptr<JournalOpening> open(const std::string& path, OnOpened on_opened) override;
  void remove(const std::string& path) override {
    queue_of(path)->add({JournalQueue::Job::Kind::remove, {}, {}, {}});
  }
  std::vector<std::string> stored_in(const std::string& directory) const override;

 private:
  std::shared_ptr<JournalQueue> queue_of(const std::string& path);

  Loop& loop_;
  std::unordered_map<std::string, std::weak_ptr<JournalQueue>> queues_;
};

std::shared_ptr<JournalQueue> LoopJournals::queue_of(const std::string& path) {
  std::erase_if(queues_, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<JournalQueue>& known = queues_[path];
  auto queue = known.lock();
  if (!queue) {
    queue = std::make_shared<JournalQueue>(loop_, path);
    known = queue;
  }
  return queue;
}

std::unique_ptr<JournalOpening> LoopJournals::open(const std::string& path, OnOpened on_opened) {
  auto queue = queue_of(path);
  auto opening = std::make_unique<QueuedOpening>();
  queue->add({JournalQueue::Job::Kind::load,
              {},
              opening->listening,
              [queue, answer = std::move(on_opened)](JournalQueue::Job& job) {
                if (!job.result) return answer(tl::unexpected(job.result.error()));
                answer(OpenedJournal{std::make_unique<QueuedJournal>(queue), std::move(job.text)});
              }});
  return opening;
}

std::vector<std::string> LoopJournals::stored_in(const std::string& directory) const {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(directory, none)) {
    if (entry.path().extension() == ".txt") names.push_back(entry.path().stem().string());
  }
  return names;
}

}  // namespace

std::unique_ptr<Journals> make_journals(Loop& loop) { return std::make_unique<LoopJournals>(loop); }

}  // namespace trunkd

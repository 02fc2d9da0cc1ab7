// FakeJournal: a journal whose file is a string, and FakeJournals, which are such files by path.
// The test says when a step is done, or that it failed.

#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/journal.h"

namespace trunkd {

// What the test sees of a FakeJournal; it outlives the journal.
struct FakeJournalFile {
  struct Step {
    bool replaces;
    std::string text;
    Journal::OnDone on_done;
  };
  std::string content;
  std::deque<Step> steps;  // not done yet
  bool needs_replacing = false;
  bool closed = false;  // the journal is gone: nobody is told any more

  // Does the next step.
  void finish() {
    Step step = take_first();
    content = step.replaces ? step.text : content + step.text;
    if (step.replaces) needs_replacing = false;
    answer(step, step.text.size());
  }
  void fail() {
    Step step = take_first();
    answer(step, tl::unexpected(Error{ErrorKind::internal, "cannot write: No space left"}));
  }

 private:
  Step take_first() {
    Step step = std::move(steps.front());
    steps.pop_front();
    return step;
  }
  void answer(Step& step, Result<size_t> result) const {
    if (step.on_done && !closed) step.on_done(std::move(result));
  }
};

class FakeJournal final : public Journal {
 public:
  explicit FakeJournal(FakeJournalFile& file) : file_(file) {}
  ~FakeJournal() override { file_.closed = true; }

  void append(std::string lines, OnDone on_done) override {
    file_.steps.push_back({false, std::move(lines), std::move(on_done)});
  }
  void replace(std::string text, OnDone on_done) override {
    file_.steps.push_back({true, std::move(text), std::move(on_done)});
  }
  bool needs_replacing() const override { return file_.needs_replacing; }

 private:
  FakeJournalFile& file_;
};

// Journals in memory; each is opened when the test says so.
class FakeJournals final : public Journals {
 public:
  class Opening final : public JournalOpening {
   public:
    explicit Opening(std::set<Opening*>& all) : all_(all) { all_.insert(this); }
    ~Opening() override { all_.erase(this); }
    std::string path;
    OnOpened on_opened;

   private:
    std::set<Opening*>& all_;
  };

  std::unique_ptr<JournalOpening> open(const std::string& path, OnOpened on_opened) override {
    auto opening = std::make_unique<Opening>(openings);
    opening->path = path;
    opening->on_opened = std::move(on_opened);
    return opening;
  }
  void remove(const std::string& path) override { files.erase(path); }
  std::vector<std::string> stored_in(const std::string&) const override { return stored; }

  void finish_opening() {
    Opening& opening = **openings.begin();
    FakeJournalFile& file = files[opening.path];
    const auto answer = std::move(opening.on_opened);
    answer(OpenedJournal{std::make_unique<FakeJournal>(file), file.content});
  }
  void fail_opening() {
    const auto answer = std::move((*openings.begin())->on_opened);
    answer(failure(ErrorKind::internal, "cannot read the jar"));
  }

  std::set<Opening*> openings;
  std::map<std::string, FakeJournalFile> files;
  std::vector<std::string> stored;
};

}  // namespace trunkd

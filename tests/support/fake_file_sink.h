// FakeFileSink: a file that is a string. The test says when a write is finished, or that it failed.

#pragma once

#include <deque>
#include <string>
#include <utility>

#include "base/file_sink.h"

namespace trunkd {

class FakeFileSink : public FileSink {
 public:
  void append(std::string lines, OnWritten on_written) override {
    pending_bytes_ += lines.size();
    writes_.push_back({std::move(lines), std::move(on_written)});
  }
  void reopen() override { ++reopened; }
  size_t pending() const override { return pending_bytes_; }

  size_t pending_writes() const { return writes_.size(); }

  // Finishes what was handed in up to now.
  void finish() {
    for (size_t count = writes_.size(); count > 0; --count) {
      Write write = take_first();
      written += write.lines;
      if (write.on_written) write.on_written(write.lines.size());
    }
  }

  void fail(Error error = {}) {
    for (size_t count = writes_.size(); count > 0; --count) {
      Write write = take_first();
      if (write.on_written) write.on_written(tl::unexpected<Error>(error));
    }
  }

  std::string written;  // the file's content
  int reopened = 0;

 private:
  struct Write {
    std::string lines;
    OnWritten on_written;
  };

  Write take_first() {
    Write write = std::move(writes_.front());
    writes_.pop_front();
    pending_bytes_ -= write.lines.size();
    return write;
  }

  std::deque<Write> writes_;
  size_t pending_bytes_ = 0;
};

}  // namespace trunkd

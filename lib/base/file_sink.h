// FileSink: appends to a file (or replaces it) without ever blocking the loop.

#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace trunkd {

class FileSink {
 public:
  using OnWritten = std::function<void(Result<size_t>)>;  // bytes, or why not

  virtual ~FileSink() = default;
  // Appended in order, in one write; `on_written` comes later on the loop (may be empty).
  virtual void append(std::string lines, OnWritten on_written) = 0;
  virtual void reopen() = 0;           // after a log rotation
  virtual size_t pending() const = 0;  // bytes handed in and not yet written
};

}  // namespace trunkd

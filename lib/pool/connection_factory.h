// ConnectionFactory: opens a connection for the pool, and answers later.

#pragma once

#include <memory>

#include "base/error.h"
#include "base/origin.h"
#include "base/task_queue.h"
#include "pool/pooled_connection.h"

namespace trunkd {

// A connection being opened. Destroying it cancels: no answer comes any more.
class PendingOpen : public Disposable {};

// Said once for each open(), never from inside it. The pool disposes of the PendingOpen.
class OpenListener {
 public:
  virtual void on_opened(PendingOpen& open, std::unique_ptr<PooledConnection> connection) = 0;
  virtual void on_open_failed(PendingOpen& open, const Error& error) = 0;

 protected:
  ~OpenListener() = default;
};

class ConnectionFactory {
 public:
  virtual ~ConnectionFactory() = default;
  // `listener` must outlive the answer or the returned object, whichever ends first.
  virtual std::unique_ptr<PendingOpen> open(const Origin& origin, OpenListener& listener) = 0;
  // What is remembered of how `origin` is reached, its addresses say, is asked anew.
  virtual void renew(const Origin& origin) = 0;
};

}  // namespace trunkd

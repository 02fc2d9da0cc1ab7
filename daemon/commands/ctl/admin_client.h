// AdminClient: asks a running daemon by the Unix socket of its admin interface, and waits for the
// answer.

#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "event/private_files.h"

namespace trunkd {

struct AdminAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
  bool good() const { return status >= 200 && status < 300; }
};

class AdminClient {
 public:
  // `patience`: how long the daemon may be silent.
  AdminClient(std::string socket_path, Duration patience)
      : path_(std::move(socket_path)), patience_(patience) {}

  // Each question goes over a connection of its own, which stays open until the next one or the end
  // of the client. Errors: nobody listens, may not connect (system_error says so), no answer in
  // time, a broken answer; the detail says what to do.
  Result<AdminAnswer> get(const std::string& target);
  Result<AdminAnswer> post(const std::string& target, const std::string& json = "{}");

  const std::string& path() const { return path_; }
  // Of the last question: readable as soon as the daemon has closed it; -1 before the first.
  int connection() const { return connection_.get(); }

 private:
  Result<AdminAnswer> ask(const std::string& request);
  Result<void> connect();
  Result<void> send(const std::string& request);
  Result<AdminAnswer> receive();
  tl::unexpected<Error> no_answer(int error) const;

  const std::string path_;
  const Duration patience_;
  Descriptor connection_;
};

}  // namespace trunkd

// CtlCall: what the verbs of trunkd ctl have in common: ask, and say why it went wrong.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "admin/status_json.h"
#include "base/result.h"
#include "daemon/commands/cookies.h"
#include "daemon/commands/ctl/admin_client.h"

namespace trunkd {

// A value, or the exit code after an error of which the user has been told.
template <typename T>
using OrExit = tl::expected<T, int>;

class CtlCall {
 public:
  // Both must outlive it.
  CtlCall(AdminClient& client, const CommandStreams& streams)
      : client_(client), streams_(streams) {}

  OrExit<AdminAnswer> get(const std::string& target);
  OrExit<AdminAnswer> post(const std::string& target, const std::string& json = "{}");
  // The names as the daemon spells them, all that it has with `all`. A name that it does not know
  // is an error, with the nearest that it does.
  OrExit<std::vector<std::string>> sessions(const std::vector<std::string>& names, bool all);
  OrExit<std::string> session(const std::string& name);

  int fail(const Error& error) const;  // 77 if the system forbade it, else 1
  int fail(std::string_view sentence) const;
  std::ostream& out() const { return streams_.out; }
  const CommandStreams& streams() const { return streams_; }
  AdminClient& client() const { return client_; }

 private:
  OrExit<AdminAnswer> good(Result<AdminAnswer> answer) const;

  AdminClient& client_;
  const CommandStreams& streams_;
};

// "/sessions/shop/pause"
std::string session_path(std::string_view name, std::string_view rest = "");
// The sentence of an answer that is a problem (RFC 9457), else something to go by.
std::string problem_text(const AdminAnswer& answer);

}  // namespace trunkd

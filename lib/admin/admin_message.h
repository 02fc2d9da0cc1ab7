// A request to the admin interface and its answer, without the HTTP around them.

#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trunkd {

struct AdminRequest {
  std::string method;                        // GET (also of a HEAD) or POST
  std::vector<std::string> path;             // segments, percent-decoded
  std::map<std::string, std::string> query;  // decoded; of several of one name the last
  std::string body;                          // JSON, or empty

  std::string_view parameter(const std::string& name) const {
    const auto found = query.find(name);
    return found == query.end() ? std::string_view{} : std::string_view(found->second);
  }
};

struct AdminReply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::string fields;             // further ones, serialised
  std::shared_ptr<void> keeps{};  // dropped with the connection of whoever asked
};

// The title of the problem of a call that needs a "jar" and has none: trunkd ctl calls it
// otherwise.
inline constexpr std::string_view kWhichJar = "Which jar?";

// problem+json (RFC 9457), as all errors of the admin interface.
AdminReply admin_problem(int status, std::string_view title, std::string_view detail);

// The reply to a request is given once, now or later, on the loop; after the connection has gone it
// is dropped.
class AdminReplyTo {
 public:
  virtual ~AdminReplyTo() = default;
  virtual void reply(AdminReply reply) = 0;
};

}  // namespace trunkd

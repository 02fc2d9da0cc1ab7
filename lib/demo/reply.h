// What an HttpOrigin answers to one request.

#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"

namespace trunkd {

struct Reply {
  int status = 200;
  std::string body{};
  // Framing, Date and Connection are the origin's own and must not be among them.
  std::vector<std::pair<std::string, std::string>> fields{};
  bool close = false;  // close the connection after it
};

// Called once for each request when all of it is there.
using Respond = std::function<Reply(const RequestHead& request, std::string_view body)>;

}  // namespace trunkd

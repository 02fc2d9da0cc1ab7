// Finds the sessions of a configuration: by name, and by the host that a URL names.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/origin.h"
#include "config/config.h"
#include "session/caseless.h"

namespace trunkd {

// A URL of `target` may go out through this session: a multi-host session allows it, or it is the
// origin of base_url. `http` stands for the session's own scheme there: that is how clients that
// only have http_proxy get TLS. Never the other way round, which would take TLS away. A
// tunnel may go to base_url's own host and port, whatever is spoken there.
bool reaches(const SessionConfig& session, const Origin& target);

// Host and port are those of the pattern; without a port there, 80 and 443.
bool matches(const HostPattern& pattern, const Origin& target);
// One of allow_hosts matches.
bool allows(const std::vector<HostPattern>& allow_hosts, const Origin& target);

class SessionIndex {
 public:
  explicit SessionIndex(const Config& config);  // must outlive the index

  std::optional<size_t> by_name(std::string_view name) const;
  // All sessions that a URL of `target` could mean. A session of exactly that origin goes before
  // one that it only reaches by another scheme; for a tunnel, those that allow one before the rest.
  std::vector<size_t> by_target(const Origin& target) const;
  // Up to three names that look like `name`, the nearest first.
  std::vector<std::string_view> nearest_names(std::string_view name) const;

 private:
  const Config& config_;
  CaselessMap<size_t> by_name_;
  CaselessMap<std::vector<size_t>> single_by_host_;  // of base_url
  std::vector<size_t> multi_;
};

}  // namespace trunkd

#include "session/session_index.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/text.h"
#include "http/url.h"

namespace trunkd {
namespace {

constexpr size_t kMostSuggestions = 3;

}  // namespace

bool matches(const HostPattern& pattern, const Origin& target) {
  const bool port_matches =
      pattern.port ? target.port == *pattern.port : target.port == 80 || target.port == 443;
  if (!port_matches) return false;
  if (!pattern.wildcard) return target.host == pattern.host;
  if (pattern.host.empty()) return true;
  const std::string& host = target.host;
  return host.size() > pattern.host.size() + 1 && host.ends_with(pattern.host) &&
         host[host.size() - pattern.host.size() - 1] == '.' && !is_ip_literal(host);
}

bool allows(const std::vector<HostPattern>& allow_hosts, const Origin& target) {
  return std::any_of(allow_hosts.begin(), allow_hosts.end(),
                     [&](const HostPattern& pattern) { return matches(pattern, target); });
}

bool reaches(const SessionConfig& session, const Origin& target) {
  if (session.multi_host) return allows(session.allow_hosts, target);
  const Origin& own = session.origin;
  if (target.host != own.host) return false;
  if (target.is_tunnel()) return target.port == own.port;
  if (target.secure()) return own.secure() && target.port == own.port;
  return target.port == own.port || (own.secure() && target.port == 80 && own.port == 443);
}

SessionIndex::SessionIndex(const Config& config) : config_(config) {
  for (size_t i = 0; i < config.sessions.size(); ++i) {
    const SessionConfig& session = config.sessions[i];
    by_name_.emplace(session.name, i);
    if (session.multi_host) {
      multi_.push_back(i);
    } else {
      single_by_host_[session.origin.host].push_back(i);
    }
  }
}

std::optional<size_t> SessionIndex::by_name(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

std::vector<size_t> SessionIndex::by_target(const Origin& target) const {
  std::vector<size_t> exact, by_other_scheme;
  if (const auto found = single_by_host_.find(target.host); found != single_by_host_.end()) {
    for (const size_t index : found->second) {
      const SessionConfig& session = config_.sessions[index];
      if (!reaches(session, target)) continue;
      (session.origin == target ? exact : by_other_scheme).push_back(index);
    }
  }
  std::vector<size_t> found = exact.empty() ? std::move(by_other_scheme) : std::move(exact);
  for (const size_t index : multi_) {
    if (reaches(config_.sessions[index], target)) found.push_back(index);
  }
  if (target.is_tunnel()) {
    const auto refuses = [&](size_t index) { return !config_.sessions[index].tunnels; };
    const auto rest = std::stable_partition(found.begin(), found.end(), std::not_fn(refuses));
    if (rest != found.begin()) found.erase(rest, found.end());
  }
  return found;
}

std::vector<std::string_view> SessionIndex::nearest_names(std::string_view name) const {
  const std::string wanted = to_lower(name);
  const size_t limit = std::max<size_t>(1, std::min<size_t>(3, wanted.size() / 2));
  std::vector<std::pair<size_t, std::string_view>> near;
  for (const SessionConfig& session : config_.sessions) {
    const size_t a = session.name.size(), b = wanted.size();
    if ((a > b ? a - b : b - a) > limit) continue;  // also bounds the work that a long name makes
    const size_t distance = edit_distance(wanted, to_lower(session.name));
    if (distance <= limit) near.emplace_back(distance, session.name);
  }
  std::sort(near.begin(), near.end());
  if (near.size() > kMostSuggestions) near.resize(kMostSuggestions);
  std::vector<std::string_view> names;
  names.reserve(near.size());
  for (const auto& [distance, known] : near) names.push_back(known);
  return names;
}

}  // namespace trunkd

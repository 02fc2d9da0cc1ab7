#include "daemon/commands/doctor/machine_findings.h"

#include <algorithm>
#include <memory>
#include <netdb.h>
#include <string>
#include <sys/socket.h>

#include "base/text.h"
#include "daemon/commands/doctor/writable.h"
#include "daemon/commands/quoting.h"
#include "event/socket_address.h"
#include "http/url.h"
#include "net/trust_store.h"

namespace trunkd {
namespace {

using Level = Finding::Level;

constexpr const char* kProbeName = "trunkd-doctor.localhost";

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

// Of these a client takes one for http:// URLs, which calls to trunkd are.
constexpr const char* kProxyVariables[] = {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"};

bool excepts(std::string_view list, std::string_view name) {
  if (trim(list) == "*") return true;  // beside others it is a host of that name
  bool found = false;
  for_each_member(list, [&](std::string_view member) {
    if (member.starts_with('.')) member.remove_prefix(1);
    found = iequals(member, name) || (member == "127.0.0.0/8" && name == "127.0.0.1");
    return !found;
  });
  return found;
}

// A client reads one of the two variables, and which one is its own affair.
bool is_excepted(const Environment& environment, std::string_view name) {
  bool is_set = false, all = true;
  for (const char* variable : {"no_proxy", "NO_PROXY"}) {
    const std::string list = environment(variable).value_or("");
    if (list.empty()) continue;
    is_set = true;
    all = all && excepts(list, name);
  }
  return is_set && all;
}

bool is_looked_up(const SessionConfig& session) {
  if (session.upstream_proxy.kind != UpstreamProxyConfig::Kind::none) return false;
  if (session.multi_host) return true;
  const std::string& host = session.origin.host;
  const bool is_fixed = std::any_of(session.resolve.begin(), session.resolve.end(),
                                    [&host](const auto& fixed) { return fixed.host == host; });
  return !is_ip_literal(host) && host != "localhost" && !is_fixed;
}

bool trusts_the_system(const SessionConfig& session) {
  return (session.multi_host || session.origin.secure()) && session.tls.verify &&
         session.tls.ca_file.empty();
}

template <typename Predicate>
bool is_needed(const Config* config, Predicate predicate) {
  return config != nullptr &&
         std::any_of(config->sessions.begin(), config->sessions.end(), predicate);
}

}  // namespace

Finding local_names_finding() {
  Finding finding{Level::ok, "NAME.localhost", "", ""};
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* raw = nullptr;
  const int error = getaddrinfo(kProbeName, nullptr, &hints, &raw);
  const std::unique_ptr<addrinfo, FreeAddresses> found(raw);
  if (error == 0) {
    const SocketAddress address(found->ai_addr);
    finding.seen = "leads to " + address.host();
    if (address.is_loopback()) return finding;
    finding.seen += ", which is not this machine's loopback";
  } else {
    finding.seen = "is not found by this system";
  }
  finding.level = Level::hint;
  finding.advice =
      "curl and browsers know it all the same; for others use a session's own port or /s/NAME on "
      "the shared one, or install libnss-myhostname.";
  return finding;
}

Finding proxy_finding(const Environment& environment, const std::vector<std::string>& files) {
  Finding finding{Level::ok, "proxy variables", "none is set for http:// URLs", ""};
  const char* set = nullptr;
  for (const char* variable : kProxyVariables) {
    if (set == nullptr && !environment(variable).value_or("").empty()) set = variable;
  }
  if (set == nullptr) return finding;
  std::string missing;
  for (const char* name : {"localhost", "127.0.0.1", "::1"}) {
    if (!is_excepted(environment, name))
      missing += (missing.empty() ? "" : ", ") + std::string(name);
  }
  finding.seen = std::string(set) + " is set, and no_proxy excepts this machine";
  if (missing.empty()) return finding;
  finding.seen = std::string(set) + " is set, and no_proxy does not except " + missing;
  // Few clients write the IPv6 loopback.
  finding.level = missing == "::1" ? Level::hint : Level::problem;
  std::string command = "trunkd env";
  for (const std::string& file : files) command += " -c " + sh_quoted(file);
  finding.advice = "Calls to trunkd's own ports go to that proxy; run: eval \"$(" + command + ")\"";
  return finding;
}

Finding ipv6_finding() {
  Finding finding{Level::ok, "IPv6 loopback", "::1 can be listened on", ""};
  if (ipv6_is_there()) return finding;
  finding.level = Level::hint;
  finding.seen = "this system has no ::1";
  finding.advice =
      "A bare port listens on 127.0.0.1 alone then; write that into URLs rather than localhost.";
  return finding;
}

Finding trust_finding(const Config* config) {
  Finding finding{Level::ok, "authorities", "the system's store can be read", ""};
  const auto store = TrustStores().system();
  if (store) return finding;
  const bool needed = is_needed(config, trusts_the_system);
  finding.level = needed ? Level::problem : Level::hint;
  finding.seen = store.error().detail;
  finding.advice = store.error().hint;
  return finding;
}

Finding name_server_finding(std::string_view resolv_conf, const Config* config) {
  Finding finding{Level::ok, "name servers", "", ""};
  while (!resolv_conf.empty()) {
    const size_t end = std::min(resolv_conf.find('\n'), resolv_conf.size());
    std::string_view line = trim(resolv_conf.substr(0, end));
    resolv_conf.remove_prefix(std::min(end + 1, resolv_conf.size()));
    if (!line.starts_with("nameserver")) continue;
    const std::string_view address = trim(line.substr(std::string_view("nameserver").size()));
    if (!address.empty()) {
      finding.seen += (finding.seen.empty() ? "" : ", ") + escaped(address);
    }
  }
  if (!finding.seen.empty()) return finding;
  finding.seen = "/etc/resolv.conf names none";
  if (!is_needed(config, is_looked_up)) return finding;
  finding.level = Level::hint;
  finding.advice =
      "Names are then found in /etc/hosts only, or by a name server on this machine; a session "
      "can name addresses itself, with resolve.";
  return finding;
}

}  // namespace trunkd

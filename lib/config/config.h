// The configuration as the rest of the program sees it: plain structs with their defaults, valid
// by construction (config_loader refuses what is not). Immutable once loaded.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/clock.h"
#include "base/origin.h"

namespace trunkd {

// Where a listener listens.
struct ListenAddress {
  enum class Kind : uint8_t {
    loopback_port,  // a bare port: 127.0.0.1 and [::1]; port 0 = the same free port on both
    tcp,            // HOST:PORT, exactly that; the host is an address literal
    unix_socket,
  };
  Kind kind = Kind::loopback_port;
  std::string host;  // tcp
  uint16_t port = 0;
  std::string path;  // unix_socket
  mode_t mode = 0660;
  std::string group;

  std::string text() const;  // as it could be written in the file
  bool operator==(const ListenAddress&) const = default;
};

enum class LogLevelSetting : uint8_t { debug, info, warning, error };
enum class LogFormatSetting : uint8_t { automatic, text, json };

struct LogConfig {
  LogLevelSetting level = LogLevelSetting::info;
  LogFormatSetting format = LogFormatSetting::automatic;
  std::string access = "stderr";  // "stderr", a file's path, or empty for off

  bool operator==(const LogConfig&) const = default;
};

struct AdminConfig {
  std::string socket;  // empty: admin.sock in the runtime directory
  mode_t mode = 0600;
  std::string group;
  std::string listen;

  bool operator==(const AdminConfig&) const = default;
};

struct MetricsConfig {
  std::optional<ListenAddress> listen;  // none: off

  bool operator==(const MetricsConfig&) const = default;
};

struct DownstreamConfig {
  Duration head_timeout = 10s;
  Duration idle = 5min;
  size_t max = 0;  // 0: what the descriptor limit allows

  bool operator==(const DownstreamConfig&) const = default;
};

struct QueueConfig {
  size_t max = 10000;
  Duration timeout = 30s;

  bool operator==(const QueueConfig&) const = default;
};

struct PriorityConfig {
  bool obey_header = true;
  int default_urgency = 3;

  bool operator==(const PriorityConfig&) const = default;
};

struct TimeoutsConfig {
  Duration connect = 5s;
  Duration response = 60s;
  Duration read = 60s;
  Duration total{};        // from the request's head to the end of its answer; 0: off
  Duration tunnel = 5min;  // silence in both directions that ends a tunnel; 0: off

  bool operator==(const TimeoutsConfig&) const = default;
};

struct KeepaliveConfig {
  Duration idle = 30s;
  Duration max_age = 10min;
  uint64_t max_requests = 0;  // 0: off
  Duration unsafe_idle{};     // 0: learned for each origin
  Duration dead_after = 5s;   // 0: off
  size_t warm = 0;            // kept ready while the session is used

  bool operator==(const KeepaliveConfig&) const = default;
};

struct TlsConfig {
  bool verify = true;
  std::string ca_file;        // instead of the system's store
  std::string extra_ca_file;  // beside it, or beside ca_file
  std::string server_name;
  bool tls13_only = false;  // min_version: "1.3"
  std::string client_cert;
  std::string client_key;  // empty: in client_cert's file

  bool operator==(const TlsConfig&) const = default;
};

// One entry of allow_hosts.
struct HostPattern {
  std::string host;              // normalized; without the "*." of a wildcard; empty: "*", any host
  bool wildcard = false;         // "*.example.com": any name below, not example.com itself
  std::optional<uint16_t> port;  // none: 80 and 443
  std::string text() const;

  bool operator==(const HostPattern&) const = default;
};

// A secret by its place: read when it is needed, never printed. There is no literal kind, so a
// configuration can be shown to anybody; but see UpstreamProxyConfig.
struct SecretRef {
  enum class Kind : uint8_t { none, file, env, credential };
  Kind kind = Kind::none;
  std::string name;  // an absolute path, a variable, a name in $CREDENTIALS_DIRECTORY

  std::string text() const;  // "file:/etc/trunkd/token", as in the file
  bool operator==(const SecretRef&) const = default;
};

// One of params, headers or set_headers; their order is that of the file.
struct NameValue {
  std::string name;
  std::string value;

  bool operator==(const NameValue&) const = default;
};

// auth: what proves to the origin who the session is. Sent to base_url's origin, and else only to
// `hosts`.
struct AuthConfig {
  enum class Kind : uint8_t { none, bearer, basic, header, query };
  Kind kind = Kind::none;
  std::string name;  // basic: the user; header: the field; query: the parameter
  SecretRef secret;  // basic: the password
  std::vector<HostPattern> hosts;

  bool operator==(const AuthConfig&) const = default;
};

struct CookiesConfig {
  enum class Keep : uint8_t { off, memory, persist };
  Keep keep = Keep::off;
  std::string jar;         // the name it is shared by; empty: the session's own, by its name
  bool by_header = false;  // scope: header; one jar for each value of Trunkd-Jar
  size_t max_jars = 1000;  // by_header: how many there may be
  Duration forget_after = 30 * 24h;  // by_header: a jar that nobody used for so long is dropped

  bool operator==(const CookiesConfig&) const = default;
};

// How often requests may start.
struct RateConfig {
  struct Interval {
    std::string method;  // empty: of any method that has no entry of its own
    Duration interval{};
    bool operator==(const Interval&) const = default;
  };
  uint64_t count = 0;  // so many in each `per`, on average; 0: no limit
  Duration per{};
  uint64_t burst = 1;                  // so many at once after a pause; 1 is evenly spaced
  std::vector<Interval> min_interval;  // between two starts
  bool per_host = false;               // for each origin of its own, else for the session

  bool active() const { return count != 0 || !min_interval.empty(); }
  bool operator==(const RateConfig&) const = default;
};

struct RetryConfig {
  size_t attempts = 2;             // in all, the first included
  bool on_connect = true;          // after a connection could not be opened
  std::vector<uint16_t> statuses;  // and after these
  Duration backoff = 100ms;        // before the second try; doubled for each further, with jitter
  Duration retry_after_max = 60s;  // the longest pause an origin may ask for
  bool rate_headers = false;       // RateLimit and x-ratelimit-remaining pause as Retry-After does

  bool operator==(const RetryConfig&) const = default;
};

// One entry of resolve.
struct FixedAddresses {
  std::string host;                    // normalized
  std::vector<std::string> addresses;  // literals, at least one

  bool operator==(const FixedAddresses&) const = default;
};

struct AllowPrivateConfig {
  bool all = false;
  std::vector<std::string> named;  // "intranet.example", "*.intranet.example", addresses, networks

  bool operator==(const AllowPrivateConfig&) const = default;
};

// upstream_proxy: what connections go through.
struct UpstreamProxyConfig {
  enum class Kind : uint8_t { none, http, socks5h };
  Kind kind = Kind::none;
  std::string host;  // normalized
  uint16_t port = 0;
  std::string user;      // empty: no login
  std::string password;  // that stood in the URL; must never be printed
  SecretRef secret;      // that stood beside it

  bool operator==(const UpstreamProxyConfig&) const = default;
};

struct SessionConfig {
  std::string name;
  std::vector<ListenAddress> listen;

  // One host: base_url and endpoint as prefix of each path; else many hosts: allow_hosts.
  bool multi_host = false;
  Origin origin;          // of base_url
  std::string base_path;  // base_url's path and endpoint joined, as written, e.g. "/v1/asks/test";
                          // may be empty; "/" at the end only if it was written
  std::vector<HostPattern> allow_hosts;

  size_t connections = 1;  // hard limit for all callers together; 20 with allow_hosts
  size_t connections_per_host = 1;
  QueueConfig queue;
  PriorityConfig priority;
  TimeoutsConfig timeouts;
  KeepaliveConfig keepalive;
  TlsConfig tls;
  bool via = false;
  bool response_info = true;
  std::vector<std::string> upgrade{"websocket"};
  bool tunnels = false;  // connect: tunnel
  bool trace = false;
  std::vector<std::string> allow_origins;

  std::vector<NameValue> params;   // put into the query unless the client names them
  std::vector<NameValue> headers;  // put on unless the client names them
  std::vector<NameValue> set_headers;
  std::vector<std::string> remove_headers;
  AuthConfig auth;
  CookiesConfig cookies;
  RateConfig rate;
  RetryConfig retry;
  size_t follow_redirects = 0;  // hops at most; 0: redirects are passed to the client
  bool raise_for_status = false;
  std::string pool;  // the session whose pool it uses; empty: its own

  std::vector<FixedAddresses> resolve;
  AllowPrivateConfig allow_private;
  UpstreamProxyConfig upstream_proxy;
  std::vector<std::string> no_proxy;  // written as allow_private's
  // Follow from all sessions of the pool; only its owner has them. Some of them are for many hosts,
  // so private addresses are refused but for those of allow_private and of these hosts, which the
  // configuration writes out: base_urls, and addresses in allow_hosts.
  bool public_only = false;
  std::vector<HostPattern> written_out;

  bool operator==(const SessionConfig&) const = default;
};

struct Config {
  std::optional<ListenAddress> listen;  // the shared port; none: off
  AdminConfig admin;
  MetricsConfig metrics;
  LogConfig log;
  std::vector<std::string> names;  // further Host names
  bool expose = false;
  DownstreamConfig downstream;
  Duration drain_timeout = 25s;
  std::vector<SessionConfig> sessions;  // in the order of the file; names are unique without case

  bool operator==(const Config&) const = default;
};

}  // namespace trunkd

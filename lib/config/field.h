// A field of the configuration, described once: the loader reads by it, `trunkd config` prints by
// it, and the JSON Schema and the reference are made from it.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "config/config.h"

namespace trunkd {

// How a value is written.
enum class Syntax : uint8_t {
  boolean,         // true, on, yes; false, off, no
  count,           // a whole number from min to max
  duration,        // 250ms, 5s, 2m, 1h; from min to max milliseconds
  choice,          // one of `words`; its value is the index
  file_mode,       // octal digits: "0600"
  path,            // of a file, absolute
  socket_path,     // of a Unix socket: absolute, and short enough for the system
  access_log,      // stderr, or a path
  group_name,      // of a group of this machine
  host,            // a host name or an address, without port
  hosts,           // a list of them
  host_patterns,   // a list of "example.org", "*.example.com", "example.org:8443"
  base_url,        // http or https, with a path perhaps
  url_path,        // a path to append to a URL
  web_origins,     // a list of what browsers send as Origin
  upgrade_tokens,  // a list of protocols to switch to
  tcp_listener,    // a port or HOST:PORT
  listener,        // a port, HOST:PORT, unix:PATH or {unix: PATH, mode: ..., group: ...}
  listeners,       // one, or a list of them
  session_fields,  // a mapping of the fields of a session
  sessions,        // a mapping from names to those
  session_name,    // of another session
  cookie_jar,      // a name as a session has it
  parameter_name,
  parameters,        // a mapping from names to values
  field_name,        // of a header field that the user may name
  field_names,       // a list of them
  header_fields,     // a mapping from them to values
  user_name,         // without a colon
  secret,            // file:PATH, env:NAME or credential:NAME; never quoted in a message
  credential_hosts,  // host patterns
  rate,              // 20/s, 100/m or 1000/h
  intervals,         // a duration, or a mapping from methods to durations, "*" for the others
  retry_causes,      // a list of "connect" and statuses
  switched_off,      // nothing but off: the short form of a group
  fixed_addresses,   // a mapping from hosts to lists of addresses
  private_hosts,     // true, or a list of hosts, addresses and networks
  direct_hosts,      // a list of these
  proxy_url,         // http or socks5h, with a login perhaps; never quoted in a message
  bare_proxy_url,    // without one
};

// "20/s": so many in a second, minute or hour. A count of 0: no limit.
struct RateLimit {
  uint64_t count = 0;
  Duration per{};

  bool operator==(const RateLimit&) const = default;
};

// What a field holds once it is read. `off` is false, 0 or empty. A monostate is what cannot be
// written as this field's value; read, it is the off of a mapping (an empty mapping adds nothing).
using Value =
    std::variant<std::monostate, bool, uint64_t, Duration, std::string, std::vector<std::string>,
                 std::vector<HostPattern>, std::vector<ListenAddress>, std::vector<NameValue>,
                 SecretRef, RateLimit, std::vector<RateConfig::Interval>,
                 std::vector<FixedAddresses>, UpstreamProxyConfig>;

// A field may have the name of a group, "rate" beside "rate.limit" and others: then it is the
// short form, one word that is written instead of the group's mapping and stands for all of it.
struct FieldInfo {
  std::string_view name;  // with the groups it is in: "queue.max", "retry.retry_after.max"
  Syntax syntax = Syntax::boolean;
  std::string_view description = {};  // one sentence for the user
  uint64_t min = 0, max = 0;
  bool can_be_off = false;  // `off` (or false) is a value too
  bool required = false;    // where its group is there; its description begins with "The"
  std::span<const std::string_view> words = {};
  std::string_view mapping_form = {};  // of a short form: an example of what else may be written
  std::string_view default_text = {};  // if the default cannot be written as a value
  int phase = 1;                       // a later one than kPhase: known, and refused
};

// A field and the member of Target that keeps it; without functions if the field is of a later
// phase or is read in its own way.
template <typename Target>
struct ConfigField {
  FieldInfo info;
  void (*set)(Target&, Value&&) = nullptr;
  Value (*get)(const Target&) = nullptr;
  void (*begin)(Target&) = nullptr;  // of a short form: a mapping stands in its place
};

template <typename Target>
using FieldTable = std::span<const ConfigField<Target>>;

// Bounds of durations, in milliseconds.
constexpr uint64_t kMillisecond = 1;
constexpr uint64_t kDay = 24ULL * 60 * 60 * 1000;

// Is "queue.max" or "queue.a.b" in the group "queue"?
inline bool is_in_group(std::string_view field, std::string_view group) {
  return field.size() > group.size() && field[group.size()] == '.' &&
         field.substr(0, group.size()) == group;
}

// The first phase whose fields are refused is kPhase + 1.
constexpr int kPhase = 2;

// ---

template <typename Member>
void assign(Member& member, Value&& value) {
  if constexpr (std::is_same_v<Member, bool>) {
    const uint64_t* index = std::get_if<uint64_t>(&value);
    member = index != nullptr ? *index != 0 : std::get<bool>(value);
  } else if constexpr (std::is_integral_v<Member> || std::is_enum_v<Member>) {
    member = static_cast<Member>(std::get<uint64_t>(value));
  } else if constexpr (std::is_same_v<Member, std::optional<ListenAddress>>) {
    auto& addresses = std::get<std::vector<ListenAddress>>(value);
    member = addresses.empty() ? std::nullopt : std::optional(std::move(addresses.front()));
  } else {
    member = std::get<Member>(std::move(value));
  }
}

template <typename Member>
Value value_of(const Member& member) {
  constexpr bool is_number = std::is_integral_v<Member> && !std::is_same_v<Member, bool>;
  if constexpr (is_number || std::is_enum_v<Member>) {
    return static_cast<uint64_t>(member);
  } else if constexpr (std::is_same_v<Member, std::optional<ListenAddress>>) {
    return member ? std::vector{*member} : std::vector<ListenAddress>{};
  } else {
    return member;
  }
}

template <auto First, auto... Rest, typename Object>
auto& member_at(Object& object) {
  if constexpr (sizeof...(Rest) == 0) {
    return object.*First;
  } else {
    return member_at<Rest...>(object.*First);
  }
}

// The field kept in the member that is found by following `Path` from a Target.
template <typename Target, auto... Path>
constexpr ConfigField<Target> field_at(const FieldInfo& info) {
  return {
      info,
      [](Target& target, Value&& value) { assign(member_at<Path...>(target), std::move(value)); },
      [](const Target& target) { return value_of(member_at<Path...>(target)); }};
}

}  // namespace trunkd

// The fields of a session: whom it talks to, and over which connections.

#include "config/fields.h"

namespace trunkd {
namespace {

constexpr std::string_view kIgnoreOrObey[] = {"ignore", "obey"};
constexpr std::string_view kRefuseOrTunnel[] = {"refuse", "tunnel"};

// One that belongs to the pool: a session that uses another's cannot say it.
template <auto... Path>
constexpr ConfigField<SessionDraft> pool_field(const FieldInfo& info) {
  ConfigField<SessionDraft> field = session_field<Path...>(info);
  field.get = [](const SessionDraft& draft) {
    if (!draft.config.pool.empty()) return Value();
    return value_of(member_at<Path...>(draft.config));
  };
  return field;
}

constexpr ConfigField<SessionDraft> kConnectionFields[] = {
    session_field<&SessionConfig::listen>(
        {.name = "listen",
         .syntax = Syntax::listeners,
         .description = "Where this session alone listens: a port, HOST:PORT, unix:PATH, {unix: "
                        "PATH, mode: \"0660\", group: NAME}, or a list of these.",
         .can_be_off = true}),
    field_at<SessionDraft, &SessionDraft::base_url>(
        {.name = "base_url",
         .syntax = Syntax::base_url,
         .description = "The one host this session talks to; a path in it comes before that of "
                        "each request.",
         .default_text = "this or allow_hosts"}),
    session_field<&SessionConfig::allow_hosts>(
        {.name = "allow_hosts",
         .syntax = Syntax::host_patterns,
         .description = "The hosts a session for many may talk to: a name, *.NAME for all below "
                        "it, an address, or \"*\" for any; ports 80 and 443 unless one is given.",
         .default_text = "this or base_url"}),
    field_at<SessionDraft, &SessionDraft::endpoint>(
        {.name = "endpoint",
         .syntax = Syntax::url_path,
         .description = "A path put between that of base_url and that of each request.",
         .can_be_off = true}),
    pool_field<&SessionConfig::connections>(
        {.name = "connections",
         .syntax = Syntax::count,
         .description = "The hard limit of upstream connections, for all callers together.",
         .min = 1,
         .max = 65535,
         .default_text = "1 with base_url, 20 with allow_hosts"}),
    pool_field<&SessionConfig::connections_per_host>(
        {.name = "connections_per_host",
         .syntax = Syntax::count,
         .description = "How many of them may go to one scheme, host and port.",
         .min = 1,
         .max = 65535,
         .default_text = "connections"}),
    session_field<&SessionConfig::queue, &QueueConfig::max>(
        {.name = "queue.max",
         .syntax = Syntax::count,
         .description = "How many requests may wait for a connection; one more gets a 503.",
         .max = 10'000'000}),
    session_field<&SessionConfig::queue, &QueueConfig::timeout>(
        {.name = "queue.timeout",
         .syntax = Syntax::duration,
         .description = "How long a request waits for a connection before it gets a 503.",
         .min = kMillisecond,
         .max = kDay}),
    session_field<&SessionConfig::priority, &PriorityConfig::obey_header>(
        {.name = "priority.header",
         .syntax = Syntax::choice,
         .description = "Whether a request's Priority field (u=0 to u=7) moves it in the queue.",
         .words = kIgnoreOrObey}),
    session_field<&SessionConfig::priority, &PriorityConfig::default_urgency>(
        {.name = "priority.default",
         .syntax = Syntax::count,
         .description = "The urgency of a request that says none: 0 is served first, 7 last.",
         .max = 7}),
    pool_field<&SessionConfig::timeouts, &TimeoutsConfig::connect>(
        {.name = "timeouts.connect",
         .syntax = Syntax::duration,
         .description =
             "How long name lookup, connecting, a proxy's answer and TLS handshake may take "
             "together.",
         .min = kMillisecond,
         .max = kDay}),
    session_field<&SessionConfig::timeouts, &TimeoutsConfig::response>(
        {.name = "timeouts.response",
         .syntax = Syntax::duration,
         .description = "How long the host may take until the head of its response, once the "
                        "request was sent.",
         .min = kMillisecond,
         .max = kDay}),
    session_field<&SessionConfig::timeouts, &TimeoutsConfig::read>(
        {.name = "timeouts.read",
         .syntax = Syntax::duration,
         .description = "How long the host may be silent within the body of a response.",
         .min = kMillisecond,
         .max = kDay}),
    session_field<&SessionConfig::timeouts, &TimeoutsConfig::total>(
        {.name = "timeouts.total",
         .syntax = Syntax::duration,
         .description = "How long a request may take from its head to the end of its answer, with "
                        "waiting, retries and redirects.",
         .min = kMillisecond,
         .max = kDay,
         .can_be_off = true}),
    session_field<&SessionConfig::timeouts, &TimeoutsConfig::tunnel>(
        {.name = "timeouts.tunnel",
         .syntax = Syntax::duration,
         .description = "How long a tunnel, by CONNECT or Upgrade, may be silent in both "
                        "directions before it is ended.",
         .min = kMillisecond,
         .max = 30 * kDay,
         .can_be_off = true}),
    pool_field<&SessionConfig::keepalive, &KeepaliveConfig::idle>(
        {.name = "keepalive.idle",
         .syntax = Syntax::duration,
         .description = "How long an unused upstream connection is kept open.",
         .min = kMillisecond,
         .max = 30 * kDay}),
    pool_field<&SessionConfig::keepalive, &KeepaliveConfig::max_age>(
        {.name = "keepalive.max_age",
         .syntax = Syntax::duration,
         .description = "How old an upstream connection may get before it is replaced.",
         .min = kMillisecond,
         .max = 30 * kDay}),
    pool_field<&SessionConfig::keepalive, &KeepaliveConfig::max_requests>(
        {.name = "keepalive.max_requests",
         .syntax = Syntax::count,
         .description = "How many requests an upstream connection carries before it is replaced.",
         .min = 1,
         .max = 1'000'000'000'000,
         .can_be_off = true}),
    pool_field<&SessionConfig::keepalive, &KeepaliveConfig::unsafe_idle>(
        {.name = "keepalive.unsafe_idle",
         .syntax = Syntax::duration,
         .description = "How long an upstream connection may have been unused to still carry a "
                        "request that cannot be sent twice (POST, PATCH); off learns it for each "
                        "host.",
         .min = kMillisecond,
         .max = 30 * kDay,
         .can_be_off = true}),
    pool_field<&SessionConfig::keepalive, &KeepaliveConfig::dead_after>(
        {.name = "keepalive.dead_after",
         .syntax = Syntax::duration,
         .description = "How long the host's system may leave what was sent unacknowledged until "
                        "the connection counts as dead.",
         .min = kMillisecond,
         .max = kDay,
         .can_be_off = true}),
    pool_field<&SessionConfig::keepalive, &KeepaliveConfig::warm>(
        {.name = "keepalive.warm",
         .syntax = Syntax::count,
         .description = "How many unused upstream connections are kept ready, TLS done, as long as "
                        "the session is used; goes with base_url.",
         .max = 65535}),
};

constexpr ConfigField<SessionDraft> kMessageFields[] = {
    session_field<&SessionConfig::via>(
        {.name = "via",
         .syntax = Syntax::boolean,
         .description = "Adds \"Via: 1.1 trunkd\" to what is sent; some servers then no longer "
                        "compress."}),
    session_field<&SessionConfig::response_info>(
        {.name = "response_info",
         .syntax = Syntax::boolean,
         .description = "Adds Server-Timing, Trunkd-Connection and Trunkd-Request-Id to each "
                        "response."}),
    session_field<&SessionConfig::upgrade>(
        {.name = "upgrade",
         .syntax = Syntax::upgrade_tokens,
         .description = "The protocols a request may switch to with Upgrade.",
         .can_be_off = true}),
    session_field<&SessionConfig::tunnels>(
        {.name = "connect",
         .syntax = Syntax::choice,
         .description = "Whether CONNECT, which https_proxy makes clients send, gets a tunnel to a "
                        "host of this session; nothing in it can be shared or added to.",
         .words = kRefuseOrTunnel}),
    session_field<&SessionConfig::trace>(
        {.name = "trace",
         .syntax = Syntax::boolean,
         .description = "Whether the TRACE method is passed on; else it is answered with 405."}),
    session_field<&SessionConfig::allow_origins>(
        {.name = "allow_origins",
         .syntax = Syntax::web_origins,
         .description = "The web pages that may use this session from a browser, as "
                        "https://app.example.com.",
         .can_be_off = true}),
};

constexpr ConfigField<SessionDraft> kLaterFields[] = {
    later_field<SessionDraft>("login", 6),
    later_field<SessionDraft>("clients", 6),
    later_field<SessionDraft>("auth.oauth2_client_credentials", 6),
    later_field<SessionDraft>("auth.aws_sigv4", 6),
};

}  // namespace

FieldTable<SessionDraft> session_fields() {
  static const std::vector<ConfigField<SessionDraft>> fields = [] {
    std::vector<ConfigField<SessionDraft>> all;
    for (const FieldTable<SessionDraft> part :
         {FieldTable<SessionDraft>(kConnectionFields), tls_fields(),
          FieldTable<SessionDraft>(kMessageFields), carried_fields(), conduct_fields(),
          address_fields(), proxy_fields(), FieldTable<SessionDraft>(kLaterFields)}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return fields;
}

}  // namespace trunkd

#include "config/fields.h"

namespace trunkd {
namespace {

constexpr uint64_t kMillisecond = 1;
constexpr uint64_t kDay = 24ULL * 60 * 60 * 1000;

constexpr std::string_view kLogLevels[] = {"debug", "info", "warning", "error"};
constexpr std::string_view kLogFormats[] = {"auto", "text", "json"};
constexpr std::string_view kIgnoreOrObey[] = {"ignore", "obey"};
constexpr std::string_view kTlsVersions[] = {"1.2", "1.3"};

template <auto... Path>
constexpr Field<TopDraft> top(const FieldInfo& info) {
  return field_at<TopDraft, &TopDraft::config, Path...>(info);
}

template <auto... Path>
constexpr Field<SessionDraft> session(const FieldInfo& info) {
  return field_at<SessionDraft, &SessionDraft::config, Path...>(info);
}

template <typename Draft>
constexpr Field<Draft> later(std::string_view name, int phase) {
  return {{.name = name, .phase = phase}};
}

constexpr Field<TopDraft> kTopFields[] = {
    top<&Config::listen>(
        {.name = "listen",
         .syntax = Syntax::listener,
         .description = "The port that all sessions share; a request names its session there by "
                        "header, proxy user, host name or path.",
         .can_be_off = true}),
    top<&Config::admin, &AdminConfig::socket>(
        {.name = "admin.socket",
         .syntax = Syntax::socket_path,
         .description = "The Unix socket of the admin interface.",
         .default_text = "admin.sock in the runtime directory"}),
    top<&Config::admin, &AdminConfig::mode>({.name = "admin.mode",
                                             .syntax = Syntax::file_mode,
                                             .description = "The mode of the admin socket."}),
    top<&Config::admin, &AdminConfig::group>(
        {.name = "admin.group",
         .syntax = Syntax::group_name,
         .description = "The group of the admin socket; off keeps the daemon's own.",
         .can_be_off = true}),
    top<&Config::admin, &AdminConfig::listen>(
        {.name = "admin.listen",
         .syntax = Syntax::tcp_listener,
         .description = "A TCP address for the admin interface, beside its socket.",
         .can_be_off = true}),
    later<TopDraft>("metrics", 4),
    top<&Config::log, &LogConfig::level>(
        {.name = "log.level",
         .syntax = Syntax::choice,
         .description = "The least important diagnostics that are written.",
         .words = kLogLevels}),
    top<&Config::log, &LogConfig::format>(
        {.name = "log.format",
         .syntax = Syntax::choice,
         .description = "How log lines look; auto is text on a terminal and json elsewhere.",
         .words = kLogFormats}),
    top<&Config::log, &LogConfig::access>(
        {.name = "log.access",
         .syntax = Syntax::access_log,
         .description = "Where the line for each request goes: stderr, a file's path, or off.",
         .can_be_off = true}),
    top<&Config::names>(
        {.name = "names",
         .syntax = Syntax::hosts,
         .description = "Further names this machine may be called by in a request's Host field, "
                        "such as a container's service name.",
         .can_be_off = true}),
    top<&Config::expose>({.name = "expose",
                          .syntax = Syntax::boolean,
                          .description =
                              "Allows listeners that other machines can reach; without it they are "
                              "refused."}),
    top<&Config::downstream, &DownstreamConfig::head_timeout>(
        {.name = "downstream.head_timeout",
         .syntax = Syntax::duration,
         .description = "How long a client may take to send the head of a request.",
         .min = kMillisecond,
         .max = kDay}),
    top<&Config::downstream, &DownstreamConfig::idle>(
        {.name = "downstream.idle",
         .syntax = Syntax::duration,
         .description = "How long a client's connection is kept without a request.",
         .min = kMillisecond,
         .max = 30 * kDay}),
    top<&Config::downstream, &DownstreamConfig::max>(
        {.name = "downstream.max",
         .syntax = Syntax::count,
         .description = "How many client connections are open at once; off is what the limit of "
                        "file descriptors allows.",
         .min = 1,
         .max = 10'000'000,
         .can_be_off = true}),
    top<&Config::drain_timeout>(
        {.name = "drain_timeout",
         .syntax = Syntax::duration,
         .description = "How long requests may go on after the daemon was told to stop.",
         .max = kDay}),
    {{.name = "defaults",
      .syntax = Syntax::session_fields,
      .description = "Fields of a session that every session starts from.",
      .default_text = "none"}},
    {{.name = "sessions",
      .syntax = Syntax::sessions,
      .description = "The sessions, each under its name: small letters, digits and dashes, at most "
                     "63.",
      .default_text = "none"}},
};

constexpr Field<SessionDraft> kSessionFields[] = {
    session<&SessionConfig::listen>(
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
    session<&SessionConfig::allow_hosts>(
        {.name = "allow_hosts",
         .syntax = Syntax::host_patterns,
         .description = "The hosts a session for many may talk to: a name, *.NAME for all below "
                        "it, or an address; ports 80 and 443 unless one is given.",
         .default_text = "this or base_url"}),
    field_at<SessionDraft, &SessionDraft::endpoint>(
        {.name = "endpoint",
         .syntax = Syntax::url_path,
         .description = "A path put between that of base_url and that of each request.",
         .can_be_off = true}),
    session<&SessionConfig::connections>(
        {.name = "connections",
         .syntax = Syntax::count,
         .description = "The hard limit of upstream connections, for all callers together.",
         .min = 1,
         .max = 65535,
         .default_text = "1 with base_url, 20 with allow_hosts"}),
    session<&SessionConfig::connections_per_host>(
        {.name = "connections_per_host",
         .syntax = Syntax::count,
         .description = "How many of them may go to one scheme, host and port.",
         .min = 1,
         .max = 65535,
         .default_text = "connections"}),
    session<&SessionConfig::queue, &QueueConfig::max>(
        {.name = "queue.max",
         .syntax = Syntax::count,
         .description = "How many requests may wait for a connection; one more gets a 503.",
         .max = 10'000'000}),
    session<&SessionConfig::queue, &QueueConfig::timeout>(
        {.name = "queue.timeout",
         .syntax = Syntax::duration,
         .description = "How long a request waits for a connection before it gets a 503.",
         .min = kMillisecond,
         .max = kDay}),
    session<&SessionConfig::priority, &PriorityConfig::obey_header>(
        {.name = "priority.header",
         .syntax = Syntax::choice,
         .description = "Whether a request's Priority field (u=0 to u=7) moves it in the queue.",
         .words = kIgnoreOrObey}),
    session<&SessionConfig::priority, &PriorityConfig::default_urgency>(
        {.name = "priority.default",
         .syntax = Syntax::count,
         .description = "The urgency of a request that says none: 0 is served first, 7 last.",
         .max = 7}),
    session<&SessionConfig::timeouts, &TimeoutsConfig::connect>(
        {.name = "timeouts.connect",
         .syntax = Syntax::duration,
         .description = "How long name lookup, connecting and TLS handshake may take together.",
         .min = kMillisecond,
         .max = kDay}),
    session<&SessionConfig::timeouts, &TimeoutsConfig::response>(
        {.name = "timeouts.response",
         .syntax = Syntax::duration,
         .description = "How long the host may take until the head of its response, once the "
                        "request was sent.",
         .min = kMillisecond,
         .max = kDay}),
    session<&SessionConfig::timeouts, &TimeoutsConfig::read>(
        {.name = "timeouts.read",
         .syntax = Syntax::duration,
         .description = "How long the host may be silent within the body of a response.",
         .min = kMillisecond,
         .max = kDay}),
    later<SessionDraft>("timeouts.total", 2),
    session<&SessionConfig::keepalive, &KeepaliveConfig::idle>(
        {.name = "keepalive.idle",
         .syntax = Syntax::duration,
         .description = "How long an unused upstream connection is kept open.",
         .min = kMillisecond,
         .max = 30 * kDay}),
    session<&SessionConfig::keepalive, &KeepaliveConfig::max_age>(
        {.name = "keepalive.max_age",
         .syntax = Syntax::duration,
         .description = "How old an upstream connection may get before it is replaced.",
         .min = kMillisecond,
         .max = 30 * kDay}),
    session<&SessionConfig::keepalive, &KeepaliveConfig::max_requests>(
        {.name = "keepalive.max_requests",
         .syntax = Syntax::count,
         .description = "How many requests an upstream connection carries before it is replaced.",
         .min = 1,
         .max = 1'000'000'000'000,
         .can_be_off = true}),
    later<SessionDraft>("keepalive.unsafe_idle", 3),
    later<SessionDraft>("keepalive.dead_after", 3),
    later<SessionDraft>("keepalive.warm", 3),
    session<&SessionConfig::tls, &TlsConfig::verify>(
        {.name = "tls.verify",
         .syntax = Syntax::boolean,
         .description = "Whether the host's certificate is verified; false only for a test."}),
    session<&SessionConfig::tls, &TlsConfig::ca_file>(
        {.name = "tls.ca_file",
         .syntax = Syntax::path,
         .description = "A PEM file with the authorities to trust instead of the system's store; "
                        "off is the system's store.",
         .can_be_off = true}),
    session<&SessionConfig::tls, &TlsConfig::server_name>(
        {.name = "tls.server_name",
         .syntax = Syntax::host,
         .description = "The name to ask for and to find in the certificate; off is the URL's "
                        "host.",
         .can_be_off = true}),
    session<&SessionConfig::tls, &TlsConfig::tls13_only>(
        {.name = "tls.min_version",
         .syntax = Syntax::choice,
         .description = "The oldest version of TLS that is spoken.",
         .words = kTlsVersions}),
    later<SessionDraft>("tls.client_cert", 3),
    later<SessionDraft>("tls.client_key", 3),
    session<&SessionConfig::via>(
        {.name = "via",
         .syntax = Syntax::boolean,
         .description = "Adds \"Via: 1.1 trunkd\" to what is sent; some servers then no longer "
                        "compress."}),
    session<&SessionConfig::response_info>(
        {.name = "response_info",
         .syntax = Syntax::boolean,
         .description = "Adds Server-Timing, Trunkd-Connection and Trunkd-Request-Id to each "
                        "response."}),
    session<&SessionConfig::upgrade>(
        {.name = "upgrade",
         .syntax = Syntax::upgrade_tokens,
         .description = "The protocols a request may switch to with Upgrade.",
         .can_be_off = true}),
    session<&SessionConfig::trace>(
        {.name = "trace",
         .syntax = Syntax::boolean,
         .description = "Whether the TRACE method is passed on; else it is answered with 405."}),
    session<&SessionConfig::allow_origins>(
        {.name = "allow_origins",
         .syntax = Syntax::web_origins,
         .description = "The web pages that may use this session from a browser, as "
                        "https://app.example.com.",
         .can_be_off = true}),
    later<SessionDraft>("params", 2),
    later<SessionDraft>("headers", 2),
    later<SessionDraft>("set_headers", 2),
    later<SessionDraft>("remove_headers", 2),
    later<SessionDraft>("auth", 2),
    later<SessionDraft>("cookies", 2),
    later<SessionDraft>("rate", 2),
    later<SessionDraft>("retry", 2),
    later<SessionDraft>("redirects", 2),
    later<SessionDraft>("raise_for_status", 2),
    later<SessionDraft>("pool", 2),
    later<SessionDraft>("resolve", 3),
    later<SessionDraft>("upstream_proxy", 3),
    later<SessionDraft>("no_proxy", 3),
    later<SessionDraft>("connect", 3),
    later<SessionDraft>("allow_private", 3),
    later<SessionDraft>("login", 6),
    later<SessionDraft>("clients", 6),
};

constexpr Field<SocketDraft> kSocketFields[] = {
    field_at<SocketDraft, &SocketDraft::address, &ListenAddress::path>(
        {.name = "unix", .syntax = Syntax::socket_path, .description = "The path of the socket."}),
    field_at<SocketDraft, &SocketDraft::address, &ListenAddress::mode>(
        {.name = "mode", .syntax = Syntax::file_mode, .description = "The mode of the socket."}),
    field_at<SocketDraft, &SocketDraft::address, &ListenAddress::group>(
        {.name = "group",
         .syntax = Syntax::group_name,
         .description = "The group of the socket; off keeps the daemon's own.",
         .can_be_off = true}),
};

}  // namespace

TopDraft::TopDraft() {
  config.listen.emplace();
  config.listen->port = 7480;
}

FieldTable<TopDraft> top_fields() { return kTopFields; }
FieldTable<SessionDraft> session_fields() { return kSessionFields; }
FieldTable<SocketDraft> socket_fields() { return kSocketFields; }

SessionDraft draft_of(const SessionConfig& session) {
  SessionDraft draft;
  draft.config = session;
  if (!session.multi_host) draft.base_url = session.origin.text() + session.base_path;
  return draft;
}

}  // namespace trunkd

// The fields of the top level.

#include "config/fields.h"

namespace trunkd {
namespace {

constexpr std::string_view kLogLevels[] = {"debug", "info", "warning", "error"};
constexpr std::string_view kLogFormats[] = {"auto", "text", "json"};

template <auto... Path>
constexpr ConfigField<TopDraft> top(const FieldInfo& info) {
  return field_at<TopDraft, &TopDraft::config, Path...>(info);
}

constexpr ConfigField<TopDraft> kTopFields[] = {
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
    top<&Config::metrics, &MetricsConfig::listen>(
        {.name = "metrics.listen",
         .syntax = Syntax::listener,
         .description = "Where Prometheus finds the metrics, and nothing else, at /metrics: a "
                        "port, HOST:PORT, unix:PATH or {unix: PATH, mode: \"0660\", group: NAME}.",
         .can_be_off = true}),
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

}  // namespace

FieldTable<TopDraft> top_fields() { return kTopFields; }

}  // namespace trunkd

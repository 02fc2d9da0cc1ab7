// The fields of a session about the proxy that its connections go through.

#include "config/fields.h"
#include "config/proxy_syntax.h"

namespace trunkd {
namespace {

using Draft = SessionDraft;
using Proxy = UpstreamProxyConfig;

bool has_secret(const Draft& draft) {
  return draft.config.upstream_proxy.secret.kind != SecretRef::Kind::none;
}

// One proxy replaces another as a whole: a password from `defaults` must not go to a proxy of the
// session's own.
void begin_proxy(Draft& draft) {
  forget_group(draft, "upstream_proxy");
  draft.config.upstream_proxy = {};
}

// Beside user and password; they may have been read before it.
void set_bare_url(Draft& draft, Value&& value) {
  auto& proxy = draft.config.upstream_proxy;
  auto& url = std::get<Proxy>(value);
  proxy.kind = url.kind;
  proxy.host = std::move(url.host);
  proxy.port = url.port;
}

constexpr ConfigField<Draft> kProxyFields[] = {
    {{.name = "upstream_proxy",
      .syntax = Syntax::proxy_url,
      .description = "The proxy that connections go through: http://[USER:PASSWORD@]HOST:PORT or "
                     "socks5h://[USER:PASSWORD@]HOST:PORT.",
      .can_be_off = true,
      .mapping_form = "{url: \"http://proxy.example.com:3128\", user: NAME, password: "
                      "\"file:/etc/trunkd/proxy.password\"}"},
     [](Draft& draft, Value&& value) {
       draft.config.upstream_proxy = std::get<Proxy>(std::move(value));
     },
     [](const Draft& draft) {
       return has_secret(draft) ? Value() : Value(draft.config.upstream_proxy);
     },
     begin_proxy},
    {{.name = "upstream_proxy.url",
      .syntax = Syntax::bare_proxy_url,
      .description = "The URL of the proxy, without user and password.",
      .required = true,
      .default_text = "none"},
     set_bare_url,
     [](const Draft& draft) { return Value(draft.config.upstream_proxy); }},
    session_field<&SessionConfig::upstream_proxy, &Proxy::user>(
        {.name = "upstream_proxy.user",
         .syntax = Syntax::user_name,
         .description = "The name to log in to the proxy with.",
         .default_text = "none"}),
    session_field<&SessionConfig::upstream_proxy, &Proxy::secret>(
        {.name = "upstream_proxy.password",
         .syntax = Syntax::secret,
         .description = "The password that goes with it: file:PATH, env:NAME or credential:NAME.",
         .default_text = "none"}),
    session_field<&SessionConfig::no_proxy>(
        {.name = "no_proxy",
         .syntax = Syntax::direct_hosts,
         .description = "What is connected to without the proxy: hosts, *.HOST for all below one, "
                        "addresses and networks that stand in the URL themselves.",
         .can_be_off = true}),
};

}  // namespace

FieldTable<SessionDraft> proxy_fields() { return kProxyFields; }

}  // namespace trunkd

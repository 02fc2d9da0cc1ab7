#include "config/proxy_rules.h"

#include "config/proxy_syntax.h"

namespace trunkd {

void check_proxy_login(const std::string& path, const SessionDraft& draft, FieldReader& reader) {
  const UpstreamProxyConfig& proxy = draft.config.upstream_proxy;
  const bool has_user = says(draft, "upstream_proxy.user");
  const bool has_password = says(draft, "upstream_proxy.password");
  if (is_group_broken(draft, "upstream_proxy") || (!has_user && !has_password)) return;
  const std::string group = path + ".upstream_proxy";
  if (!has_user) {
    reader.mistake(draft.places.at("upstream_proxy"), group,
                   "needs \"user\" with the password: the name to log in to the proxy with");
  } else if (!has_password) {
    reader.mistake(draft.places.at("upstream_proxy"), group,
                   "needs \"password\" with the user, as password: \"file:/PATH\"");
  } else if (proxy.kind == UpstreamProxyConfig::Kind::socks5h &&
             !socks_misfit(proxy.user).empty()) {
    reader.mistake(draft.places.at("upstream_proxy.user"), group + ".user",
                   std::string(socks_misfit(proxy.user)));
  }
}

void finish_proxy(const NamedSession& session, SessionConfig& config, FieldReader& reader) {
  const SessionDraft& draft = session.draft;
  if (config.upstream_proxy.kind != UpstreamProxyConfig::Kind::none) return;
  if (is_group_broken(draft, "upstream_proxy") || is_broken(draft, "upstream_proxy")) return;
  if (says(draft, "no_proxy") && !config.no_proxy.empty() && !says(draft, "upstream_proxy")) {
    reader.mistake(draft.places.at("no_proxy"), session.path + ".no_proxy",
                   "needs upstream_proxy, which it is the exception from");
  }
  config.no_proxy.clear();
}

}  // namespace trunkd

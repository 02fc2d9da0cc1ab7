#include "config/session_links.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/text.h"
#include "http/url.h"

namespace trunkd {
namespace {

class Links {
 public:
  Links(const std::vector<NamedSession>& sessions, std::vector<SessionConfig>& configs,
        FieldReader& reader)
      : sessions_(sessions), configs_(configs), reader_(reader) {}

  void link_pools() {
    for (size_t i = 0; i < sessions_.size(); ++i) {
      if (configs_[i].pool.empty() || is_broken(sessions_[i].draft, "pool")) continue;
      const auto owner = find_owner(i);
      if (!owner) continue;
      check_equal_tls(i, *owner);
      check_equal_proxies(i, *owner);
      check_nothing_of_the_pool(i);
      if (configs_[i].multi_host && says(sessions_[*owner].draft, "keepalive.warm") &&
          configs_[*owner].keepalive.warm > 0) {
        pool_mistake(
            i, '"' + configs_[i].pool + "\" keeps warm connections, which goes with base_url only");
      }
      configs_[i].connections = configs_[*owner].connections;
      configs_[i].connections_per_host = configs_[*owner].connections_per_host;
      configs_[i].keepalive = configs_[*owner].keepalive;
      configs_[i].timeouts.connect = configs_[*owner].timeouts.connect;
      configs_[i].resolve = configs_[*owner].resolve;
      configs_[i].allow_private = configs_[*owner].allow_private;
    }
  }

  // A connection that one session opens serves the others of its pool, so what may be reached is
  // one rule for all of them.
  void judge_addresses() {
    for (size_t i = 0; i < sessions_.size(); ++i) {
      const SessionConfig& session = configs_[i];
      SessionConfig& owner = owner_of_pool(i);
      if (!session.multi_host) {
        owner.written_out.push_back({session.origin.host, false, session.origin.port});
        continue;
      }
      owner.public_only = true;
      for (const HostPattern& pattern : session.allow_hosts) {
        if (is_address(pattern)) owner.written_out.push_back(pattern);
      }
    }
    for (SessionConfig& session : configs_) {
      if (!session.public_only) session.written_out.clear();
    }
  }

  void check_jars() {
    std::map<std::string, size_t> first;
    for (size_t i = 0; i < sessions_.size(); ++i) {
      const CookiesConfig& cookies = configs_[i].cookies;
      const bool is_off = cookies.keep == CookiesConfig::Keep::off;
      if (is_off || is_group_broken(sessions_[i].draft, "cookies")) continue;
      const std::string& jar = cookies.jar.empty() ? configs_[i].name : cookies.jar;
      const auto [other, is_new] = first.emplace(jar, i);
      if (!is_new) check_equal_jar(i, other->second);
    }
  }

 private:
  // localhost is one too, whatever is looked up (RFC 6761, 6.3).
  static bool is_address(const HostPattern& pattern) {
    const std::string& host = pattern.host;
    return !pattern.wildcard &&
           (is_ip_literal(host) || host == "localhost" || host.ends_with(".localhost"));
  }

  SessionConfig& owner_of_pool(size_t i) {
    const std::string& name = configs_[i].pool;
    const auto owner = std::find_if(configs_.begin(), configs_.end(),
                                    [&](const auto& session) { return session.name == name; });
    return name.empty() || owner == configs_.end() ? configs_[i] : *owner;
  }

  // None, and a mistake, if there is no pool to share under that name.
  std::optional<size_t> find_owner(size_t borrower) {
    const std::string& name = configs_[borrower].pool;
    std::vector<std::string_view> names;
    for (size_t i = 0; i < sessions_.size(); ++i) {
      if (i != borrower) names.push_back(sessions_[i].name);
      if (sessions_[i].name != name) continue;
      if (i == borrower) {
        pool_mistake(i, "is this session; leave it out for a pool of its own");
        return std::nullopt;
      }
      if (configs_[i].pool.empty()) return i;
      pool_mistake(borrower, '"' + name + "\" itself uses the pool of \"" +
                                 escaped(configs_[i].pool) + "\"; name the session that owns one");
      return std::nullopt;
    }
    const auto near = nearest_word(name, names);
    pool_mistake(borrower, "there is no session \"" + name + '"' +
                               (near ? ", did you mean \"" + std::string(*near) + "\"?" : ""));
    return std::nullopt;
  }

  void pool_mistake(size_t borrower, std::string message) {
    const NamedSession& session = sessions_[borrower];
    reader_.mistake(*find_place(session.draft, "pool"), session.path + ".pool", std::move(message));
  }

  // One connection serves both, so what it was verified against must be the same.
  void check_equal_tls(size_t borrower, size_t owner) {
    const SessionDraft& a = sessions_[borrower].draft;
    const SessionDraft& b = sessions_[owner].draft;
    if (is_group_broken(a, "tls") || is_group_broken(b, "tls")) return;
    for (const ConfigField<SessionDraft>& field : session_fields()) {
      if (!is_in_group(field.info.name, "tls") || field.get == nullptr) continue;
      if (field.get(a) == field.get(b)) continue;
      pool_mistake(borrower, std::string(field.info.name) + " differs from that of \"" +
                                 sessions_[owner].name +
                                 "\"; sessions over one pool need equal tls settings");
    }
  }

  // Likewise the way that it takes.
  void check_equal_proxies(size_t borrower, size_t owner) {
    const auto check = [&](bool equal, const char* field) {
      const SessionDraft& a = sessions_[borrower].draft;
      const SessionDraft& b = sessions_[owner].draft;
      const bool broken = is_broken(a, field) || is_group_broken(a, field) || is_broken(b, field) ||
                          is_group_broken(b, field);
      if (equal || broken) return;
      pool_mistake(borrower, std::string(field) + " differs from that of \"" +
                                 sessions_[owner].name +
                                 "\"; sessions over one pool need equal ones");
    };
    check(configs_[borrower].upstream_proxy == configs_[owner].upstream_proxy, "upstream_proxy");
    check(configs_[borrower].no_proxy == configs_[owner].no_proxy, "no_proxy");
  }

  void check_nothing_of_the_pool(size_t borrower) {
    const NamedSession& session = sessions_[borrower];
    for (const auto& [field, place] : session.draft.places) {
      const bool of_pool = field == "connections" || field == "connections_per_host" ||
                           field == "timeouts.connect" || field == "resolve" ||
                           field == "allow_private" || is_in_group(field, "keepalive");
      if (!of_pool) continue;
      reader_.mistake(place, session.path + '.' + std::string(field),
                      "is for the owner of the pool to say, which is \"" + configs_[borrower].pool +
                          "\"; leave it out here");
    }
  }

  void check_equal_jar(size_t i, size_t first) {
    const CookiesConfig& a = configs_[i].cookies;
    const CookiesConfig& b = configs_[first].cookies;
    const NamedSession& session = sessions_[i];
    const auto check = [&](bool equal, const std::string& field) {
      if (equal) return;
      const bool by_word = says(session.draft, "cookies") && !says(session.draft, field);
      const Place* place = by_word ? nullptr : find_place(session.draft, field);
      if (place == nullptr) place = find_place(session.draft, "cookies");
      reader_.mistake(*place, session.path + '.' + field,
                      "differs from that of \"" + sessions_[first].name +
                          "\", which uses the same jar; they must agree");
    };
    check(a.keep == b.keep, "cookies.persist");
    check(a.by_header == b.by_header, "cookies.scope");
    if (!a.by_header || !b.by_header) return;
    check(a.max_jars == b.max_jars, "cookies.max_jars");
    check(a.forget_after == b.forget_after, "cookies.forget_after");
  }

  const std::vector<NamedSession>& sessions_;
  std::vector<SessionConfig>& configs_;
  FieldReader& reader_;
};

}  // namespace

void link_sessions(const std::vector<NamedSession>& sessions, std::vector<SessionConfig>& configs,
                   FieldReader& reader) {
  Links links(sessions, configs, reader);
  links.link_pools();
  links.judge_addresses();
  links.check_jars();
}

}  // namespace trunkd

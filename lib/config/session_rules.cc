#include "config/session_rules.h"

#include <algorithm>

#include "base/text.h"
#include "config/host_syntax.h"
#include "config/listen_address.h"
#include "config/proxy_rules.h"
#include "config/state_rules.h"
#include "config/tls_rules.h"
#include "http/url.h"

namespace trunkd {
namespace {

constexpr size_t kDefaultConnectionsForMany = 20;

// Of base_url and allow_hosts exactly one counts; the session's own beats one from `defaults`.
enum class Reach { one_host, many_hosts, unknown };

Reach reach_of(const NamedSession& session, FieldReader& reader) {
  const SessionDraft& draft = session.draft;
  const Place* one = find_place(draft, "base_url");
  const Place* many = find_place(draft, "allow_hosts");
  if (is_broken(draft, "base_url") || is_broken(draft, "allow_hosts")) return Reach::unknown;
  if (one == nullptr && many == nullptr) {
    reader.mistake(session.place, session.path,
                   "needs base_url (one host) or allow_hosts (many hosts)");
    return Reach::unknown;
  }
  const bool own_one = says(draft, "base_url"), own_many = says(draft, "allow_hosts");
  if (one != nullptr && many != nullptr && own_one == own_many) {
    reader.mistake(*many, session.path + ".allow_hosts",
                   "base_url and allow_hosts exclude each other: a session has one host or many");
    return Reach::unknown;
  }
  return one != nullptr && (many == nullptr || own_one) ? Reach::one_host : Reach::many_hosts;
}

void finish_one_host(const SessionDraft& draft, SessionConfig& config) {
  config.allow_hosts.clear();
  const auto url = parse_url(draft.base_url);
  config.origin = url->origin;
  config.base_path =
      join_base_path(url->path == "/" ? std::string_view() : url->path, draft.endpoint);
}

void finish_many_hosts(const NamedSession& session, SessionConfig& config, FieldReader& reader) {
  config.multi_host = true;
  if (says(session.draft, "endpoint") && !session.draft.endpoint.empty()) {
    reader.mistake(session.draft.places.at("endpoint"), session.path + ".endpoint",
                   "goes with base_url only; with allow_hosts each request brings its own path");
  }
}

void check_warm(const NamedSession& session, const SessionConfig& config, FieldReader& reader) {
  const Place* place = find_place(session.draft, "keepalive.warm");
  if (place == nullptr || config.keepalive.warm == 0) return;
  const std::string path = session.path + ".keepalive.warm";
  if (config.multi_host && says(session.draft, "keepalive.warm")) {
    reader.mistake(*place, path, "goes with base_url only: which of many hosts would it be?");
  } else if (config.keepalive.warm > config.connections) {
    reader.mistake(*place, path,
                   "must be at most connections (" + std::to_string(config.connections) + "), is " +
                       std::to_string(config.keepalive.warm));
  }
}

void finish_limits(const NamedSession& session, SessionConfig& config, FieldReader& reader) {
  const SessionDraft& draft = session.draft;
  if (!config.pool.empty()) return;  // the other session's limits hold
  const Place* total = find_place(draft, "connections");
  const Place* per_host = find_place(draft, "connections_per_host");
  if (is_broken(draft, "connections") || is_broken(draft, "connections_per_host")) return;
  if (total == nullptr && config.multi_host) config.connections = kDefaultConnectionsForMany;
  if (per_host == nullptr) config.connections_per_host = config.connections;
  check_warm(session, config, reader);
  if (config.connections_per_host <= config.connections) return;
  const bool own = says(draft, "connections_per_host") || total == nullptr;
  reader.mistake(own ? *per_host : *total, session.path + ".connections_per_host",
                 "must be at most connections (" + std::to_string(config.connections) + "), is " +
                     std::to_string(config.connections_per_host));
}

// A listener, and how to speak of it.
struct Listener {
  ListenAddress address;
  std::string path;
  const Place* place;
};

std::vector<Listener> all_listeners(const TopDraft& top,
                                    const std::vector<NamedSession>& sessions) {
  std::vector<Listener> listeners;
  const auto place_of = [](const Places& places, std::string_view field) -> const Place* {
    const auto found = places.find(field);
    return found == places.end() ? nullptr : &found->second;
  };
  if (top.config.listen) {
    listeners.push_back({*top.config.listen, "listen", place_of(top.places, "listen")});
  }
  if (!top.config.admin.socket.empty()) {
    listeners.push_back({*parse_listen_address("unix:" + top.config.admin.socket), "admin.socket",
                         place_of(top.places, "admin.socket")});
  }
  if (!top.config.admin.listen.empty()) {
    listeners.push_back({*parse_listen_address(top.config.admin.listen), "admin.listen",
                         place_of(top.places, "admin.listen")});
  }
  if (top.config.metrics.listen) {
    listeners.push_back(
        {*top.config.metrics.listen, "metrics.listen", place_of(top.places, "metrics.listen")});
  }
  for (const NamedSession& session : sessions) {
    for (const ListenAddress& address : session.draft.config.listen) {
      listeners.push_back({address, session.path + ".listen", find_place(session.draft, "listen")});
    }
  }
  return listeners;
}

}  // namespace

SessionConfig finish_session(const NamedSession& session, FieldReader& reader) {
  SessionConfig config = session.draft.config;
  config.name = session.name;
  // `pool` in `defaults` is meant for all others.
  if (config.pool == config.name && !says(session.draft, "pool")) config.pool.clear();
  const Reach reach = reach_of(session, reader);
  if (reach == Reach::one_host) finish_one_host(session.draft, config);
  if (reach == Reach::many_hosts) finish_many_hosts(session, config, reader);
  if (reach != Reach::unknown) finish_limits(session, config, reader);
  finish_tls(session, config, reader);
  finish_proxy(session, config, reader);
  finish_state(session, config, reader);
  return config;
}

void check_listeners(const TopDraft& top, const std::vector<NamedSession>& sessions,
                     FieldReader& reader) {
  const std::vector<Listener> listeners = all_listeners(top, sessions);
  for (size_t i = 0; i < listeners.size(); ++i) {
    const Listener& listener = listeners[i];
    if (!top.config.expose && !is_local(listener.address)) {
      reader.mistake(*listener.place, listener.path,
                     "other machines could reach " + listener.address.text() +
                         "; if that is meant, say expose: true at the top level");
    }
    for (size_t j = 0; j < i; ++j) {
      if (!overlap(listeners[j].address, listener.address)) continue;
      // One such mistake a listener is enough.
      const bool first = listener.place == nullptr;
      const Listener& told = first ? listeners[j] : listener;
      const Listener& other = first ? listener : listeners[j];
      reader.mistake(
          *told.place, told.path,
          told.address.text() + " is already taken by " + other.path +
              (other.place != nullptr ? " (line " + std::to_string(other.place->line) + ')'
                                      : ", whose default it is"));
      break;
    }
  }
}

}  // namespace trunkd

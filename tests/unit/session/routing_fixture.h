// A configuration with one session of each kind, and short ways to ask the router.

#pragma once

#include <gtest/gtest.h>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/config.h"
#include "session/router.h"

namespace trunkd {

inline SessionConfig single_host(std::string name, Origin origin, std::string base_path = {}) {
  SessionConfig session;
  session.name = std::move(name);
  session.origin = std::move(origin);
  session.base_path = std::move(base_path);
  return session;
}

inline SessionConfig multi_host(std::string name, std::vector<HostPattern> allow_hosts) {
  SessionConfig session;
  session.name = std::move(name);
  session.multi_host = true;
  session.allow_hosts = std::move(allow_hosts);
  return session;
}

inline constexpr std::string_view kLocal = "localhost:7480";  // where the shared listener is

class RoutingTest : public testing::Test {
 protected:
  enum : size_t { kGithub, kShop, kPlain, kCrawler, kTwinA, kTwinB };

  RoutingTest() {
    config_.sessions = {
        single_host("github", {Scheme::https, "api.github.com", 443}),
        single_host("shop", {Scheme::https, "shop.test", 8443}, "/v1/items"),
        single_host("plain", {Scheme::http, "plain.test", 80}),
        multi_host("crawler", {{"example.com", true, std::nullopt}, {"example.org", false, 8443}}),
        single_host("twin-a", {Scheme::https, "twin.test", 443}),
        single_host("twin-b", {Scheme::https, "twin.test", 443}),
    };
    shared_.local_ip = "127.0.0.1";
    shared_.local_port = 7480;
  }

  using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  static RequestHead request(std::string method, std::string target, Fields fields) {
    RequestHead head;
    head.method = std::move(method);
    head.target = std::move(target);
    for (const auto& [name, value] : fields) head.headers.add(name, value);
    return head;
  }

  Arrival own(size_t session) const {
    Arrival arrival = shared_;
    arrival.own_session = session;
    arrival.local_port = 8101;
    return arrival;
  }

  Result<Route> ask(const RequestHead& head, const Arrival& arrival) {
    if (!router_) router_.emplace(std::make_shared<const Config>(config_));
    session_of_error_.reset();
    return router_->route(head, arrival, &session_of_error_);
  }
  Result<Route> get(std::string target, Fields fields) {
    return ask(request("GET", std::move(target), fields), shared_);
  }
  Result<Route> get_on(size_t session, std::string target, Fields fields) {
    return ask(request("GET", std::move(target), fields), own(session));
  }

  // "session origin target view[ prefix]" or "error word", to compare in one line.
  std::string text(const Result<Route>& route) const {
    if (!route) return std::string(failure_of(route.error().kind).word);
    static constexpr const char* kViews[] = {"local", "prefix", "target", "absolute"};
    std::string out = config_.sessions[route->session].name + ' ' + route->origin.text() + ' ' +
                      route->target + ' ' + kViews[static_cast<size_t>(route->view.kind)];
    return route->view.prefix.empty() ? out : out + ' ' + route->view.prefix;
  }

  Config config_;
  Arrival shared_;
  std::optional<Router> router_;  // made by the first ask()
  std::optional<size_t> session_of_error_;
};

}  // namespace trunkd

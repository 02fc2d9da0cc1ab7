#include "daemon/commands/doctor/doctor.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sstream>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

#include "config/listen_address.h"
#include "daemon/commands/check.h"
#include "daemon/commands/doctor/config_findings.h"
#include "daemon/commands/doctor/listener_findings.h"
#include "daemon/commands/doctor/machine_findings.h"
#include "daemon/commands/doctor/place_findings.h"
#include "daemon/commands/doctor/port_holder.h"
#include "daemon/commands/doctor/writable.h"
#include "event/private_files.h"

namespace trunkd {
namespace {

using Level = Finding::Level;

class DoctorTest : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/trunkd-doctor-XXXXXX";
    directory_ = mkdtemp(pattern);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  static SessionConfig session(const std::string& name, size_t connections = 1) {
    SessionConfig made;
    made.name = name;
    made.origin = {Scheme::https, name + ".example", 443};
    made.connections = connections;
    return made;
  }
  std::string file(const std::string& name, const std::string& text, unsigned mode) {
    const std::string path = directory_ + '/' + name;
    std::ofstream(path) << text;
    std::filesystem::permissions(path, static_cast<std::filesystem::perms>(mode));
    return path;
  }
  Environment environment() const {
    return [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      if (found == variables_.end()) return std::nullopt;
      return found->second;
    };
  }
  Finding secret(const std::string& kind_and_name, SecretRef::Kind kind) {
    Config config;
    config.sessions.push_back(session("shop"));
    config.sessions[0].auth = {AuthConfig::Kind::bearer, "", {kind, kind_and_name}, {}};
    const Findings findings = secret_findings(config, environment(), user_ ? &*user_ : nullptr);
    EXPECT_EQ(findings.size(), 1u);
    return findings.empty() ? Finding() : findings.front();
  }

  std::string directory_;
  std::map<std::string, std::string> variables_;
  std::optional<ServiceUser> user_;
};

// A socket that is bound so that others may be bound there too, as long as none of them listens.
Descriptor bound_socket(const SocketAddress& address) {
  Descriptor socket(
      ::socket(address.is_ipv6() ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  return bind(socket.get(), address.get(), address.size()) == 0 ? std::move(socket) : Descriptor();
}

// A port of the loopback that this process listens on, on 127.0.0.1. It stays this process's: the
// system gives it to nobody else while other sockets are bound to it.
class TakenPort {
 public:
  TakenPort() : socket_(bound_socket(*SocketAddress::parse("127.0.0.1", 0))) {
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    EXPECT_EQ(getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&bound), &size), 0);
    port_ = ntohs(bound.sin_port);
    guard_ = bound_socket(*SocketAddress::parse("127.0.0.1", port_));
    guard6_ = bound_socket(*SocketAddress::parse("::1", port_));  // a machine may have none
    EXPECT_TRUE(guard_);
    EXPECT_EQ(listen(socket_.get(), 1), 0);
  }
  uint16_t port() const { return port_; }
  void release() { socket_ = Descriptor(); }

 private:
  Descriptor socket_, guard_, guard6_;
  uint16_t port_ = 0;
};

TEST_F(DoctorTest, FindingsAreATableWithTheAdviceBelowAndACount) {
  const Findings findings{{Level::ok, "state", "fine", ""},
                          {Level::problem, "port", "taken\n", "Choose another."},
                          {Level::hint, "IPv6 loopback", "none", ""}};
  EXPECT_EQ(findings_text(findings),
            "ok       state          fine\n"
            "problem  port           taken\\x0a\n"
            "                        Choose another.\n"
            "hint     IPv6 loopback  none\n"
            "1 problem, 1 hint.\n");
  EXPECT_EQ(findings_text({}), "All is well.\n");
  EXPECT_EQ(findings_text({{Level::hint, "a", "b", ""}}).substr(14), "No problem, 1 hint.\n");
  const auto json = nlohmann::json::parse(findings_json(findings));
  EXPECT_EQ(json["problems"], 1);
  EXPECT_EQ(json["hints"], 1);
  EXPECT_EQ(json["findings"][1]["level"], "problem");
  EXPECT_EQ(json["findings"][1]["advice"], "Choose another.");
  EXPECT_TRUE(json["findings"][0]["advice"].is_null());
}

TEST_F(DoctorTest, AProxyIsAProblemUnlessTheLoopbackIsExcepted) {
  EXPECT_EQ(proxy_finding(environment(), {}).level, Level::ok);
  variables_["https_proxy"] = "http://ann:sesame@proxy:1";  // calls to trunkd are http
  EXPECT_EQ(proxy_finding(environment(), {}).level, Level::ok);
  variables_["http_proxy"] = "http://ann:sesame@proxy:1";
  const Finding finding = proxy_finding(environment(), {});
  EXPECT_EQ(finding.level, Level::problem);
  EXPECT_EQ(finding.seen,
            "http_proxy is set, and no_proxy does not except localhost, 127.0.0.1, ::1");
  EXPECT_TRUE(finding.advice.ends_with("run: eval \"$(trunkd env)\"")) << finding.advice;
  const std::string advice = proxy_finding(environment(), {"a.yaml", "my b.yaml"}).advice;
  EXPECT_TRUE(advice.ends_with("run: eval \"$(trunkd env -c a.yaml -c 'my b.yaml')\"")) << advice;
  variables_["no_proxy"] = "localhost,127.0.0.1";
  EXPECT_EQ(proxy_finding(environment(), {}).level, Level::hint);
  variables_["NO_PROXY"] = "::1";  // a client reads one of the two
  EXPECT_EQ(proxy_finding(environment(), {}).level, Level::problem);
  variables_["NO_PROXY"] = "localhost,127.0.0.1,::1";
  EXPECT_EQ(proxy_finding(environment(), {}).level, Level::hint);
  variables_["no_proxy"] = "";
  EXPECT_EQ(proxy_finding(environment(), {}).level, Level::ok);
  variables_["NO_PROXY"] = "*";
  EXPECT_EQ(proxy_finding(environment(), {}).level, Level::ok);
  variables_["NO_PROXY"] = "*,a.example";
  EXPECT_EQ(proxy_finding(environment(), {}).level, Level::problem);
}

TEST_F(DoctorTest, NameServersAreMissedOnlyWhereNamesAreLookedUp) {
  Config config;
  config.sessions.push_back(session("shop"));
  const Finding two = name_server_finding("# a\nnameserver 192.0.2.1\n nameserver\t::1\n", &config);
  EXPECT_EQ(two.level, Level::ok);
  EXPECT_EQ(two.seen, "192.0.2.1, ::1");
  EXPECT_EQ(name_server_finding("search a.example\n", &config).level, Level::hint);
  EXPECT_EQ(name_server_finding("", nullptr).level, Level::ok);
  config.sessions[0].resolve = {{"shop.example", {"192.0.2.7"}}};
  EXPECT_EQ(name_server_finding("", &config).level, Level::ok);
  config.sessions[0].multi_host = true;
  EXPECT_EQ(name_server_finding("", &config).level, Level::hint);
}

TEST_F(DoctorTest, DescriptorsAreCountedForHostsAndClients) {
  Config config;
  config.sessions = {session("a", 100), session("b", 50)};
  config.sessions.push_back(session("c", 1000));
  config.sessions[2].pool = "a";  // has none of its own
  const Finding plenty = descriptor_finding(config, 20000);
  EXPECT_EQ(plenty.level, Level::ok);
  EXPECT_EQ(plenty.seen,
            "20,000 may be open: 150 for connections to hosts, 19,786 are left for clients");
  EXPECT_EQ(descriptor_finding(config, 300).level, Level::hint);
  EXPECT_EQ(descriptor_finding(config, 256).level, Level::problem);
  config.downstream.max = 5000;
  EXPECT_EQ(descriptor_finding(config, 5000).level, Level::problem);
}

TEST_F(DoctorTest, ASecretFileMustBeThereAndBeNobodyElses) {
  const Finding good = secret(file("a", "sesame\n", 0600), SecretRef::Kind::file);
  EXPECT_EQ(good.level, Level::ok);
  EXPECT_EQ(good.check, "secret of shop");
  EXPECT_EQ(good.seen, "file:" + directory_ + "/a can be read");
  const Finding open = secret(file("b", "sesame\n", 0644), SecretRef::Kind::file);
  EXPECT_EQ(open.level, Level::hint);
  EXPECT_EQ(open.advice, "chmod 600 " + directory_ + "/b");
  EXPECT_EQ(secret(directory_ + "/none", SecretRef::Kind::file).level, Level::problem);
  EXPECT_EQ(secret(file("c", "", 0600), SecretRef::Kind::file).level, Level::problem);
  const Finding odd = secret(file("d", "sesame\x01", 0600), SecretRef::Kind::file);
  EXPECT_EQ(odd.level, Level::problem);
  EXPECT_EQ(odd.seen.find("sesame"), std::string::npos);
}

TEST_F(DoctorTest, RootAsksWhatTheUserOfTheServiceMayRead) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  std::filesystem::permissions(directory_, static_cast<std::filesystem::perms>(0755));
  user_ = ServiceUser{"trunkd", "trunkd-group", 4711, 4712, {4712}};
  const std::string path = file("a", "sesame\n", 0600);
  const std::string advice = "chgrp trunkd-group " + path + " && chmod 640 " + path;
  const Finding closed = secret(path, SecretRef::Kind::file);
  EXPECT_EQ(closed.level, Level::problem);
  EXPECT_EQ(closed.seen, "file:" + path +
                             " cannot be read by the user trunkd, which the service runs as: "
                             "Permission denied");
  EXPECT_EQ(closed.advice.substr(0, advice.size()), advice);
  file("a", "sesame\n", 0644);
  const Finding open = secret(path, SecretRef::Kind::file);
  EXPECT_EQ(open.level, Level::hint);
  EXPECT_EQ(open.advice, advice);
  ASSERT_EQ(chown(path.c_str(), 0, 4712), 0);  // what was advised
  file("a", "sesame\n", 0640);
  const Finding good = secret(path, SecretRef::Kind::file);
  EXPECT_EQ(good.level, Level::ok);
  EXPECT_EQ(good.seen, "file:" + path + " can be read by the user trunkd");
  std::filesystem::permissions(directory_, static_cast<std::filesystem::perms>(0700));
  EXPECT_EQ(secret(path, SecretRef::Kind::file).level, Level::problem);
  EXPECT_NE(
      secret(directory_ + "/none", SecretRef::Kind::file).advice.find("-m 640 -g trunkd-group"),
      std::string::npos);
  EXPECT_EQ(service_user("no-such-user"), std::nullopt);
  EXPECT_EQ(service_user("root")->uid, 0u);
}

TEST_F(DoctorTest, RootsCheckWarnsOfWhatStopsTheServiceAndOfNothingElse) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  std::filesystem::permissions(directory_, static_cast<std::filesystem::perms>(0755));
  const ServiceUser user{"trunkd", "trunkd-group", 4711, 4712, {4712}};
  const std::string path = file("a", "sesame\n", 0600);
  Config config;
  config.sessions.push_back(session("shop"));
  config.sessions[0].auth = {AuthConfig::Kind::bearer, "", {SecretRef::Kind::file, path}, {}};
  const auto warnings = [&] {
    std::ostringstream err;
    warn_of_service(config, user, err);
    return err.str();
  };
  const std::string warning =
      "warning: secret of shop: file:" + path + " cannot be read by the user";
  EXPECT_TRUE(warnings().starts_with(warning)) << warnings();
  file("a", "sesame\n", 0644);
  EXPECT_EQ(warnings(), "");  // a trap perhaps, which doctor tells of
}

TEST_F(DoctorTest, ASecretOfAnotherUserThatOneCannotChangeIsNoTrapToTellOf) {
  const std::string path = file("a", "sesame\n", 0644);
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  std::filesystem::permissions(directory_, static_cast<std::filesystem::perms>(0755));
  ASSERT_EQ(seteuid(4711), 0);
  const Finding finding = secret(path, SecretRef::Kind::file);
  ASSERT_EQ(seteuid(0), 0);
  EXPECT_EQ(finding.level, Level::ok);
}

TEST_F(DoctorTest, OtherSecretsAreJudgedByWhatCanBeKnownHere) {
  EXPECT_EQ(secret("TOKEN", SecretRef::Kind::env).level, Level::hint);
  variables_["TOKEN"] = "";
  EXPECT_EQ(secret("TOKEN", SecretRef::Kind::env).level, Level::problem);
  variables_["TOKEN"] = "sesame";
  EXPECT_EQ(secret("TOKEN", SecretRef::Kind::env).level, Level::ok);
  EXPECT_EQ(secret("token", SecretRef::Kind::credential).level, Level::ok);
  variables_["CREDENTIALS_DIRECTORY"] = directory_;
  EXPECT_EQ(secret("token", SecretRef::Kind::credential).level, Level::problem);
}

TEST_F(DoctorTest, StateMattersOnlyIfCookiesAreKept) {
  Config config;
  config.sessions.push_back(session("shop"));
  EXPECT_EQ(state_finding(config, std::string("/proc/none")).level, Level::ok);
  config.sessions[0].cookies.keep = CookiesConfig::Keep::persist;
  EXPECT_EQ(state_finding(config, directory_ + "/not/yet").level, Level::ok);
  const std::string plain = file("plain", "", 0600);
  const Finding finding = state_finding(config, plain);
  EXPECT_EQ(finding.level, Level::problem);
  EXPECT_NE(finding.seen.find("Not a directory"), std::string::npos);
  EXPECT_EQ(state_finding(config, failure(ErrorKind::internal, "no place")).level, Level::problem);
}

TEST_F(DoctorTest, TheGroupOfASocketMustBeThere) {
  Config config;
  config.sessions.push_back(session("shop"));
  ListenAddress socket{ListenAddress::Kind::unix_socket, "", 0, "/run/s", 0660, "root"};
  config.sessions[0].listen = {socket};
  EXPECT_TRUE(group_findings(config).empty());
  config.sessions[0].listen[0].group = "no-such-group";
  const Findings missing = group_findings(config);
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_EQ(missing[0].level, Level::problem);
  EXPECT_TRUE(missing[0].check.starts_with("group of shop ")) << missing[0].check;
  EXPECT_EQ(missing[0].seen, "there is no group \"no-such-group\" on this machine");
  config.sessions.clear();
  config.admin.group = "no-such-group";
  EXPECT_EQ(group_findings(config).at(0).level, Level::hint);  // serve starts without it
  config.admin.socket = "/run/a";
  EXPECT_EQ(group_findings(config).at(0).level, Level::problem);
}

TEST_F(DoctorTest, TheAccessLogNeedsAPlace) {
  LogConfig log;
  EXPECT_EQ(access_log_finding(log, nullptr).level, Level::ok);
  const auto look = [&](const std::string& path) {
    log.access = path;
    return access_log_finding(log, user_ ? &*user_ : nullptr);
  };
  EXPECT_EQ(look("").level, Level::ok);
  EXPECT_EQ(look(directory_ + "/access.log").level, Level::ok);
  EXPECT_EQ(look(file("old.log", "", 0600)).level, Level::ok);
  EXPECT_EQ(look(directory_).level, Level::problem);
  const Finding nowhere = look(directory_ + "/none/access.log");
  EXPECT_EQ(nowhere.level, Level::problem);
  EXPECT_EQ(nowhere.seen, directory_ + "/none: No such file or directory");
  if (geteuid() != 0) return;  // only root can become another user
  std::filesystem::permissions(directory_, static_cast<std::filesystem::perms>(0755));
  user_ = ServiceUser{"trunkd", "trunkd-group", 4711, 4712, {4712}};
  EXPECT_EQ(look(directory_ + "/access.log").level, Level::problem);
  EXPECT_EQ(look(directory_ + "/old.log").level, Level::problem);
  ASSERT_EQ(chown(directory_.c_str(), 4711, 4712), 0);
  EXPECT_EQ(look(directory_ + "/access.log").level, Level::ok);
  ASSERT_EQ(chown((directory_ + "/old.log").c_str(), 4711, 4712), 0);
  EXPECT_EQ(look(directory_ + "/old.log").level, Level::ok);
}

TEST_F(DoctorTest, TheAdminSocketMustFitAndBeFree) {
  Config config;
  const AdminLook free = look_at_admin(config, directory_);
  EXPECT_EQ(free.finding.level, Level::ok);
  EXPECT_FALSE(free.running);
  const std::string deep = directory_ + '/' + std::string(kMaxSocketPath, 'x');
  EXPECT_EQ(look_at_admin(config, deep).finding.level, Level::hint);  // serve starts without it
  config.admin.socket = deep;
  EXPECT_EQ(look_at_admin(config, directory_).finding.level, Level::problem);
  config.admin.socket = file("plain", "", 0600) + "/admin.sock";
  EXPECT_EQ(look_at_admin(config, directory_).finding.level, Level::problem);
}

TEST_F(DoctorTest, APortThatSomebodyHasIsAProblemAndTheHolderIsNamed) {
  TakenPort taken;
  Config config;
  config.sessions.push_back(session("shop"));
  config.sessions[0].listen = {{ListenAddress::Kind::loopback_port, "", taken.port(), "", 0, ""},
                               {ListenAddress::Kind::loopback_port, "", 0, "", 0, ""}};
  for (const char* host : {"127.0.0.1", "0.0.0.0"}) {
    const Holders holders = port_holders(*SocketAddress::parse(host, taken.port()));
    EXPECT_TRUE(holders.listening);
    ASSERT_EQ(holders.programs.size(), 1u) << host;
    EXPECT_EQ(holders.programs.front().pid, getpid());
  }
  EXPECT_FALSE(port_holders(*SocketAddress::parse("127.0.0.2", taken.port())).listening);
  const Finding in_use = listener_findings(config, std::nullopt).front();
  EXPECT_EQ(in_use.level, Level::problem);
  EXPECT_EQ(in_use.seen, "daemon_test (pid " + std::to_string(getpid()) + ") has it");
  EXPECT_EQ(listener_findings(config, getpid()).front().level, Level::ok);

  taken.release();
  const Findings free = listener_findings(config, std::nullopt);
  ASSERT_EQ(free.size(), 2u);
  EXPECT_EQ(free[0].seen, "is free");
  EXPECT_EQ(free[1].seen, "takes a free port");
}

TEST_F(DoctorTest, AListenerOfIpv6ThatServesIpv4TooIsInTheWay) {
  const Descriptor listener = bound_socket(*SocketAddress::parse("::ffff:127.0.0.1", 0));
  if (!listener) GTEST_SKIP() << "this machine has no IPv6";
  ASSERT_EQ(listen(listener.get(), 1), 0);
  sockaddr_in6 bound{};
  socklen_t size = sizeof bound;
  ASSERT_EQ(getsockname(listener.get(), reinterpret_cast<sockaddr*>(&bound), &size), 0);
  for (const char* host : {"127.0.0.1", "0.0.0.0", "::"}) {
    const Holders holders = port_holders(*SocketAddress::parse(host, ntohs(bound.sin6_port)));
    ASSERT_EQ(holders.programs.size(), 1u) << host;
    EXPECT_EQ(holders.programs.front().pid, getpid());
  }
  EXPECT_FALSE(port_holders(*SocketAddress::parse("127.0.0.2", ntohs(bound.sin6_port))).listening);
}

TEST_F(DoctorTest, OfSeveralHoldersTheDaemonCountsAndSystemdAloneIsAHint) {
  int questions = 0;
  bool is_trunkd = false;
  const auto answers = [&] {
    ++questions;
    return is_trunkd;
  };
  Holders holders;
  holders.listening = holders.may_be_systemds = true;
  holders.programs = {{1, "systemd"}, {712, "nginx"}, {812, "trunkd"}, {900, "trunkd"}};
  EXPECT_EQ(taken_finding(holders, 900, answers).seen, "the running trunkd (pid 900) has it");
  EXPECT_EQ(taken_finding(holders, std::nullopt, answers).level, Level::hint);
  holders.programs.resize(2);
  EXPECT_EQ(taken_finding(holders, 900, answers).seen, "nginx (pid 712) has it");
  EXPECT_EQ(taken_finding(holders, 900, answers).level, Level::problem);
  holders.programs.resize(1);
  const Finding of_systemd = taken_finding(holders, std::nullopt, answers);
  EXPECT_EQ(of_systemd.level, Level::hint);
  EXPECT_NE(of_systemd.advice.find("trunkd.socket"), std::string::npos);
  holders.programs = {{1, "trunkd"}};  // in a container
  EXPECT_EQ(taken_finding(holders, 1, answers).level, Level::ok);

  // Unseen, it may be systemd's: a question would start what it is for.
  holders.programs.clear();
  const Finding unseen = taken_finding(holders, std::nullopt, answers);
  EXPECT_EQ(unseen.level, Level::problem);
  EXPECT_EQ(unseen.seen, "somebody whom this user may not see has it");
  EXPECT_EQ(questions, 0);
  is_trunkd = true;
  EXPECT_EQ(taken_finding(holders, 900, answers).level, Level::ok);
  holders.may_be_systemds = false;
  EXPECT_EQ(taken_finding(holders, std::nullopt, answers).level, Level::hint);
  EXPECT_EQ(questions, 2);
  holders.listening = false;  // bound only
  EXPECT_EQ(taken_finding(holders, std::nullopt, answers).seen, "another program has it");
  EXPECT_EQ(questions, 2);
}

TEST_F(DoctorTest, AnAnswerThatComesByteByByteIsNotWaitedFor) {
  const Descriptor listener = bound_socket(*SocketAddress::parse("127.0.0.1", 0));
  ASSERT_EQ(listen(listener.get(), 1), 0);
  sockaddr_in bound{};
  socklen_t size = sizeof bound;
  ASSERT_EQ(getsockname(listener.get(), reinterpret_cast<sockaddr*>(&bound), &size), 0);
  std::atomic<bool> finished = false;
  std::thread dripping([&] {
    const Descriptor client(accept(listener.get(), nullptr, nullptr));
    pollfd gone{client.get(), 0, 0};
    while (!finished && send(client.get(), "x", 1, MSG_NOSIGNAL) == 1) poll(&gone, 1, 10);
  });
  const auto start = std::chrono::steady_clock::now();
  const auto address = SocketAddress::parse("127.0.0.1", ntohs(bound.sin_port));
  EXPECT_FALSE(trunkd_answers(*address, 50ms));
  // All that it would take from such a one lasts minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - start, 20s);
  finished = true;
  dripping.join();
}

TEST_F(DoctorTest, AnAddressOfAnotherMachineCannotBeListenedOn) {
  Config config;
  config.listen = ListenAddress{ListenAddress::Kind::tcp, "192.0.2.1", 7480, "", 0, ""};
  const Findings findings = listener_findings(config, std::nullopt);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].level, Level::problem);
  EXPECT_EQ(findings[0].check, "shared port 192.0.2.1:7480");
}

TEST_F(DoctorTest, ASocketFileIsReplacedOnlyIfItIsOneAndNobodyHasIt) {
  Config config;
  config.sessions.push_back(session("shop"));
  const auto look = [&](const std::string& path) {
    config.sessions[0].listen = {{ListenAddress::Kind::unix_socket, "", 0, path, 0660, ""}};
    return listener_findings(config, std::nullopt).front();
  };
  EXPECT_EQ(look(directory_ + "/new.sock").level, Level::ok);
  EXPECT_EQ(look(directory_ + "/none/new.sock").level, Level::problem);
  EXPECT_EQ(look(file("plain", "", 0600)).level, Level::problem);

  const std::string path = directory_ + "/old.sock";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const Descriptor old(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(bind(old.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(look(path).level, Level::ok);  // bound, but nobody listens
  if (geteuid() == 0) {                    // another user may neither connect nor replace it
    std::filesystem::permissions(directory_, static_cast<std::filesystem::perms>(0755));
    std::filesystem::permissions(path, static_cast<std::filesystem::perms>(0600));
    ASSERT_EQ(seteuid(4711), 0);
    const Finding forbidden = look(path);
    ASSERT_EQ(seteuid(0), 0);
    EXPECT_EQ(forbidden.level, Level::hint);
    EXPECT_EQ(forbidden.seen, "may not be used by this user, so who has it is not known");
    std::filesystem::permissions(path, static_cast<std::filesystem::perms>(0666));
    ASSERT_EQ(seteuid(4711), 0);
    const Finding stuck = look(path);
    ASSERT_EQ(seteuid(0), 0);
    EXPECT_EQ(stuck.level, Level::problem);
  }
  ASSERT_EQ(listen(old.get(), 1), 0);
  EXPECT_EQ(look(path).level, Level::problem);
  EXPECT_EQ(look(path).seen, "daemon_test (pid " + std::to_string(getpid()) + ") has it");
}

TEST_F(DoctorTest, AHostThatAnswersIsWellAndWhatToKnowOfItIsAHint) {
  LiveResult result;
  result.session = "shop";
  EXPECT_EQ(host_finding(result, WallTime()).level, Level::ok);  // nothing to try
  result.url = "https://shop.example";
  result.status = 404;
  result.keep_alive = true;
  EXPECT_EQ(host_finding(result, WallTime()).seen, "https://shop.example answers (404)");
  EXPECT_EQ(host_finding(result, WallTime()).level, Level::ok);
  result.keep_alive = false;
  EXPECT_EQ(host_finding(result, WallTime()).level, Level::hint);
  result.error = Error{ErrorKind::dns_failed, "there is no such host", "Look at it."};
  const Finding failed = host_finding(result, WallTime());
  EXPECT_EQ(failed.level, Level::problem);
  EXPECT_EQ(failed.seen, "https://shop.example: there is no such host");
  EXPECT_EQ(failed.advice, "Look at it.");
}

}  // namespace
}  // namespace trunkd

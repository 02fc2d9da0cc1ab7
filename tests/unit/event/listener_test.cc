#include "event/listener.h"

#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <optional>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

#include "unit/event/connected_pair.h"

namespace trunkd {
namespace {

class ListenerTest : public PairTest {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/trunkd-listener-XXXXXX";
    directory_ = mkdtemp(pattern);
  }
  void TearDown() override { (void)std::system(("rm -rf " + directory_).c_str()); }

  Result<std::unique_ptr<Listener>> listen(const std::string& path) {
    return Listener::unix_socket(loop_, {path, 0600, {}}, [this](auto transport) {
      accepted_.push_back(std::move(transport));
    });
  }
  static bool exists(const std::string& path) {
    struct stat file {};
    return lstat(path.c_str(), &file) == 0;
  }

  std::string directory_;
  std::vector<std::unique_ptr<Transport>> accepted_;
};

TEST_F(ListenerTest, PortZeroTakesAFreePortOnBothFamilies) {
  const auto ipv4 = Listener::tcp(loop_, *SocketAddress::parse("127.0.0.1", 0), {});
  ASSERT_TRUE(ipv4);
  const uint16_t port = (*ipv4)->port();
  EXPECT_NE(port, 0);
  const auto ipv6 = Listener::tcp(loop_, *SocketAddress::parse("::1", port), {});
  if (!ipv6) GTEST_SKIP() << "no IPv6 on this machine";
  EXPECT_EQ((*ipv6)->port(), port);
}

TEST_F(ListenerTest, ATakenPortIsAnErrorThatNamesIt) {
  const auto first = Listener::tcp(loop_, *SocketAddress::parse("127.0.0.1", 0), {});
  const std::string port = std::to_string((*first)->port());
  const auto second =
      Listener::tcp(loop_, *SocketAddress::parse("127.0.0.1", (*first)->port()), {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().detail,
            "cannot listen on 127.0.0.1:" + port + ": Address already in use");
}

// The listening socket hands it down; nobody sets it on each connection.
TEST_F(ListenerTest, BothEndsOfATcpConnectionHaveNoDelay) {
  const auto count = [](bool with_no_delay) {
    int found = 0;
    for (int fd = 3; fd < 256; ++fd) {
      sockaddr_storage peer{};
      socklen_t size = sizeof peer;
      int no_delay = 0;
      socklen_t option_size = sizeof no_delay;
      if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
      if (getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &no_delay, &option_size) != 0) continue;
      if ((no_delay != 0) == with_no_delay) ++found;
    }
    return found;
  };
  const int before = count(true);
  const int before_without = count(false);
  const Pair pair = connected_pair();
  EXPECT_EQ(count(true), before + 2);
  EXPECT_EQ(count(false), before_without);
}

TEST_F(ListenerTest, AUnixSocketServesWithTheModeThatWasAskedFor) {
  const std::string path = directory_ + "/s.sock";
  const auto listener = listen(path);
  ASSERT_TRUE(listener) << listener.error().detail;
  EXPECT_EQ((*listener)->port(), 0);
  struct stat file {};
  ASSERT_EQ(stat(path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0600U);
  Peer near;
  const auto attempt =
      connect_unix(loop_, path, [&](auto connected) { near.take(std::move(*connected)); });
  run_until([&] { return near.transport && !accepted_.empty(); });
  Peer far(std::move(accepted_[0]));
  far.transport->start_reading();
  near.transport->write("hello");
  near.transport->reset_on_close();  // there is no reset here: a plain close
  near.transport.reset();
  run_until([&] { return far.over(); });
  EXPECT_EQ(far.received, "hello");
}

TEST_F(ListenerTest, ALiveSocketIsAnErrorAndAStaleOneIsReplaced) {
  const std::string path = directory_ + "/s.sock";
  auto first = listen(path);
  const auto second = listen(path);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().detail.find("another process listens there"), std::string::npos);
  const std::string kept = directory_ + "/kept";
  ASSERT_EQ(link(path.c_str(), kept.c_str()), 0);
  first->reset();
  ASSERT_FALSE(exists(path));
  ASSERT_EQ(rename(kept.c_str(), path.c_str()), 0);  // as if the first had been killed
  EXPECT_TRUE(listen(path));
}

TEST_F(ListenerTest, AFileOfAnotherKindIsLeftAlone) {
  const std::string path = directory_ + "/notes.txt";
  close(open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  const auto listener = listen(path);
  ASSERT_FALSE(listener);
  EXPECT_TRUE(exists(path));
}

TEST_F(ListenerTest, APathThatDoesNotFitIsAnError) {
  const auto listener = listen(directory_ + '/' + std::string(120, 'a'));
  ASSERT_FALSE(listener);
  EXPECT_NE(listener.error().detail.find("107 bytes"), std::string::npos);
}

TEST_F(ListenerTest, AnUnknownGroupIsAnErrorAndLeavesNoFile) {
  const std::string path = directory_ + "/s.sock";
  EXPECT_FALSE(Listener::unix_socket(loop_, {path, 0660, "no-such-group-here"}, {}));
  EXPECT_FALSE(exists(path));
}

TEST_F(ListenerTest, TheFileIsRemovedOnlyWhileItIsItsOwn) {
  const std::string path = directory_ + "/s.sock";
  auto first = listen(path);
  unlink(path.c_str());
  auto second = listen(path);  // another daemon has taken the path
  ASSERT_TRUE(second);
  first->reset();
  EXPECT_TRUE(exists(path));
  second->reset();
  EXPECT_FALSE(exists(path));
}

TEST_F(ListenerTest, WhoHasConnectedBeforeItEndsCanBeTaken) {
  const std::string path = directory_ + "/socket";
  auto listener = listen(path);
  ASSERT_TRUE(listener);
  std::vector<int> clients;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  for (int i = 0; i < 3; ++i) {
    clients.push_back(socket(AF_UNIX, SOCK_STREAM, 0));
    ASSERT_EQ(connect(clients.back(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  EXPECT_TRUE(accepted_.empty());
  (*listener)->accept_waiting();
  EXPECT_EQ(accepted_.size(), 3u);
  for (const int client : clients) close(client);
}

TEST_F(ListenerTest, AListenerMayBeDisposedOfWhileItAccepts) {
  std::unique_ptr<Listener> listener;
  int accepted = 0;
  auto made = Listener::tcp(loop_, *SocketAddress::parse("127.0.0.1", 0), [&](auto) {
    ++accepted;
    loop_.dispose(std::move(listener));
  });
  listener = std::move(*made);
  const auto address = *SocketAddress::parse("127.0.0.1", listener->port());
  const auto attempt = connect_tcp(loop_, address, [](auto) {});
  run_until([&] { return accepted == 1; });
  run_what_is_ready();
}

// Connections that come while no descriptor is free wait, and are served when one is.
TEST_F(ListenerTest, WithoutDescriptorsAcceptingPausesAndGoesOn) {
  Peer near;
  int accepted = 0;
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  Timer restore(loop_, [&] { setrlimit(RLIMIT_NOFILE, &before); });
  SteadyTime restored_at{};
  auto listener = Listener::tcp(loop_, *SocketAddress::parse("127.0.0.1", 0), [&](auto transport) {
    ++accepted;
    restored_at = restore.due();
    accepted_.push_back(std::move(transport));
  });
  run_what_is_ready();
  const auto attempt = connect_tcp(loop_, *SocketAddress::parse("127.0.0.1", (*listener)->port()),
                                   [&](auto connected) { near.take(std::move(*connected)); });
  const int next = dup(0);
  close(next);
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(next);
  restore.start_at(loop_.now() + 10ms);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  run_until([&] { return accepted == 1; });
  EXPECT_GE(loop_.now() - restored_at, 50ms);  // it paused, and did not try again and again
  EXPECT_FALSE(near.over());
}

}  // namespace
}  // namespace trunkd

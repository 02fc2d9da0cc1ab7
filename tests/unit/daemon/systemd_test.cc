// What the service manager hears, over a socket of the test's own.

#include "daemon/systemd.h"

#include <cstring>
#include <gtest/gtest.h>
#include <map>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "support/fake_loop.h"

namespace trunkd {
namespace {

class ServiceManagerTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "/systemd-XXXXXX";
    ASSERT_NE(mkdtemp(directory_.data()), nullptr);
    variables_["NOTIFY_SOCKET"] = directory_ + "/notify";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    variables_["NOTIFY_SOCKET"].copy(address.sun_path, sizeof address.sun_path - 1);
    socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    ASSERT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  void TearDown() override {
    close(socket_);
    unlink(variables_["NOTIFY_SOCKET"].c_str());
    rmdir(directory_.c_str());
  }

  std::unique_ptr<ServiceManager> manager() {
    const auto environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      if (found == variables_.end()) return std::nullopt;
      return found->second;
    };
    return std::make_unique<ServiceManager>(loop_, environment, [] { return "well"; });
  }

  // The next message; empty if there is none.
  std::string heard() {
    char bytes[4096];
    const ssize_t size = recv(socket_, bytes, sizeof bytes, 0);
    return size < 0 ? std::string() : std::string(bytes, static_cast<size_t>(size));
  }
  std::string last_heard() {
    std::string last;
    for (std::string next = heard(); !next.empty(); next = heard()) last = next;
    return last;
  }

  std::string directory_;
  std::map<std::string, std::string> variables_;
  int socket_ = -1;
  FakeLoop loop_;
};

TEST_F(ServiceManagerTest, ItHearsReadinessWithTheStatus) {
  const auto told = manager();
  told->ready();
  EXPECT_EQ(heard(), "READY=1\nSTATUS=well");
}

TEST_F(ServiceManagerTest, TheStatusIsToldAgainEachTenSeconds) {
  const auto told = manager();
  told->ready();
  last_heard();
  loop_.advance(9s);
  EXPECT_EQ(heard(), "");
  loop_.advance(1s);
  EXPECT_EQ(heard(), "STATUS=well");
}

TEST_F(ServiceManagerTest, TheWatchdogIsFedAtHalfItsInterval) {
  variables_["WATCHDOG_USEC"] = "4000000";
  const auto told = manager();
  told->ready();
  last_heard();
  loop_.advance(1999ms);
  EXPECT_EQ(heard(), "");
  loop_.advance(1ms);
  EXPECT_EQ(heard(), "WATCHDOG=1\nSTATUS=well");
}

TEST_F(ServiceManagerTest, AWatchdogOfAnotherProcessIsNotFed) {
  variables_["WATCHDOG_USEC"] = "4000000";
  variables_["WATCHDOG_PID"] = "1";
  const auto told = manager();
  told->ready();
  last_heard();
  loop_.advance(5s);
  EXPECT_EQ(heard(), "");
}

TEST_F(ServiceManagerTest, WhatItHasNoRoomForIsToldAgain) {
  const auto told = manager();
  const auto queued = [this] {
    int messages = 0;
    while (!heard().empty()) ++messages;
    return messages;
  };
  for (int i = 0; i < 10'000; ++i) told->reloading();  // until the queue is full, and then some
  told->reloaded();
  EXPECT_LT(queued(), 10'000);
  EXPECT_EQ(heard(), "");
  loop_.advance(100ms);
  EXPECT_EQ(heard(), "READY=1\nSTATUS=well") << "the last state counts";
}

TEST_F(ServiceManagerTest, WithoutAManagerNothingIsDone) {
  variables_.erase("NOTIFY_SOCKET");
  const auto told = manager();
  told->ready();
  loop_.advance(1min);
  told->stopping(1s);
  EXPECT_EQ(heard(), "");
}

}  // namespace
}  // namespace trunkd

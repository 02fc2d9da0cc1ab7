#include "base/journald.h"

#include <cstring>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace trunkd {
namespace {

TEST(JournaldTest, AFieldIsALineOfNameAndValue) {
  std::string entry;
  append_journal_field(entry, "PRIORITY", "4");
  append_journal_field(entry, "MESSAGE", "a=b");
  EXPECT_EQ(entry, "PRIORITY=4\nMESSAGE=a=b\n");
}

TEST(JournaldTest, AValueWithLineBreaksHasItsLengthBefore) {
  std::string entry;
  append_journal_field(entry, "MESSAGE", "one\nPRIORITY=0");
  const std::string length("\x0e\0\0\0\0\0\0\0", 8);
  EXPECT_EQ(entry, "MESSAGE\n" + length + "one\nPRIORITY=0\n");
}

TEST(JournaldTest, AnEntryIsOneDatagramToTheSocket) {
  std::string directory = testing::TempDir() + "/journald-XXXXXX";
  ASSERT_NE(mkdtemp(directory.data()), nullptr);
  const std::string path = directory + "/socket";
  JournaldSocket journal(path);
  EXPECT_FALSE(journal.send("MESSAGE=early\n")) << "there is none yet";

  const int receiver = socket(AF_UNIX, SOCK_DGRAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  ASSERT_EQ(bind(receiver, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_TRUE(journal.send("MESSAGE=here\n"));
  char bytes[64];
  const ssize_t size = recv(receiver, bytes, sizeof bytes, MSG_DONTWAIT);
  EXPECT_EQ(std::string(bytes, static_cast<size_t>(size)), "MESSAGE=here\n");

  while (journal.send("MESSAGE=more\n")) continue;  // until nobody has room: it does not wait
  close(receiver);
  unlink(path.c_str());
  rmdir(directory.c_str());
}

}  // namespace
}  // namespace trunkd

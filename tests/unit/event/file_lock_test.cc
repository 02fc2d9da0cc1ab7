#include "event/file_lock.h"

#include <csignal>
#include <optional>
#include <sys/wait.h>
#include <unistd.h>

#include "journal_fixture.h"

namespace trunkd {
namespace {

class FileLockTest : public testing::Test {
 protected:
  Result<FileLock> take() { return FileLock::take(path_, "the jar \"shop\""); }

  TestDirectory directory_;
  const std::string path_ = directory_ / "cookies/.shop.lock";
};

TEST_F(FileLockTest, IsHeldByOneUntilItIsDestroyed) {
  std::optional<FileLock> first(take().value());
  const auto second = take();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().detail,
            "the jar \"shop\" is in use by another trunkd (pid " + std::to_string(getpid()) + ')');
  first.reset();
  EXPECT_TRUE(take());
  EXPECT_EQ(mode_of(path_), 0600U);
}

TEST_F(FileLockTest, EndsWithItsProcessHoweverThatEnds) {
  int held[2];
  ASSERT_EQ(pipe(held), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto lock = take();
    (void)!write(held[1], lock ? "y" : "n", 1);
    pause();
    _exit(1);
  }
  char answer = 0;
  ASSERT_EQ(read(held[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  const auto refused = take();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("(pid " + std::to_string(child) + ')'), std::string::npos);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(take());
  close(held[0]);
  close(held[1]);
}

TEST_F(FileLockTest, APlaceThatCannotBeUsedIsAnErrorThatNamesIt) {
  put(directory_ / "file", "");
  const auto lock = FileLock::take(directory_ / "file/.shop.lock", "it");
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().detail,
            "cannot open " + (directory_ / "file/.shop.lock") + ": Not a directory");
}

}  // namespace
}  // namespace trunkd

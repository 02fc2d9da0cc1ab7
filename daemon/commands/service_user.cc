#include "daemon/commands/service_user.h"

#include <cerrno>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/commands/quoting.h"
#include "event/private_files.h"

namespace trunkd {
namespace {

constexpr int kCannotBecome = 255;  // no errno

// These run in a child: nothing but system calls. Each returns 0 or errno.
int try_to_read(const char* path, const char*) {
  return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) >= 0 ? 0 : errno;
}

int try_to_append(const char* path, const char* directory) {
  if (access(path, W_OK) == 0) return 0;
  if (errno != ENOENT) return errno;
  return access(directory, W_OK | X_OK) == 0 ? 0 : errno;
}

bool become(const ServiceUser& user) {
  return setgroups(user.groups.size(), user.groups.data()) == 0 && setgid(user.gid) == 0 &&
         setuid(user.uid) == 0;
}

// What `attempt` returns for `path` and its directory; -1 if nobody knows.
int try_as(const ServiceUser& user, const std::string& path,
           int (*attempt)(const char* path, const char* directory)) {
  const std::string directory = directory_of(path);
  const pid_t child = fork();
  if (child == 0) {
    _exit(become(user) ? attempt(path.c_str(), directory.c_str()) : kCannotBecome);
  }
  if (child < 0) return -1;
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) == kCannotBecome) return -1;
  return WEXITSTATUS(status);
}

std::string group_name(gid_t gid) {
  std::vector<char> space(65536);
  group entry{};
  group* found = nullptr;
  getgrgid_r(gid, &entry, space.data(), space.size(), &found);
  return found != nullptr ? found->gr_name : std::to_string(gid);
}

}  // namespace

std::optional<ServiceUser> service_user(const char* name) {
  if (geteuid() != 0) return std::nullopt;
  std::vector<char> space(65536);
  passwd entry{};
  passwd* found = nullptr;
  if (getpwnam_r(name, &entry, space.data(), space.size(), &found) != 0 || found == nullptr) {
    return std::nullopt;
  }
  ServiceUser user{name, group_name(found->pw_gid), found->pw_uid, found->pw_gid, {}};
  int count = 32;
  do {
    user.groups.resize(static_cast<size_t>(count));
  } while (getgrouplist(name, user.gid, user.groups.data(), &count) < 0 &&
           static_cast<size_t>(count) > user.groups.size());
  user.groups.resize(static_cast<size_t>(count));
  return user;
}

int error_of_reading_as(const ServiceUser& user, const std::string& path) {
  return try_as(user, path, try_to_read);
}

int error_of_appending_as(const ServiceUser& user, const std::string& path) {
  return try_as(user, path, try_to_append);
}

std::string install_secret(const std::string& path, std::string_view group) {
  const std::string mode = group.empty() ? "-m 600" : "-m 640 -g " + sh_quoted(group);
  return "install -D " + mode + " /dev/stdin " + sh_quoted(path);
}

}  // namespace trunkd

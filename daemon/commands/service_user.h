// The user that the packaged service runs as. Root's commands have to ask what that user may do:
// root itself may do all.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace trunkd {

struct ServiceUser {
  std::string name;
  std::string group;  // the name of its own one
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;  // all, its own included

  bool operator==(const ServiceUser&) const = default;
};

constexpr const char* kServiceUser = "trunkd";

// None if this process is not root's, or there is no such user.
std::optional<ServiceUser> service_user(const char* name = kServiceUser);

// 0, or the errno with which that user cannot open the file for reading; -1 if this process may not
// become that user. Asks the system in a child process, so that directories, groups and access
// control lists count.
int error_of_reading_as(const ServiceUser& user, const std::string& path);

// The same for appending to the file, which may not be there yet. Makes nothing.
int error_of_appending_as(const ServiceUser& user, const std::string& path);

// The command that takes a secret from standard input into `path`, for its user alone, or for root
// and `group`.
std::string install_secret(const std::string& path, std::string_view group);

}  // namespace trunkd

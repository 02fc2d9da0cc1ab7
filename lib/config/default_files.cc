#include <algorithm>
#include <filesystem>

#include "config/config_loader.h"

namespace trunkd {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> yaml_files_in(const fs::path& directory) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; it != end && !error; it.increment(error)) {
    const fs::path& path = it->path();
    if (path.extension() == ".yaml" && path.filename().string().front() != '.') {
      files.push_back(path.string());
    }
  }
  std::sort(files.begin(), files.end());
  // As a file it cannot be read either, so that the user is told instead of served half of it all.
  if (error && error != std::errc::no_such_file_or_directory) files.push_back(directory.string());
  return files;
}

}  // namespace

std::optional<std::string> user_config_directory(const Environment& environment) {
  fs::path user = environment("XDG_CONFIG_HOME").value_or("");
  if (!user.is_absolute()) {  // to be ignored then, as the XDG specification says
    const auto home = environment("HOME");
    if (!home || !fs::path(*home).is_absolute()) return std::nullopt;
    user = fs::path(*home) / ".config";
  }
  return (user / "trunkd").string();
}

std::vector<std::string> default_config_files(const Environment& environment,
                                              const std::string& system_directory) {
  std::error_code ignored;  // what cannot be looked at is not there
  const fs::path system(system_directory);
  std::vector<std::string> files;
  if (fs::exists(system / "trunkd.yaml", ignored)) {
    files.push_back((system / "trunkd.yaml").string());
  }
  for (std::string& file : yaml_files_in(system / "conf.d")) files.push_back(std::move(file));
  if (!files.empty()) return files;

  const auto user = user_config_directory(environment);
  if (!user) return {};
  const fs::path file = fs::path(*user) / "trunkd.yaml";
  if (fs::exists(file, ignored)) files.push_back(file.string());
  return files;
}

}  // namespace trunkd

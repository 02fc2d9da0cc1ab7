#include "cookie/jar_path.h"

#include <algorithm>

#include "http/characters.h"

namespace trunkd {
namespace {

constexpr size_t kMaxJarValue = 64;
constexpr CharSet kJarValueChars = CharSet().add_alphanumerics().add("._-");

std::string in_cookies(std::string_view rest) { return "cookies/" + std::string(rest); }

}  // namespace

bool valid_jar_value(std::string_view value) {
  return !value.empty() && value.size() <= kMaxJarValue && value.front() != '.' &&
         std::all_of(value.begin(), value.end(), [](char c) { return kJarValueChars.has(c); });
}

std::string jar_path(std::string_view name) { return in_cookies(name) + ".txt"; }

std::string jar_path(std::string_view name, std::string_view value) {
  return jar_directory(name) + '/' + std::string(value) + ".txt";
}

std::string jar_directory(std::string_view name) { return in_cookies(name); }

std::string jar_lock_path(std::string_view name) {
  return in_cookies(".") + std::string(name) + ".lock";
}

}  // namespace trunkd

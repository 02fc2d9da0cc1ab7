#include "daemon/commands/jar_choice.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "base/text.h"
#include "cookie/jar_path.h"

namespace trunkd {
namespace {

bool persists(const SessionConfig& session) {
  return session.cookies.keep == CookiesConfig::Keep::persist;
}

// A session of that name, else one that writes to a jar of that name.
Result<const SessionConfig*> find_session(const std::vector<SessionConfig>& sessions,
                                          const std::string& name) {
  auto found = std::find_if(sessions.begin(), sessions.end(),
                            [&name](const SessionConfig& one) { return iequals(one.name, name); });
  if (found == sessions.end()) {
    found = std::find_if(sessions.begin(), sessions.end(), [&name](const SessionConfig& one) {
      return persists(one) && iequals(one.cookies.jar, name);
    });
  }
  if (found == sessions.end()) {
    std::vector<std::string> names;
    names.reserve(sessions.size());
    for (const SessionConfig& one : sessions) names.push_back(one.name);
    const auto near = nearest_word(name, names);
    return failure(ErrorKind::unknown_session,
                   "no session and no jar is named \"" + escaped(name) + '"' +
                       (near ? ", did you mean \"" + std::string(*near) + "\"?" : ""));
  }
  if (!persists(*found)) {
    return failure(ErrorKind::unknown_session, "session " + found->name +
                                                   " keeps no cookies in a file, see sessions." +
                                                   found->name + ".cookies");
  }
  return &*found;
}

// " (there are: alice, bob)"
std::string existing_jars(const std::string& directory) {
  constexpr size_t kShown = 20;
  std::vector<std::string> values;
  std::error_code error;  // what cannot be looked at has none
  for (std::filesystem::directory_iterator it(directory, error), end; it != end && !error;
       it.increment(error)) {
    const std::string value = it->path().stem().string();
    if (it->path().extension() == ".txt" && valid_jar_value(value)) values.push_back(value);
  }
  if (values.empty()) return " (there is none yet)";
  std::sort(values.begin(), values.end());
  std::string text = " (there are: ";
  for (size_t i = 0; i < std::min(values.size(), kShown); ++i) {
    text += (i == 0 ? "" : ", ") + values[i];
  }
  if (values.size() > kShown) text += " and " + std::to_string(values.size() - kShown) + " more";
  return text + ')';
}

}  // namespace

Result<JarChoice> choose_jar(const Config& config, const std::string& state_directory,
                             const std::string& session, const std::optional<std::string>& jar) {
  const auto found = find_session(config.sessions, session);
  if (!found) return tl::unexpected(found.error());
  const SessionConfig& chosen = **found;
  const std::string name = chosen.cookies.jar.empty() ? chosen.name : chosen.cookies.jar;
  const std::string state = state_directory + '/';
  const auto refused = [&chosen](const std::string& why) {
    return failure(ErrorKind::unknown_session, "session " + chosen.name + ' ' + why);
  };

  if (!chosen.cookies.by_header) {
    if (jar) return refused("has one jar only, --jar is for scope: header");
    return JarChoice{name, state + jar_path(name), state + jar_lock_path(name)};
  }
  if (!jar) {
    return refused("has a jar for each value of Trunkd-Jar, name one with --jar" +
                   existing_jars(state + jar_directory(name)));
  }
  if (!valid_jar_value(*jar)) {
    return refused(
        "takes 1 to 64 of A-Z a-z 0-9 . _ - for --jar as for Trunkd-Jar, not starting with a dot");
  }
  return JarChoice{name + '/' + *jar, state + jar_path(name, *jar), state + jar_lock_path(name)};
}

}  // namespace trunkd

#include "session/jar_set.h"

#include <algorithm>
#include <utility>

#include "cookie/jar_path.h"

namespace trunkd {
namespace {

constexpr Duration kMostBetweenLooks = 1h;

}  // namespace

JarSet::JarSet(const JarParts& parts, const CookiesConfig& settings, std::string name)
    : parts_(parts),
      settings_(settings),
      name_(std::move(name)),
      forget_(parts.scheduler, [this] { forget_unused(); }) {
  const bool persist = settings_.keep == CookiesConfig::Keep::persist;
  if (settings_.keep == CookiesConfig::Keep::off) return;
  if (!settings_.by_header) {
    only_ = make_jar(persist ? jar_path(name_) : std::string());
    only_->open();
    return;
  }
  if (persist) {
    for (std::string& value :
         parts_.journals.stored_in(parts_.directory + '/' + jar_directory(name_))) {
      if (valid_jar_value(value)) by_value_[std::move(value)].last_used = parts_.scheduler.now();
    }
  }
  forget_unused();
}

JarSet::~JarSet() = default;

Result<std::shared_ptr<Jar>> JarSet::jar_for(const Headers& request) {
  if (only_) {
    only_->open();
    return only_;
  }
  if (!settings_.by_header) return nullptr;
  const auto value = request.get("Trunkd-Jar");
  if (!value) return nullptr;
  if (request.count("Trunkd-Jar") != 1 || !valid_jar_value(*value)) {
    return failure(ErrorKind::malformed_request,
                   "Trunkd-Jar is 1 to 64 letters, digits, dots, dashes and underscores, and does "
                   "not start with a dot; it comes once");
  }
  return jar_of(*value);
}

Result<std::shared_ptr<Jar>> JarSet::jar_of(std::string_view value) {
  auto found = by_value_.find(value);
  if (found == by_value_.end()) {
    if (by_value_.size() >= settings_.max_jars) {
      return failure(ErrorKind::jar_limit, "there are " + std::to_string(by_value_.size()) +
                                               " cookie jars already, and \"" + std::string(value) +
                                               "\" is a new one");
    }
    found = by_value_.emplace(value, Entry{}).first;
  }
  Entry& entry = found->second;
  if (!entry.jar) {
    const bool persist = settings_.keep == CookiesConfig::Keep::persist;
    entry.jar = make_jar(persist ? jar_path(name_, value) : std::string());
  }
  entry.last_used = parts_.scheduler.now();
  entry.jar->open();
  return entry.jar;
}

std::shared_ptr<Jar> JarSet::find(std::string_view value) {
  if (value.empty()) return only_;
  const auto found = by_value_.find(value);
  if (found == by_value_.end()) return nullptr;
  Entry& entry = found->second;
  if (!entry.jar) entry.jar = make_jar(jar_path(name_, value));  // in its file only
  return entry.jar;
}

std::vector<std::string> JarSet::values() const {
  std::vector<std::string> all;
  for (const auto& [value, entry] : by_value_) all.push_back(value);
  return all;
}

void JarSet::set_limits(const CookiesConfig& settings) {
  settings_ = settings;
  if (settings_.by_header) forget_unused();
}

void JarSet::clear() {
  if (only_) only_->remove([](const Cookie&) { return true; });
  for (const auto& [value, entry] : by_value_) {
    if (entry.jar) entry.jar->remove([](const Cookie&) { return true; });
  }
}

std::shared_ptr<Jar> JarSet::make_jar(const std::string& path) const {
  return std::make_shared<Jar>(parts_, path);
}

// A jar that an exchange still uses is not unused, however long that takes.
void JarSet::forget_unused() {
  const SteadyTime now = parts_.scheduler.now();
  for (auto at = by_value_.begin(); at != by_value_.end();) {
    const Entry& entry = at->second;
    const bool in_use = entry.jar.use_count() > 1;
    if (in_use || now - entry.last_used < settings_.forget_after) {
      ++at;
      continue;
    }
    const std::string value = at->first;
    at = by_value_.erase(at);  // before the file: the jar may still have something to write
    if (settings_.keep == CookiesConfig::Keep::persist) {
      parts_.journals.remove(parts_.directory + '/' + jar_path(name_, value));
    }
  }
  forget_.start_at(now + std::min<Duration>(settings_.forget_after, kMostBetweenLooks));
}

}  // namespace trunkd

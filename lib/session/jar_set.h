// JarSet: the cookie jars of one session, or of several that share them by name: one jar, or one
// for each value of Trunkd-Jar.

#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/timers.h"
#include "config/config.h"
#include "http/headers.h"
#include "session/jar.h"

namespace trunkd {

class JarSet {
 public:
  // `name`: of the files; see jar_path.h. With scope: header, what an earlier run has left is found
  // by a look into the directory, which blocks: at start only. `parts` must outlive the set.
  JarSet(const JarParts& parts, const CookiesConfig& settings, std::string name);
  ~JarSet();

  // The jar of a request with these fields; none: it has none. It may not be read yet (Jar::open()
  // has been called). Errors: malformed_request (Trunkd-Jar), jar_limit.
  Result<std::shared_ptr<Jar>> jar_for(const Headers& request);

  // The jar of this value of Trunkd-Jar, or the only one if `value` is empty; null: there is none.
  // For the admin interface: it counts as no use, and makes no jar.
  std::shared_ptr<Jar> find(std::string_view value);
  std::vector<std::string> values() const;  // of Trunkd-Jar, with scope: header
  void clear();                             // every jar of which cookies are in memory

  const CookiesConfig& settings() const { return settings_; }
  // max_jars and forget_after are those of `settings` from now on; the rest must be as it is.
  void set_limits(const CookiesConfig& settings);

  const std::string& name() const { return name_; }
  size_t size() const { return only_ ? 1 : by_value_.size(); }

 private:
  struct Entry {
    std::shared_ptr<Jar> jar;  // none: in its file only
    SteadyTime last_used{};
  };

  Result<std::shared_ptr<Jar>> jar_of(std::string_view value);
  std::shared_ptr<Jar> make_jar(const std::string& path) const;
  void forget_unused();

  const JarParts& parts_;
  CookiesConfig settings_;
  const std::string name_;
  std::shared_ptr<Jar> only_;                           // scope: session
  std::map<std::string, Entry, std::less<>> by_value_;  // scope: header
  Timer forget_;
};

}  // namespace trunkd

// What trunkd doctor has found, for people and for programs.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace trunkd {

struct Finding {
  enum class Level : uint8_t {
    ok,
    hint,     // works, but is a trap
    problem,  // something will not work
  };
  Level level = Level::ok;
  std::string check;   // what was looked at: "port 8101", "session github"
  std::string seen;    // in a few words
  std::string advice;  // a sentence about what to do; empty if all is well
};

using Findings = std::vector<Finding>;

size_t count_of(const Findings& findings, Finding::Level level);

// A line for each in columns, the advice below it, and a sentence that counts.
std::string findings_text(const Findings& findings);
// A JSON object (docs/adoption.md).
std::string findings_json(const Findings& findings);

}  // namespace trunkd

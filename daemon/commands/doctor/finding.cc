#include "daemon/commands/doctor/finding.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <string_view>

#include "daemon/commands/ctl/for_people.h"

namespace trunkd {
namespace {

using Level = Finding::Level;

constexpr size_t kLevelWidth = 7;  // of the longest word

std::string_view level_word(Level level) {
  switch (level) {
    case Level::ok:
      return "ok";
    case Level::hint:
      return "hint";
    case Level::problem:
      return "problem";
  }
  return {};
}

std::string counting_sentence(const Findings& findings) {
  const size_t problems = count_of(findings, Level::problem);
  const size_t hints = count_of(findings, Level::hint);
  if (problems + hints == 0) return "All is well.\n";
  std::string text = problems > 0 ? counted(problems, "problem") : "No problem";
  if (hints > 0) text += ", " + counted(hints, "hint");
  return text + ".\n";
}

}  // namespace

size_t count_of(const Findings& findings, Level level) {
  return static_cast<size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [level](const Finding& finding) { return finding.level == level; }));
}

std::string findings_text(const Findings& findings) {
  size_t width = 0;
  for (const Finding& finding : findings) width = std::max(width, finding.check.size());
  std::string text;
  for (const Finding& finding : findings) {
    text += fmt::format("{:<{}}  {:<{}}  {}\n", level_word(finding.level), kLevelWidth,
                        finding.check, width, printable(finding.seen));
    if (finding.advice.empty()) continue;
    text += std::string(kLevelWidth + width + 4, ' ') + printable(finding.advice) + '\n';
  }
  return text + counting_sentence(findings);
}

std::string findings_json(const Findings& findings) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"level", level_word(finding.level)},
                    {"check", finding.check},
                    {"seen", finding.seen},
                    {"advice", finding.advice.empty() ? nlohmann::ordered_json()
                                                      : nlohmann::ordered_json(finding.advice)}});
  }
  const nlohmann::ordered_json whole{{"problems", count_of(findings, Level::problem)},
                                     {"hints", count_of(findings, Level::hint)},
                                     {"findings", std::move(list)}};
  return whole.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace trunkd

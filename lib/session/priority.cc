#include "session/priority.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace trunkd {
namespace {

constexpr uint64_t kLowestUrgency = 7;

// The value of a dictionary member (RFC 8941, 3.2) called `u`: an integer from 0 to 7. A decimal, a
// string or a boolean is of the wrong type and counts as absent (RFC 9218, 4).
std::optional<int> urgency_in(std::string_view member) {
  const std::string_view item = member.substr(0, member.find(';'));  // parameters say nothing here
  const auto number = parse_decimal(item.substr(std::min(item.size(), size_t{2})));
  if (!number || *number > kLowestUrgency) return std::nullopt;
  return static_cast<int>(*number);
}

bool is_urgency(std::string_view member) {
  return member.starts_with('u') && (member.size() == 1 || member[1] == '=' || member[1] == ';');
}

}  // namespace

int urgency_of(const Headers& headers, const PriorityConfig& priority) {
  if (!priority.obey_header) return priority.default_urgency;
  std::optional<int> urgency;
  for (const Field field : headers) {
    if (!iequals(field.name, "priority")) continue;
    // Several fields are one list, and the last member of a name counts (RFC 8941, 4.2).
    for_each_member(field.value, [&](std::string_view member) {
      if (is_urgency(member)) urgency = urgency_in(member);
      return true;
    });
  }
  return urgency.value_or(priority.default_urgency);
}

}  // namespace trunkd

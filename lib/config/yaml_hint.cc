#include "config/yaml_hint.h"

#include <algorithm>
#include <yaml-cpp/exceptions.h>

namespace trunkd {
namespace {

constexpr size_t kNowhere = std::string_view::npos;

// The line at `position`, and the one above it that is not blank; without their ends.
struct HintLines {
  std::string_view line;
  std::string_view above;
  size_t column = 0;  // of `position` in `line`, from 0

  HintLines(std::string_view text, size_t position);
};

size_t indentation(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == kNowhere; }

HintLines::HintLines(std::string_view text, size_t position) {
  size_t start = text.substr(0, position).rfind('\n') + 1;  // npos + 1 is 0
  line = text.substr(start, text.find('\n', start) - start);
  column = position - start;
  while (start > 0 && is_blank(above)) {
    const size_t end = start - 1;
    start = text.substr(0, end).rfind('\n') + 1;
    above = text.substr(start, end - start);
  }
}

bool is_indented_with_tabs(std::string_view line) {
  return line.substr(0, line.find_first_not_of(" \t")).find('\t') != kNowhere;
}

// The "[::1]:8101" whose second part begins at `colon`; empty if it is none.
std::string_view address_around(std::string_view line, size_t colon) {
  if (colon == 0 || colon >= line.size() || line[colon] != ':' || line[colon - 1] != ']') return {};
  const size_t start = line.rfind('[', colon);
  if (start == kNowhere) return {};
  const std::string_view host = line.substr(start + 1, colon - start - 2);
  const size_t zone = std::min(host.find('%'), host.size());
  const bool is_ipv6 =
      std::count(host.begin(), host.end(), ':') >= 2 &&
      host.substr(0, zone).find_first_not_of("0123456789abcdefABCDEF:.") == kNowhere;
  const size_t end = std::min(line.find_first_not_of("0123456789", colon + 1), line.size());
  return is_ipv6 ? line.substr(start, end - start) : std::string_view();
}

// "key: value: " up to the second colon, or "{key: value: ".
bool has_key_and_value(std::string_view before) {
  return before.substr(before.find_last_of("{,") + 1).find(": ") != kNowhere;
}

std::string hint_on_indentation(const HintLines& lines) {
  const bool deeper = indentation(lines.line) > indentation(lines.above);
  if (deeper && lines.above.find(": ") != kNowhere) {
    return "this line is indented deeper than the one above, which has a value already";
  }
  return "is this line indented as those that it belongs with?";
}

std::string hint_on_map_value(const HintLines& lines) {
  if (has_key_and_value(lines.line.substr(0, lines.column))) {
    return "a value with \": \" in it must stand in quotes";
  }
  // "base_url:https://..." and "connections 2" go on in the next line.
  const bool is_entry =
      lines.above.find(": ") != kNowhere ||
      lines.above.substr(0, lines.above.find_last_not_of(" \r") + 1).ends_with(':');
  if (!is_entry && !is_blank(lines.above)) {
    return "the line above is no \"key: value\", with a space behind the colon";
  }
  return hint_on_indentation(lines);
}

}  // namespace

std::string yaml_hint(std::string_view text, const YAML::Exception& exception) {
  namespace Complaint = YAML::ErrorMsg;
  const std::string& complaint = exception.msg;
  const size_t position = std::min(static_cast<size_t>(exception.mark.pos), text.size());
  const HintLines lines(text, position);
  const char first = position < text.size() ? text[position] : ' ';
  if (std::string_view("*&@`%!").find(first) != kNowhere) {
    return "a value that begins with " + std::string(1, first) + " must stand in quotes";
  }
  if (is_indented_with_tabs(lines.line) || is_indented_with_tabs(lines.above)) {
    return "YAML does not allow tabs for indentation: use spaces";
  }
  if (const auto address = address_around(lines.line, lines.column); !address.empty()) {
    return "put it in quotes: \"" + std::string(address) + '"';
  }
  if (complaint == Complaint::MAP_VALUE) return hint_on_map_value(lines);
  if (complaint == Complaint::END_OF_MAP_FLOW && first == ':' &&
      has_key_and_value(lines.line.substr(0, lines.column))) {
    return "a value with \": \" in it must stand in quotes";
  }
  if (complaint == Complaint::END_OF_MAP_FLOW) return "a { before this is not closed";
  if (complaint == Complaint::END_OF_SEQ_FLOW) return "a [ before this is not closed";
  const bool begins_line = lines.column <= indentation(lines.line);
  if (complaint == Complaint::BLOCK_ENTRY && !begins_line) {
    return "a list begins on a line of its own, or stands in [ ]";
  }
  const bool is_unexpected = complaint == Complaint::END_OF_MAP ||
                             complaint == Complaint::END_OF_SEQ ||
                             complaint == Complaint::BLOCK_ENTRY;
  return is_unexpected && begins_line ? hint_on_indentation(lines) : "";
}

}  // namespace trunkd

#include "daemon/commands/import/shell_words.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "config/variables.h"
#include "daemon/commands/quoting.h"
#include "http/characters.h"

namespace trunkd {
namespace {

constexpr CharSet kOperators = CharSet().add("|&;<>()");
constexpr CharSet kBlanks = CharSet().add(" \t\r");
constexpr CharSet kDigits = CharSet().add_range('0', '9');
constexpr CharSet kNameChars = CharSet().add_alphanumerics().add("_");
// "$5", "$@": what a script was called with, and the like.
constexpr CharSet kSpecialParameters = CharSet().add("@*#?-!$").add_range('0', '9');

// All bytes below 0x20 but tab and line ends, and 0x7f.
bool is_unexpected(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
}

// What a word must not have, wherever it comes from.
bool is_reserved(char c) { return c == '\0' || c == kVariableBegin || c == kVariableEnd; }

void append_utf8(std::string& out, uint32_t point) {
  const auto add = [&out](uint32_t byte) { out += static_cast<char>(byte); };
  const auto add_rest = [&](int shift) { add(0x80 | ((point >> shift) & 0x3f)); };
  if (point < 0x80) return add(point);
  if (point < 0x800) {
    add(0xc0 | (point >> 6));
  } else if (point < 0x10000) {
    add(0xe0 | (point >> 12));
    add_rest(6);
  } else {
    add(0xf0 | (point >> 18));
    add_rest(12);
    add_rest(6);
  }
  add_rest(0);
}

std::optional<uint32_t> digit_value(char c, uint32_t base) {
  uint32_t value = 16;
  if (c >= '0' && c <= '9') value = static_cast<uint32_t>(c - '0');
  if (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f') {
    value = static_cast<uint32_t>(ascii_lower(c) - 'a') + 10;
  }
  if (value >= base) return std::nullopt;
  return value;
}

class ShellReader {
 public:
  explicit ShellReader(std::string_view text) : rest_(text) {}

  Parsed<ShellWords> read();

 private:
  bool at(char c) const { return !rest_.empty() && rest_.front() == c; }
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  void pass_over(const CharSet& set) {
    while (!rest_.empty() && set.has(rest_.front())) take();
  }
  // A backslash and the line end behind it, which join two lines.
  bool take_joint();
  void pass_blanks();
  bool at_word_end() const;
  bool take_end_of_command();
  bool at_redirection() const;
  bool take_redirection();

  // Each appends to `word` and returns false once there is an error.
  bool read_word(std::string& word);
  bool read_quoted(std::string& word);               // behind '
  bool read_double_quoted(std::string& word);        // behind "
  bool read_dollar(std::string& word, bool quoted);  // behind $
  bool read_variable(std::string& word);             // at its name
  bool read_ansi_c(std::string& word);               // behind $'
  bool read_escape(std::string& word);               // behind its backslash
  bool add_code(std::string& word, uint32_t base, size_t most, bool unicode);
  bool add(std::string& word, char c) {
    if (is_reserved(c)) return fail("there is a control byte in it");
    word += c;
    return true;
  }

  bool fail(std::string sentence) {
    error_ = std::move(sentence);
    return false;
  }

  std::string_view rest_;
  ShellWords found_;
  std::string error_;
};

bool ShellReader::take_joint() {
  if (rest_.starts_with("\\\n")) return rest_.remove_prefix(2), true;
  if (rest_.starts_with("\\\r\n")) return rest_.remove_prefix(3), true;
  return false;
}

void ShellReader::pass_blanks() {
  do {
    pass_over(kBlanks);
  } while (take_joint());
}

bool ShellReader::at_word_end() const {
  return rest_.empty() || at('\n') || kBlanks.has(rest_.front()) || kOperators.has(rest_.front());
}

// A line end, or an operator behind which another command stands.
bool ShellReader::take_end_of_command() {
  if (!at('\n') && !at('|') && !at('&') && !at(';')) return false;
  const char c = take();
  pass_over(CharSet(kBlanks).add("\n"));
  if (!rest_.empty()) {
    found_.passed_over.push_back(c == '\n' ? "the lines behind the command"
                                           : std::string("what stands behind ") + c);
  }
  return true;
}

// ">", "2>", "<"
bool ShellReader::at_redirection() const {
  size_t i = 0;
  while (i < rest_.size() && kDigits.has(rest_[i])) ++i;
  return i < rest_.size() && (rest_[i] == '<' || rest_[i] == '>');
}

bool ShellReader::take_redirection() {
  pass_over(kDigits);
  pass_over(CharSet().add("<>&|"));
  pass_blanks();
  std::string target;
  if (!read_word(target)) return false;
  found_.passed_over.emplace_back("a redirection");
  return true;
}

bool ShellReader::read_word(std::string& word) {
  while (error_.empty()) {
    if (take_joint()) continue;
    if (at_word_end()) return true;
    const char c = take();
    if (c == '\'') {
      if (!read_quoted(word)) return false;
    } else if (c == '"') {
      if (!read_double_quoted(word)) return false;
    } else if (c == '$') {
      if (!read_dollar(word, false)) return false;
    } else if (c == '`') {
      return fail("a command in `...` cannot be run here: put what it prints in its place");
    } else if (c == '\\') {
      if (!rest_.empty() && !add(word, take())) return false;
    } else if (!add(word, c)) {
      return false;
    }
  }
  return false;
}

bool ShellReader::read_quoted(std::string& word) {
  const size_t end = rest_.find('\'');
  if (end == std::string_view::npos) return fail("a ' is not closed");
  word += rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return true;
}

bool ShellReader::read_double_quoted(std::string& word) {
  while (!rest_.empty()) {
    if (take_joint()) continue;
    const char c = take();
    if (c == '"') return true;
    if (c == '`') {
      return fail("a command in `...` cannot be run here: put what it prints in its place");
    }
    if (c == '$') {
      if (!read_dollar(word, true)) return false;
    } else if (c == '\\' && (at('"') || at('\\') || at('$') || at('`'))) {
      word += take();
    } else if (!add(word, c)) {
      return false;
    }
  }
  return fail("a \" is not closed");
}

bool ShellReader::read_dollar(std::string& word, bool quoted) {
  if (!quoted && at('\'')) return take(), read_ansi_c(word);
  if (!quoted && at('"')) return take(), read_double_quoted(word);
  if (at('(')) {
    return fail("a command in $(...) cannot be run here: put what it prints in its place");
  }
  if (at('{')) {
    take();
    if (!read_variable(word) || !at('}')) {
      return fail("only $NAME and ${NAME} can be understood of what a shell computes");
    }
    take();
    return true;
  }
  if (rest_.empty() || !(kNameChars.has(rest_.front()) || kSpecialParameters.has(rest_.front()))) {
    word += '$';
    return true;
  }
  if (kSpecialParameters.has(rest_.front())) {
    return fail(std::string("$") + rest_.front() +
                " has no value here: put its value in its place, or ' around it");
  }
  return read_variable(word);
}

bool ShellReader::read_variable(std::string& word) {
  size_t length = 0;
  while (length < rest_.size() && kNameChars.has(rest_[length])) ++length;
  const std::string name(rest_.substr(0, length));
  if (!is_variable_name(name)) return false;
  rest_.remove_prefix(length);
  word += kVariableBegin + name + kVariableEnd;
  return true;
}

bool ShellReader::read_ansi_c(std::string& word) {
  while (!rest_.empty()) {
    const char c = take();
    if (c == '\'') return true;
    if (c == '\\' && !rest_.empty()) {
      if (!read_escape(word)) return false;
    } else if (!add(word, c)) {
      return false;
    }
  }
  return fail("a $' is not closed");
}

bool ShellReader::read_escape(std::string& word) {
  static constexpr std::pair<char, char> kSimple[] = {
      {'a', '\a'}, {'b', '\b'}, {'e', '\x1b'}, {'E', '\x1b'}, {'f', '\f'}, {'n', '\n'}, {'r', '\r'},
      {'t', '\t'}, {'v', '\v'}, {'\\', '\\'},  {'\'', '\''},  {'"', '"'},  {'?', '?'}};
  if (digit_value(rest_.front(), 8)) return add_code(word, 8, 3, false);
  const char c = take();
  for (const auto& [letter, meaning] : kSimple) {
    if (c == letter) return add(word, meaning);
  }
  if (c == 'x') return add_code(word, 16, 2, false);
  if (c == 'u') return add_code(word, 16, 4, true);
  if (c == 'U') return add_code(word, 16, 8, true);
  if (c == 'c' && !rest_.empty()) return add(word, static_cast<char>(take() & 0x1f));
  word += '\\';  // no escape
  return add(word, c);
}

bool ShellReader::add_code(std::string& word, uint32_t base, size_t most, bool unicode) {
  uint64_t code = 0;
  size_t digits = 0;
  while (digits < most && !rest_.empty() && digit_value(rest_.front(), base)) {
    code = code * base + *digit_value(take(), base);
    ++digits;
  }
  if (digits == 0) return fail("an escape in $'...' has no digits");
  if (!unicode) return add(word, static_cast<char>(code & 0xff));
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    return fail("an escape in $'...' names no character");
  }
  if (code < 0x80) return add(word, static_cast<char>(code));
  append_utf8(word, static_cast<uint32_t>(code));
  return true;
}

Parsed<ShellWords> ShellReader::read() {
  if (rest_.size() > kMaxShellText) return wrong("is longer than 4 MiB");
  if (std::any_of(rest_.begin(), rest_.end(), is_unexpected)) {
    return wrong("there is a control byte in it");
  }
  while (true) {
    pass_blanks();
    if (rest_.empty()) break;
    if (found_.words.empty() && at('\n')) {
      take();
      continue;
    }
    if (at('#')) {
      rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      continue;
    }
    if (take_end_of_command()) break;
    if (at('(') || at(')')) return wrong("( and ) need quotes around them");
    if (rest_.starts_with("^\"") || rest_.starts_with("^\n") || rest_.starts_with("^\r\n")) {
      return wrong("this is written for cmd.exe: choose \"Copy as cURL (bash)\" instead");
    }
    if (at_redirection()) {
      if (!take_redirection()) return wrong(error_);
      continue;
    }
    std::string word;
    if (!read_word(word)) return wrong(error_);
    if (found_.words.size() == kMaxShellWords) return wrong("has more than 10000 words");
    found_.words.push_back(std::move(word));
  }
  return std::move(found_);
}

}  // namespace

bool has_variable(std::string_view word) {
  return word.find(kVariableBegin) != std::string_view::npos;
}

std::string_view variable_of(std::string_view word) {
  const bool is_one = word.size() > 2 && word.front() == kVariableBegin &&
                      word.find(kVariableEnd) == word.size() - 1;
  return is_one ? word.substr(1, word.size() - 2) : std::string_view();
}

std::string sh_quoted_word(std::string_view word) {
  if (word.empty()) return sh_quoted(word);
  std::string out;
  while (!word.empty()) {
    const size_t begin = std::min(word.find(kVariableBegin), word.size());
    if (begin > 0) out += sh_quoted(word.substr(0, begin));
    word.remove_prefix(begin);
    if (word.empty()) break;
    const size_t end = word.find(kVariableEnd);
    out.append("\"$").append(word.substr(1, end - 1)).append("\"");
    word.remove_prefix(end + 1);
  }
  return out;
}

Parsed<ShellWords> read_shell_words(std::string_view text) { return ShellReader(text).read(); }

Parsed<void> check_words(const std::vector<std::string>& words) {
  if (words.size() > kMaxShellWords) return wrong("has more than 10000 words");
  size_t size = 0;
  for (const std::string& word : words) {
    size += word.size();
    if (std::any_of(word.begin(), word.end(), is_reserved)) {
      return wrong("there is a control byte in it");
    }
  }
  if (size > kMaxShellText) return wrong("is longer than 4 MiB");
  return {};
}

}  // namespace trunkd

// A line for a shell to its words, as sh and bash cut it: what people copy from documentation and
// from a browser's "Copy as cURL".

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/parsed.h"

namespace trunkd {

// What the shell would put in for a variable is not known here: $NAME and ${NAME} stand in a word
// as kVariableBegin NAME kVariableEnd. Both are control bytes, which no word can have otherwise.
constexpr char kVariableBegin = '\x01';
constexpr char kVariableEnd = '\x02';

bool has_variable(std::string_view word);
// The name, if the word is one variable and nothing else; else empty.
std::string_view variable_of(std::string_view word);
// One word of a shell that means the same, variables included.
std::string sh_quoted_word(std::string_view word);

struct ShellWords {
  std::vector<std::string> words;
  std::vector<std::string> passed_over;  // "|" and what stands behind it, redirections
};

constexpr size_t kMaxShellText = size_t{4} * 1024 * 1024;
constexpr size_t kMaxShellWords = 10000;

// The words of the first command in `text`: quotes of all kinds, $'...', backslashes at line ends,
// comments. What would have to be run or computed ($(...), `...`, ${A:-b}) is an error. No error
// quotes the text, since a secret may stand anywhere in it.
Parsed<ShellWords> read_shell_words(std::string_view text);

// Whether words that a shell has cut already can be taken; the error says why not.
Parsed<void> check_words(const std::vector<std::string>& words);

}  // namespace trunkd

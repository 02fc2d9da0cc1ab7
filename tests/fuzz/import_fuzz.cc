// Any text is a curl command or is refused; what is made of one loads, and the call that it prints
// is read as a curl command again.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "config/config_loader.h"
#include "daemon/commands/import/import_text.h"
#include "daemon/commands/import/shell_words.h"

namespace trunkd {
namespace {

void require_import(bool holds, const char* what, const std::string& text) {
  if (holds) return;
  std::fprintf(stderr, "%s:\n%s\n", what, text.c_str());
  std::abort();
}

std::optional<std::string> nothing_set(const std::string&) { return std::nullopt; }

// A word that is quoted is read as the same.
void check_quoting(const std::vector<std::string>& words, const std::string& text) {
  std::string line;
  for (const std::string& word : words) line += sh_quoted_word(word) + ' ';
  const auto again = read_shell_words(line);
  // Words of $'...' may have control bytes, which a text may not.
  if (!again) return;
  require_import(again->words == words, "words change when they are quoted", text);
}

void check_import(const std::string& text, const PublicSuffixes& suffixes) {
  const auto shell = read_shell_words(text);
  if (!shell) return;
  check_quoting(shell->words, text);
  const auto curl = read_curl_command(shell->words);
  if (!curl) return;
  ImportPlace place;
  place.secret_directory = "/secrets";
  place.working_directory = "/srv";
  const auto session = import_session(*curl, place, suffixes);
  if (!session) return;

  const std::string file = import_text(*session, shell->passed_over, "");
  const LoadedConfig loaded = load_config_text(file, "fuzz.yaml", nothing_set);
  require_import(loaded.config && loaded.config->sessions.size() == 1, "does not load", file);
  require_import(loaded.config->sessions.front().tls.verify, "verifies nothing", file);

  std::string call;
  for (const std::string& word : session->curl) call += sh_quoted_word(word) + ' ';
  const auto call_words = read_shell_words(call);
  require_import(call_words && call_words->words == session->curl, "prints another call", call);
  const auto called = read_curl_command(call_words->words);
  require_import(called.has_value(), "prints no curl command", call);
}

}  // namespace
}  // namespace trunkd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const trunkd::PublicSuffixes suffixes;
  trunkd::check_import(std::string(reinterpret_cast<const char*>(data), size), suffixes);
  return 0;
}

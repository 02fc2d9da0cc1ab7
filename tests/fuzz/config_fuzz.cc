// The loader takes any bytes: it answers with a configuration or with mistakes, and what it accepts
// it can print and load again to the same.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "config/config_loader.h"
#include "config/config_yaml.h"

namespace {

using trunkd::ConfigMistake;
using trunkd::load_config_text;
using trunkd::LoadedConfig;
using trunkd::to_yaml;

void require(bool holds, const char* what, const std::string& text) {
  if (holds) return;
  std::fprintf(stderr, "%s:\n%s\n", what, text.c_str());
  std::abort();
}

// Some variables are set, so that fuzzing gets behind them.
std::optional<std::string> environment(const std::string& name) {
  if (name == "HOST") return "a.example";
  if (name == "PORT") return "8101";
  return std::nullopt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const LoadedConfig loaded = load_config_text(text, "fuzz.yaml", environment);
  require((loaded.config == nullptr) == !loaded.mistakes.empty(), "neither or both", text);
  for (const ConfigMistake& mistake : loaded.mistakes) {
    require(!mistake.message.empty() && mistake.file == "fuzz.yaml", "no message", text);
  }
  if (!loaded.config) return 0;

  const std::string printed = to_yaml(*loaded.config);
  const LoadedConfig again = load_config_text(printed, "printed.yaml", environment);
  require(again.config && *again.config == *loaded.config, "does not load again", printed);
  return 0;
}

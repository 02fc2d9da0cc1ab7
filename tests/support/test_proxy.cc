#include "support/test_proxy.h"

#include <stdexcept>
#include <utility>

#include "config/config_loader.h"

namespace trunkd {

std::string session_yaml(std::string_view name, std::string_view base_url, std::string_view more) {
  std::string yaml = "listen: off\nsessions:\n  " + std::string(name) +
                     ":\n    listen: 0\n    base_url: " + std::string(base_url) + "\n";
  while (!more.empty()) {
    const size_t end = more.find('\n');
    yaml += "    " + std::string(more.substr(0, end)) + "\n";
    more.remove_prefix(end == std::string_view::npos ? more.size() : end + 1);
  }
  return yaml;
}

Config test_config(const std::string& yaml) {
  const LoadedConfig loaded = load_config_text(yaml, "test.yaml");
  std::string mistakes;
  for (const ConfigMistake& mistake : loaded.mistakes) mistakes += mistake.text() + '\n';
  if (!loaded.config) throw std::runtime_error(mistakes);
  return *loaded.config;
}

TestProxy::TestProxy(Loop& loop, const std::string& yaml)
    : TestProxy(loop, std::make_shared<const Config>(test_config(yaml))) {}

TestProxy::TestProxy(Loop& loop, std::shared_ptr<const Config> config, LogLevel level)
    : log_(level, LogFormat::text), access_(nullptr) {
  auto sink = std::make_unique<FakeFileSink>();
  access_ = sink.get();
  server_ = std::make_unique<Server>(loop, std::move(config), log_, sockets_, std::move(sink),
                                     AccessLog::Format::json);
  if (auto started = server_->start(); !started) throw std::runtime_error(started.error().detail);
}

const std::string& TestProxy::access_log() {
  access_->finish();
  return access_->written;
}

}  // namespace trunkd

#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/text.h"

namespace trunkd {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

struct Log::Sink {
  spdlog::logger logger;
};

// A logger of our own, not in spdlog's registry: that is global.
Log::Log(LogLevel level, LogFormat format)
    : sink_(new Sink{spdlog::logger("trunkd", std::make_shared<spdlog::sinks::stderr_sink_st>())}) {
  sink_->logger.set_level(spdlog_level(level));
  sink_->logger.set_pattern(format == LogFormat::json
                                ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","message":"%v"})"
                                : "%H:%M:%S.%e %l %v");
}

Log::~Log() = default;

bool Log::enabled(LogLevel level) const { return sink_->logger.should_log(spdlog_level(level)); }

void Log::set_level(LogLevel level) { sink_->logger.set_level(spdlog_level(level)); }

// Escaped as JSON in both formats: a quoted piece of input must not forge a line.
void Log::write(LogLevel level, std::string_view message) {
  if (!enabled(level)) return;
  std::string line;
  append_json_escaped(line, message);
  sink_->logger.log(spdlog_level(level), "{}", line);
}

}  // namespace trunkd

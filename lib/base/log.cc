#include "base/log.h"

#include <cstdlib>
#include <optional>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "base/journald.h"
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

// For people: as it is, but for control bytes and invalid UTF-8, which become \xNN.
void append_one_line(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text.front());
    const size_t length = utf8_length(text);
    const bool control = first < 0x20 || first == 0x7f;
    if (length == 0 || control) {
      out += "\\x";
      out += kHex[first >> 4];
      out += kHex[first & 15];
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

// Of syslog(3).
int priority_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return 7;
    case LogLevel::info:
      return 6;
    case LogLevel::warning:
      return 4;
    case LogLevel::error:
      return 3;
  }
  return 6;
}

// A JSON line gets its session as a member before the message, through spdlog's message text.
const char* pattern_of(LogFormat format) {
  switch (format) {
    case LogFormat::json:
      return R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v"})";
    case LogFormat::text:
      return "%H:%M:%S.%e %l %v";
    case LogFormat::journal:
      return "%v";
  }
  return "%v";
}

}  // namespace

struct Log::Sink {
  spdlog::logger logger;
  const LogFormat format;
  std::optional<JournaldSocket> journal;

  bool to_journal(LogLevel level, std::string_view line, std::string_view session);
};

bool Log::Sink::to_journal(LogLevel level, std::string_view line, std::string_view session) {
  std::string entry;
  append_journal_field(entry, "MESSAGE", line);
  append_journal_field(entry, "PRIORITY", std::to_string(priority_of(level)));
  append_journal_field(entry, "SYSLOG_IDENTIFIER", "trunkd");
  if (!session.empty()) append_journal_field(entry, "TRUNKD_SESSION", session);
  return journal->send(entry);
}

// A logger of our own, not in spdlog's registry: that is global.
Log::Log(LogLevel level, LogFormat format)
    : sink_(new Sink{spdlog::logger("trunkd", std::make_shared<spdlog::sinks::stderr_sink_st>()),
                     format, std::nullopt}) {
  if (format == LogFormat::journal) sink_->journal.emplace();
  sink_->logger.set_level(spdlog_level(level));
  sink_->logger.set_pattern(pattern_of(format));
}

Log::~Log() = default;

bool Log::enabled(LogLevel level) const { return sink_->logger.should_log(spdlog_level(level)); }

void Log::set_level(LogLevel level) { sink_->logger.set_level(spdlog_level(level)); }

// Escaped in all formats: a quoted piece of input must not forge a line.
void Log::write(LogLevel level, std::string_view message, std::string_view session) {
  if (!enabled(level)) return;
  std::string line;
  if (sink_->format == LogFormat::json) {
    if (!session.empty()) {
      line += "\"session\":\"";
      append_json_escaped(line, session);
      line += "\",";
    }
    line += "\"message\":\"";
    append_json_escaped(line, message);
  } else {
    if (!session.empty()) line.append("session \"").append(session).append("\": ");
    append_one_line(line, message);
  }
  if (sink_->format == LogFormat::journal) {
    if (sink_->to_journal(level, line, session)) return;
    line.insert(0, "<" + std::to_string(priority_of(level)) + ">");
  }
  sink_->logger.log(spdlog_level(level), "{}", line);
}

bool stderr_is_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat here {};
  if (stream == nullptr || fstat(STDERR_FILENO, &here) != 0) return false;
  return stream == std::to_string(here.st_dev) + ":" + std::to_string(here.st_ino);
}

}  // namespace trunkd

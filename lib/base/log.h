// Diagnostic log lines: to stderr by spdlog (text on a terminal, else JSON, one object a line), or
// to systemd's journal with their level as priority and their facts as fields.

#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace trunkd {

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { text, json, journal };

// Owned by the server and handed down by reference; there is no global one.
class Log {
 public:
  // With `journal`, what the journal's socket does not take goes to stderr as text, with the prefix
  // that gives it its priority there (sd-daemon(3)).
  Log(LogLevel level, LogFormat format);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  bool enabled(LogLevel level) const;
  void set_level(LogLevel level);
  // `message` is one sentence without secrets; line breaks and control bytes in it are escaped.
  // `session` is the name of the one that it is about, which the line begins with; empty: of none.
  void write(LogLevel level, std::string_view message, std::string_view session = {});

  void debug(std::string_view message, std::string_view session = {}) {
    write(LogLevel::debug, message, session);
  }
  void info(std::string_view message, std::string_view session = {}) {
    write(LogLevel::info, message, session);
  }
  void warning(std::string_view message, std::string_view session = {}) {
    write(LogLevel::warning, message, session);
  }
  void error(std::string_view message, std::string_view session = {}) {
    write(LogLevel::error, message, session);
  }

 private:
  struct Sink;
  std::unique_ptr<Sink> sink_;
};

// Standard error is a stream of systemd's journal ($JOURNAL_STREAM, systemd.exec(5)).
bool stderr_is_journal();

}  // namespace trunkd

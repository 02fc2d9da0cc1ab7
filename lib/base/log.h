// Diagnostic log lines to stderr, by spdlog: text on a terminal, else JSON, one object a line.

#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace trunkd {

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { text, json };

// Owned by the server and handed down by reference; there is no global one.
class Log {
 public:
  Log(LogLevel level, LogFormat format);  // to stderr
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  bool enabled(LogLevel level) const;
  void set_level(LogLevel level);
  // `message` is one sentence without secrets; line breaks and control bytes in it are escaped.
  void write(LogLevel level, std::string_view message);

  void debug(std::string_view message) { write(LogLevel::debug, message); }
  void info(std::string_view message) { write(LogLevel::info, message); }
  void warning(std::string_view message) { write(LogLevel::warning, message); }
  void error(std::string_view message) { write(LogLevel::error, message); }

 private:
  struct Sink;
  std::unique_ptr<Sink> sink_;
};

}  // namespace trunkd

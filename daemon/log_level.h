// The configuration's log level as the log knows it.

#pragma once

#include "base/log.h"
#include "config/config.h"

namespace trunkd {

inline LogLevel log_level(LogLevelSetting setting) {
  switch (setting) {
    case LogLevelSetting::debug:
      return LogLevel::debug;
    case LogLevelSetting::info:
      return LogLevel::info;
    case LogLevelSetting::warning:
      return LogLevel::warning;
    case LogLevelSetting::error:
      return LogLevel::error;
  }
  return LogLevel::info;
}

}  // namespace trunkd

// Exit codes of every command (sysexits.h for the last two).

#pragma once

namespace trunkd {

constexpr int kExitOk = 0;
constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;
constexpr int kExitPermission = 77;
constexpr int kExitConfig = 78;

}  // namespace trunkd

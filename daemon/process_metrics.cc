#include "daemon/process_metrics.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/resource.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace trunkd {
namespace {

constexpr const char* kDescriptors = "/proc/self/fd";

Duration time_of(const timeval& value) {
  return std::chrono::seconds(value.tv_sec) + std::chrono::microseconds(value.tv_usec);
}

uint64_t open_descriptors() {
  struct stat folder {};
  if (stat(kDescriptors, &folder) != 0) return 0;
  if (folder.st_size > 0) return static_cast<uint64_t>(folder.st_size);
  std::error_code failed;
  const std::filesystem::directory_iterator entries(kDescriptors, failed);
  if (failed) return 0;
  const auto all = std::distance(std::filesystem::begin(entries), std::filesystem::end(entries));
  return static_cast<uint64_t>(all) - 1;  // without the one that reads them
}

uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  uint64_t all = 0, resident = 0;
  if (!(file >> all >> resident)) return 0;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

ProcessMetrics process_metrics() {
  ProcessMetrics metrics;
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    metrics.cpu = time_of(usage.ru_utime) + time_of(usage.ru_stime);
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) metrics.max_descriptors = limit.rlim_cur;
  metrics.resident_bytes = resident_bytes();
  metrics.open_descriptors = open_descriptors();
  return metrics;
}

}  // namespace trunkd

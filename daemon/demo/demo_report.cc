#include "daemon/demo/demo_report.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <string_view>

#include "daemon/demo/squares.h"

namespace trunkd {
namespace {

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

// 1234567 -> "1,234,567", whatever the locale.
std::string grouped(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string latency(Duration duration) {
  if (duration >= 1s) return fmt::format("{:.2f} s", seconds(duration));
  return fmt::format("{:.1f} ms", seconds(duration) * 1e3);
}

uint64_t calls(const CallResult& result) { return result.right + result.wrong; }

std::string calls_per_second(const CallResult& result) {
  if (result.elapsed <= Duration::zero()) return "-";
  const auto count = static_cast<double>(calls(result));
  return grouped(static_cast<uint64_t>(std::llround(count / seconds(result.elapsed))));
}

// How many of the calls found a connection that was open already.
std::string reuse_rate(const CallResult& result, const OriginCounts& counts) {
  const uint64_t all = calls(result);
  if (all == 0) return "-";
  const uint64_t reused = all - std::min(all, counts.accepted);
  return fmt::format("{:.1f} %", 100.0 * static_cast<double>(reused) / static_cast<double>(all));
}

std::string per_call(Duration cpu, const CallResult& result) {
  if (calls(result) == 0) return "-";
  return fmt::format("{:.0f} us", seconds(cpu) * 1e6 / static_cast<double>(calls(result)));
}

std::string row(std::string_view name, std::string_view pooled, std::string_view alone) {
  return fmt::format("  {:<26}{:>16}{:>24}\n", name, pooled, alone);
}

std::string verdict(const DemoReport& report) {
  const CallResult& pooled = report.through_trunkd;
  const CallResult& alone = report.new_connection_each;
  const OriginCounts& counts = report.origin.through_trunkd;
  if (passed(report)) {
    return fmt::format("Passed: every answer was right, over {} of at most {} connections.\n",
                       grouped(counts.accepted), grouped(report.connections));
  }
  std::string text;
  if (counts.accepted > report.connections) {
    text += fmt::format("FAILED: {} connections were opened, {} are allowed.\n",
                        grouped(counts.accepted), grouped(report.connections));
  }
  for (const CallResult* result : {&pooled, &alone}) {
    if (result->wrong == 0) continue;
    text +=
        fmt::format("FAILED: {} of {} calls {}; the first: {}\n", grouped(result->wrong),
                    grouped(calls(*result)),
                    result == &pooled ? "through trunkd" : "without trunkd", result->first_failure);
  }
  return text;
}

}  // namespace

std::string heading_text(uint64_t calls, uint64_t compared, const DemoReport& report) {
  return fmt::format(
      "{} HTTPS calls, {} to /{}, from {} clients over {} connections;\n"
      "then {} of them with a new connection each, as without trunkd.\n",
      grouped(calls), square_path(1), calls, report.callers, grouped(report.connections),
      grouped(compared));
}

bool passed(const DemoReport& report) {
  return report.through_trunkd.wrong == 0 && report.new_connection_each.wrong == 0 &&
         report.origin.through_trunkd.accepted <= report.connections;
}

std::string report_text(const DemoReport& report) {
  const CallResult& pooled = report.through_trunkd;
  const CallResult& alone = report.new_connection_each;
  const OriginCounts& pooled_counts = report.origin.through_trunkd;
  const OriginCounts& alone_counts = report.origin.new_connection_each;
  std::string out;
  out += row("", "through trunkd", "new connection each");
  out += row("calls", grouped(calls(pooled)), grouped(calls(alone)));
  out += row("  wrong or failed", grouped(pooled.wrong), grouped(alone.wrong));
  out += row("time", fmt::format("{:.2f} s", seconds(pooled.elapsed)),
             fmt::format("{:.2f} s", seconds(alone.elapsed)));
  out += row("calls per second", calls_per_second(pooled), calls_per_second(alone));
  out += row("latency, median", latency(pooled.median), latency(alone.median));
  out += row("latency, 99 % below", latency(pooled.percentile_99), latency(alone.percentile_99));
  out += row("connections opened", grouped(pooled_counts.accepted), grouped(alone_counts.accepted));
  out += row("  most at once", grouped(pooled_counts.max_open), grouped(alone_counts.max_open));
  out += row("  calls that reused one", reuse_rate(pooled, pooled_counts),
             reuse_rate(alone, alone_counts));
  out +=
      row("TLS handshakes, full", grouped(pooled_counts.tls_full), grouped(alone_counts.tls_full));
  out += row("TLS handshakes, resumed", grouped(pooled_counts.tls_resumed),
             grouped(alone_counts.tls_resumed));
  out += row("trunkd's CPU per call", per_call(report.trunkd_cpu, pooled), "-");
  out +=
      "\nAll processes share this machine. A client with a faster TLS library opens connections\n"
      "some times faster; over a real network each one also waits for two or three round "
      "trips.\n\n";
  return out + verdict(report);
}

std::string next_steps_text(const std::string& program) {
  return fmt::format(
      "Next, with an API of the real world (trunkd.yaml):\n"
      "\n"
      "  sessions:\n"
      "    github:\n"
      "      listen: 8101\n"
      "      base_url: https://api.github.com\n"
      "      connections: 8\n"
      "\n"
      "  {0} serve -c trunkd.yaml\n"
      "  curl http://127.0.0.1:8101/zen\n",
      program);
}

std::string progress_text(const std::string& title, uint64_t done, uint64_t all) {
  constexpr uint64_t kWidth = 30;
  const uint64_t filled = all == 0 ? kWidth : std::min(done, all) * kWidth / all;
  return fmt::format("  {:<22}[{}{}]  {} of {}", title, std::string(filled, '#'),
                     std::string(kWidth - filled, '.'), grouped(done), grouped(all));
}

}  // namespace trunkd

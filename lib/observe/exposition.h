// Exposition: numbers of one moment in the text format of Prometheus.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/duration_histogram.h"

namespace trunkd {

// Metrics come out in the order in which they are put in. Base units: seconds and bytes. Labels are
// escaped; their values must come from the configuration or from our own tables, since each
// combination is a time series of its own.
class Exposition {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  Exposition();
  ~Exposition();
  Exposition(const Exposition&) = delete;
  Exposition& operator=(const Exposition&) = delete;

  // What follows, up to the next of these, are the samples of this metric.
  void counter(std::string_view name, std::string_view help);
  void gauge(std::string_view name, std::string_view help);
  void histogram(std::string_view name, std::string_view help);

  void add(Labels labels, double value);
  void add(Labels labels, uint64_t value);
  void add(Labels labels, Duration time);
  void add(Labels labels, const DurationHistogram& times);  // of a histogram

  std::string text() const;  // version 0.0.4; a metric without samples is left out

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace trunkd

#include "observe/exposition.h"

#include <cassert>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <vector>

namespace trunkd {
namespace {

double seconds(Duration time) { return static_cast<double>(time.count()) / 1e6; }

prometheus::ClientMetric labelled(const Exposition::Labels& labels) {
  prometheus::ClientMetric metric;
  metric.label.reserve(labels.size());
  for (const auto& [name, value] : labels) {
    metric.label.push_back({std::string(name), std::string(value)});
  }
  return metric;
}

}  // namespace

struct Exposition::State {
  std::vector<prometheus::MetricFamily> families;

  void begin(std::string_view name, std::string_view help, prometheus::MetricType type) {
    // prometheus-cpp escapes labels but not this; it is always a text of our own.
    assert(help.find_first_of("\\\n") == std::string_view::npos);
    prometheus::MetricFamily& family = families.emplace_back();
    family.name = name;
    family.help = help;
    family.type = type;
  }
};

Exposition::Exposition() : state_(std::make_unique<State>()) {}

Exposition::~Exposition() = default;

void Exposition::counter(std::string_view name, std::string_view help) {
  state_->begin(name, help, prometheus::MetricType::Counter);
}

void Exposition::gauge(std::string_view name, std::string_view help) {
  state_->begin(name, help, prometheus::MetricType::Gauge);
}

void Exposition::histogram(std::string_view name, std::string_view help) {
  state_->begin(name, help, prometheus::MetricType::Histogram);
}

void Exposition::add(Labels labels, double value) {
  prometheus::MetricFamily& family = state_->families.back();
  assert(family.type != prometheus::MetricType::Histogram);
  prometheus::ClientMetric metric = labelled(labels);
  metric.counter.value = metric.gauge.value = value;  // the family's type says which is written
  family.metric.push_back(std::move(metric));
}

void Exposition::add(Labels labels, uint64_t value) { add(labels, static_cast<double>(value)); }

void Exposition::add(Labels labels, Duration time) { add(labels, seconds(time)); }

// The format counts in each bucket what is in those below it too.
void Exposition::add(Labels labels, const DurationHistogram& times) {
  prometheus::MetricFamily& family = state_->families.back();
  assert(family.type == prometheus::MetricType::Histogram);
  prometheus::ClientMetric metric = labelled(labels);
  uint64_t below = 0;
  for (size_t i = 0; i < DurationHistogram::kBounds.size(); ++i) {
    below += times.counts()[i];
    metric.histogram.bucket.push_back({below, seconds(DurationHistogram::kBounds[i])});
  }
  metric.histogram.sample_count = times.count();
  metric.histogram.sample_sum = seconds(times.sum());
  family.metric.push_back(std::move(metric));
}

std::string Exposition::text() const {
  std::vector<prometheus::MetricFamily> with_samples;
  for (const prometheus::MetricFamily& family : state_->families) {
    if (!family.metric.empty()) with_samples.push_back(family);
  }
  return prometheus::TextSerializer().Serialize(with_samples);
}

}  // namespace trunkd

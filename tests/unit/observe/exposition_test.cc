// The text format of Prometheus, as https://prometheus.io/docs/instrumenting/exposition_formats/
// has it.

#include "observe/exposition.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

TEST(ExpositionTest, ASmallSnapshotAsText) {
  Exposition out;
  out.counter("trunkd_requests_total", "Requests.");
  out.add({{"session", "shop"}}, uint64_t{12345678901});
  out.add({{"session", ""}}, uint64_t{0});
  out.gauge("trunkd_queue_oldest_seconds", "Age.");
  out.add({}, Duration(1500ms));
  EXPECT_EQ(out.text(),
            "# HELP trunkd_requests_total Requests.\n"
            "# TYPE trunkd_requests_total counter\n"
            "trunkd_requests_total{session=\"shop\"} 12345678901\n"
            "trunkd_requests_total{session=\"\"} 0\n"
            "# HELP trunkd_queue_oldest_seconds Age.\n"
            "# TYPE trunkd_queue_oldest_seconds gauge\n"
            "trunkd_queue_oldest_seconds 1.5\n");
}

TEST(ExpositionTest, AHistogramCountsInEachBucketWhatIsBelowIt) {
  DurationHistogram times;
  times.observe(400us);
  times.observe(30ms);
  times.observe(2min);
  Exposition out;
  out.histogram("trunkd_wait_seconds", "Waiting.");
  out.add({{"session", "shop"}, {"phase", "queue"}}, times);
  const std::string labels = "{session=\"shop\",phase=\"queue\"";
  EXPECT_EQ(out.text(),
            "# HELP trunkd_wait_seconds Waiting.\n"
            "# TYPE trunkd_wait_seconds histogram\n"
            "trunkd_wait_seconds_count" +
                labels +
                "} 3\n"
                "trunkd_wait_seconds_sum" +
                labels +
                "} 120.0304\n"
                "trunkd_wait_seconds_bucket" +
                labels +
                ",le=\"0.0005\"} 1\n"
                "trunkd_wait_seconds_bucket" +
                labels +
                ",le=\"0.001\"} 1\n"
                "trunkd_wait_seconds_bucket" +
                labels +
                ",le=\"0.0025\"} 1\n"
                "trunkd_wait_seconds_bucket" +
                labels +
                ",le=\"0.005\"} 1\n"
                "trunkd_wait_seconds_bucket" +
                labels +
                ",le=\"0.01\"} 1\n"
                "trunkd_wait_seconds_bucket" +
                labels +
                ",le=\"0.025\"} 1\n"
                "trunkd_wait_seconds_bucket" +
                labels +
                ",le=\"0.05\"} 2\n"
                "trunkd_wait_seconds_bucket" +
                labels +
                ",le=\"0.1\"} 2\n"
                "trunkd_wait_seconds_bucket" +
                labels +
                ",le=\"0.25\"} 2\n"
                "trunkd_wait_seconds_bucket" +
                labels +
                ",le=\"0.5\"} 2\n"
                "trunkd_wait_seconds_bucket" +
                labels +
                ",le=\"1\"} 2\n"
                "trunkd_wait_seconds_bucket" +
                labels +
                ",le=\"2.5\"} 2\n"
                "trunkd_wait_seconds_bucket" +
                labels +
                ",le=\"5\"} 2\n"
                "trunkd_wait_seconds_bucket" +
                labels +
                ",le=\"10\"} 2\n"
                "trunkd_wait_seconds_bucket" +
                labels +
                ",le=\"30\"} 2\n"
                "trunkd_wait_seconds_bucket" +
                labels +
                ",le=\"60\"} 2\n"
                "trunkd_wait_seconds_bucket" +
                labels + ",le=\"+Inf\"} 3\n");
}

TEST(ExpositionTest, LabelsAreEscaped) {
  Exposition out;
  out.gauge("trunkd_x", "X.");
  out.add({{"session", "a\"b\\c\nd"}}, uint64_t{1});
  EXPECT_EQ(out.text(),
            "# HELP trunkd_x X.\n"
            "# TYPE trunkd_x gauge\n"
            "trunkd_x{session=\"a\\\"b\\\\c\\nd\"} 1\n");
}

TEST(ExpositionTest, TimesKeepTheirMicroseconds) {
  Exposition out;
  out.gauge("process_start_time_seconds", "Start.");
  out.add({}, 1790000000.123456);
  EXPECT_NE(out.text().find("\nprocess_start_time_seconds 1790000000.123456\n"), std::string::npos)
      << out.text();
}

TEST(ExpositionTest, AMetricWithoutSamplesIsLeftOut) {
  Exposition out;
  out.counter("trunkd_a_total", "A.");
  out.counter("trunkd_b_total", "B.");
  out.add({}, uint64_t{1});
  EXPECT_EQ(out.text(),
            "# HELP trunkd_b_total B.\n"
            "# TYPE trunkd_b_total counter\n"
            "trunkd_b_total 1\n");
}

}  // namespace
}  // namespace trunkd

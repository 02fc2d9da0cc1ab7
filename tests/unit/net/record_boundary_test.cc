#include "net/record_boundary.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

TEST(RecordBoundaryTest, ARecordIsOverWithItsLastByteHoweverItIsCut) {
  const std::string_view records("\x17\x03\x03\x00\x02hi\x17\x03\x03\x00\x00\x17\x03\x03\x01\x00",
                                 17);
  for (size_t cut = 1; cut <= 17; ++cut) {
    RecordBoundary boundary;
    boundary.pass(records.substr(0, cut));
    EXPECT_EQ(boundary.within_record(), cut != 7 && cut != 12) << cut;
    RecordBoundary by_bytes;
    for (size_t i = 0; i < cut; ++i) by_bytes.pass(records.substr(i, 1));
    EXPECT_EQ(by_bytes.within_record(), boundary.within_record()) << cut;
  }
}

}  // namespace
}  // namespace trunkd

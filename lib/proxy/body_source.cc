#include "proxy/body_source.h"

namespace trunkd {

void BodySource::append(std::string_view bytes, bool sent) {
  received_ += bytes.size();
  if (whole_ && received_ > kWindow) {
    whole_ = false;
    held_.consume(position_);
    position_ = 0;
  }
  if (sent && !whole_) return;
  held_.append(bytes);
  if (sent) position_ += bytes.size();
}

void BodySource::mark_sent() {
  if (whole_) {
    position_ = held_.size();
  } else {
    held_.clear();
  }
}

}  // namespace trunkd

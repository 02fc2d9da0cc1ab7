#include "proxy/aside.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace trunkd {
namespace {

// A media type whose content people read (RFC 6838, 4.2.1 and 4.2.8).
bool is_text(std::string_view content_type) {
  const std::string type = to_lower(trim(content_type.substr(0, content_type.find(';'))));
  return type.starts_with("text/") || type == "application/json" || type == "application/xml" ||
         type.ends_with("+json") || type.ends_with("+xml");
}

// What an excerpt would be cut out of must not be compressed.
bool can_be_shown(const Headers& headers) {
  const auto coding = headers.get("Content-Encoding");
  if (coding && !iequals(trim(*coding), "identity")) return false;
  const auto type = headers.get("Content-Type");
  return type && is_text(*type);
}

}  // namespace

Aside Aside::retry(Duration delay) {
  Aside aside(Then::retry);
  aside.delay_ = delay;
  return aside;
}

Aside Aside::follow(Hop&& hop) {
  Aside aside(Then::follow);
  aside.hop_ = std::move(hop);
  return aside;
}

Aside Aside::raise(ResponseHead&& head) {
  Aside aside(Then::raise);
  aside.shows_text_ = can_be_shown(head.headers);
  aside.head_ = std::move(head);
  return aside;
}

Aside Aside::fail(Error&& error) {
  Aside aside(Then::fail);
  aside.error_ = std::move(error);
  return aside;
}

bool Aside::take(std::string_view bytes) {
  read_ += bytes.size();
  if (shows_text_ && excerpt_.size() < kExcerpt) {
    excerpt_ += bytes.substr(0, kExcerpt - excerpt_.size());
  }
  return read_ <= kMostRead;
}

}  // namespace trunkd

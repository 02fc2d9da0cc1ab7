#include "session/response_dresser.h"

#include <optional>

#include "base/text.h"
#include "http/fields.h"
#include "http/url.h"
#include "http/writer.h"
#include "session/client_view.h"
#include "session/dresser.h"

namespace trunkd {
namespace {}  // namespace

void append_downstream_fields(std::string& out, const Headers& headers,
                              const ResponseDressing& dressing) {
  const ConnectionOptions connection(headers);
  std::optional<Url> sent;  // only made when a field needs it
  for (const Field field : headers) {
    if (is_hop_by_hop(field.name) || is_framing_field(field.name) || connection.lists(field.name)) {
      continue;
    }
    if (!is_rewritten(field.name)) {
      append_field(out, field.name, field.value);
      continue;
    }
    if (dressing.has_jar && iequals(field.name, "set-cookie")) continue;
    if (!sent) sent = dressing.route.sent_url();
    const auto rewritten =
        rewrite_field(field.name, field.value, dressing.session, dressing.route.view, *sent,
                      dressing.dropped_secure, dressing.credential);
    if (rewritten) append_field(out, field.name, *rewritten);
  }
  if (dressing.session.via) append_field(out, "Via", kVia);
}

}  // namespace trunkd

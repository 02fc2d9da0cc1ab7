#include <nlohmann/json.hpp>

#include "daemon/commands/ctl/for_people.h"
#include "daemon/commands/ctl/request_text.h"
#include "daemon/commands/ctl/text_table.h"

namespace trunkd {
namespace {

std::string text_or_dash(const Json& json) {
  const std::string text = json.is_null() ? "" : json.get<std::string>();
  return text.empty() ? "-" : printable(text);
}

}  // namespace

// Origin and path stand apart: the path is the client's own, without that of base_url, and may be a
// whole URL.
std::string requests_table(const Json& answer) {
  TextTable table({{"STARTED"},
                   {"ID"},
                   {"SESSION"},
                   {"STATUS", TextTable::Align::right},
                   {"TOOK", TextTable::Align::right},
                   {"ERROR"},
                   {"ORIGIN"},
                   {"ASKED FOR"}});
  for (const Json& request : answer.at("requests")) {
    const auto status = request.at("status").get<int>();
    table.add({text_or_dash(request.at("started")), text_or_dash(request.at("id")),
               text_or_dash(request.at("session")), status == 0 ? "-" : std::to_string(status),
               milliseconds_text(request.at("milliseconds").at("total").get<double>()),
               text_or_dash(request.at("error")), text_or_dash(request.at("origin")),
               text_or_dash(request.at("method")) + ' ' + text_or_dash(request.at("path"))});
  }
  if (table.empty()) return "No request has failed or taken longer than a second lately.\n";
  return table.text() + "\ntrunkd ctl why ID tells the story of one.\n";
}

}  // namespace trunkd

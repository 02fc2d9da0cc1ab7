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

std::string request_url(const Json& request) {
  const Json& origin = request.at("origin");
  return (origin.is_null() ? "" : text_or_dash(origin)) + text_or_dash(request.at("path"));
}

}  // namespace

std::string requests_table(const Json& answer) {
  TextTable table({{"STARTED"},
                   {"ID"},
                   {"SESSION"},
                   {"STATUS", TextTable::Align::right},
                   {"TOOK", TextTable::Align::right},
                   {"ERROR"},
                   {"REQUEST"}});
  for (const Json& request : answer.at("requests")) {
    const auto status = request.at("status").get<int>();
    table.add({text_or_dash(request.at("started")), text_or_dash(request.at("id")),
               text_or_dash(request.at("session")), status == 0 ? "-" : std::to_string(status),
               milliseconds_text(request.at("milliseconds").at("total").get<double>()),
               text_or_dash(request.at("error")),
               text_or_dash(request.at("method")) + ' ' + request_url(request)});
  }
  if (table.empty()) return "No request has failed or taken longer than a second lately.\n";
  return table.text() + "\ntrunkd ctl why ID tells the story of one.\n";
}

}  // namespace trunkd

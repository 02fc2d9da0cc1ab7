#include "config/config_reference.h"
#include "daemon/manual/manual.h"
#include "daemon/manual/roff.h"
#include "daemon/version.h"

namespace trunkd {

const char* const kManualExample =
    R"(listen: 7480                   # the port that all sessions share
sessions:
  github:                      # one host
    listen: 8101               # a port of its own
    base_url: https://api.github.com
    connections: 4             # never more, for all clients together
    auth: {bearer: "file:/etc/trunkd/github.token"}
    rate: {limit: 20/s, burst: 5}
    retry: {attempts: 3, on: [connect, 429, 502, 503]}
  crawler:                     # many hosts
    allow_hosts: ["*.example.com", "example.org:8443"]
    connections_per_host: 4
)";

namespace {

void write_fields(Roff& page, const std::vector<FieldReference>& fields) {
  for (const FieldReference& field : fields) {
    const std::string value =
        field.default_in_words ? field.default_text : '`' + field.default_text + '`';
    page.item(bold(field.name), field.description + " Default: " + value + '.');
  }
}

void write_rules(Roff& page) {
  page.section("RULES");
  page.item(bold("Durations"), "A whole number with a unit: `250ms`, `5s`, `2m`, `1h`.");
  page.item(bold("Rates"),
            "A whole number for a second, minute or hour: `20/s`, `100/m`, `1000/h`.");
  page.item(bold("Fields with a dot"),
            "They stand in a mapping: `queue.max` is `queue: {max: 5}`.");
  page.item(bold("off"),
            "The same as `false`; a field whose default is `off` is set back with it.");
  page.item(
      bold("Variables"),
      "`${VAR}` in a value is replaced from the environment, `${VAR:-default}` has a default, "
      "`$$` is a dollar. A variable that is not set and has no default is a mistake.");
  page.item(bold("Secrets"),
            "`file:PATH`, `env:NAME` or `credential:NAME`; the secret itself never stands in the "
            "configuration.");
  page.item(
      bold("Listeners"),
      "A port (of 127.0.0.1 and [::1]; localhost:PORT is the same), HOST:PORT with an address, "
      "unix:PATH, or {unix: PATH, mode: \"0660\", group: NAME}. An address that other machines can "
      "reach needs `expose: true`.");
  page.item(bold("Names of sessions"),
            "Small letters, digits and inner dashes, at most 63 in all.");
  page.item(bold("x-"), "Keys that begin so are ignored: a place for anchors.");
  page.item(
      bold("Several files"),
      "Of two values for one top-level field the later file's counts. A session stands in one "
      "file only.");
  page.paragraph(
      "Unknown and repeated keys, wrong types and fields without a value are mistakes; only a "
      "group of fields, such as `log`, may be empty. `trunkd check` tells them all, `trunkd "
      "config` prints what is in effect, `trunkd schema` prints a JSON Schema for editors. A "
      "running daemon takes changes over by `trunkd ctl reload`.");
}

}  // namespace

std::string configuration_manual() {
  Roff page("TRUNKD.YAML", "5", TRUNKD_DATE, "trunkd " TRUNKD_VERSION, "File formats");
  page.section("NAME");
  page.paragraph("trunkd.yaml - configuration of trunkd");
  page.section("DESCRIPTION");
  page.paragraph(
      "`trunkd`(8) reads /etc/trunkd/trunkd.yaml and then /etc/trunkd/conf.d/*.yaml in the order "
      "of "
      "their names; if there is none of these, ~/.config/trunkd/trunkd.yaml. The option `-c` names "
      "other files. They are YAML, and their main part is the sessions: what a request names, and "
      "what goes out in its name.");
  page.section("EXAMPLE");
  page.example(kManualExample);
  write_rules(page);
  page.section("TOP LEVEL");
  write_fields(page, top_reference());
  page.section("SESSIONS");
  page.paragraph("Each stands under its name in `sessions`. `defaults` may have the same fields.");
  write_fields(page, session_reference());
  page.section("FILES");
  page.paragraph("/etc/trunkd/trunkd.yaml, /etc/trunkd/conf.d, ~/.config/trunkd/trunkd.yaml");
  page.section("SEE ALSO");
  page.paragraph("`trunkd`(8)");
  return page.text();
}

}  // namespace trunkd

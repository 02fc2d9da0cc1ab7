// The URL rule as docs/urls.md tells it: each row of its tables is a request.

#include "session/url_rule.h"

#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "config/config_loader.h"
#include "routing_fixture.h"
#include "session/dresser.h"

namespace trunkd {
namespace {

using RuleRow = std::vector<std::string>;

// The cell's text without its back ticks.
std::string plain_cell(std::string_view cell) {
  const size_t begin = cell.find('`'), end = cell.rfind('`');
  return begin == cell.npos ? std::string() : std::string(cell.substr(begin + 1, end - begin - 1));
}

// The rows of the table below `heading`.
std::vector<RuleRow> table_below(const std::string& heading) {
  std::ifstream file(std::string(TRUNKD_SOURCE_DIR) + "/docs/urls.md");
  std::vector<RuleRow> rows;
  bool below = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) below = line == "## " + heading;
    if (!below || !line.starts_with("| `")) continue;
    RuleRow row;
    std::istringstream cells(line.substr(1));
    for (std::string cell; std::getline(cells, cell, '|');) row.push_back(plain_cell(cell));
    rows.push_back(std::move(row));
  }
  EXPECT_FALSE(rows.empty()) << heading;
  return rows;
}

// "lang: de, page: 1"
std::vector<NameValue> params_of(const std::string& cell) {
  std::vector<NameValue> params;
  for (size_t start = 0; start < cell.size();) {
    const size_t end = std::min(cell.find(", ", start), cell.size());
    const std::string pair = cell.substr(start, end - start);
    const size_t colon = pair.find(": ");
    params.push_back({pair.substr(0, colon), pair.substr(colon + 2)});
    start = end + 2;
  }
  return params;
}

class UrlRuleTest : public RoutingTest {
 protected:
  void session(const std::string& base_url, const std::string& endpoint,
               const std::string& params) {
    std::string yaml = "sessions: {shop: {base_url: \"" + base_url + "\"";
    if (!endpoint.empty()) yaml += ", endpoint: \"" + endpoint + "\"";
    const LoadedConfig loaded = load_config_text(yaml + "}}", "test.yaml");
    ASSERT_TRUE(loaded.config) << yaml;
    config_.sessions = loaded.config->sessions;
    config_.sessions[0].params = params_of(params);
    router_.reset();
  }

  Route route(const std::string& target) {
    const bool shared = target.starts_with("/s/shop");
    auto found = ask(request(target == "*" ? "OPTIONS" : "GET", target, {{"Host", "localhost"}}),
                     shared ? shared_ : own(0));
    EXPECT_TRUE(found) << target << ": " << found.error().detail;
    return found ? *found : Route{};
  }
  std::string url_sent(const std::string& target) {
    const Route found = route(target);
    return found.origin.text() + found.target;
  }
};

TEST_F(UrlRuleTest, PathsAreJoinedAsTheTableSays) {
  for (const RuleRow& row : table_below("Paths")) {
    ASSERT_EQ(row.size(), 4U);
    session(row[0], row[1], "");
    EXPECT_EQ(url_sent(row[2]), row[3]) << row[0] << " + " << row[1] << " + " << row[2];
  }
}

TEST_F(UrlRuleTest, ParamsAreAddedAsTheTableSays) {
  for (const RuleRow& row : table_below("Queries")) {
    ASSERT_EQ(row.size(), 4U);
    session(row[0], "", row[1]);
    EXPECT_EQ(url_sent(row[2]), row[3]) << row[0] << " + " << row[2] << " + " << row[1];
  }
}

TEST_F(UrlRuleTest, TheCredentialIsPutInAsTheTableSays) {
  for (const RuleRow& row : table_below("The credential")) {
    ASSERT_EQ(row.size(), 4U);
    session(row[0], "", row[1]);
    SessionConfig& shop = config_.sessions[0];
    shop.auth.kind = AuthConfig::Kind::query;
    shop.auth.name = "key";
    const Credential credential(shop, std::make_unique<FixedSecret>(std::string("s3/cret")));
    const Route found = route(row[2]);
    const RequestHead head = request("GET", row[2], {});
    std::string out;
    ASSERT_TRUE(append_upstream_head(out, {head, "GET", found.origin, found.target, {}}, shop,
                                     &credential));
    const std::string line = out.substr(0, out.find(" HTTP/1.1\r\n"));
    EXPECT_EQ(found.origin.text() + line.substr(4), row[3]) << row[2] << " + " << row[1];
  }
}

TEST_F(UrlRuleTest, AMultiHostSessionHasParamsTooForEveryHost) {
  config_.sessions = {multi_host("crawler", {{"example.com", true, std::nullopt}})};
  config_.sessions[0].params = {{"v", "1"}};
  EXPECT_EQ(url_sent("http://a.example.com"), "http://a.example.com/?v=1");
  EXPECT_EQ(url_sent("http://b.example.com/x?v"), "http://b.example.com/x?v");
}

TEST(AddParamsTest, ANameThatStandsTwiceIsSentTwice) {
  std::string target = "/x";
  add_params(target, {{"a", "1"}, {"a", "2"}});
  EXPECT_EQ(target, "/x?a=1&a=2");
}

}  // namespace
}  // namespace trunkd

// openapi.json names the routes that there are. That the answers are what it says is tested with
// the real daemon, in tests/integration/operations.

#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "admin/admin_handler.h"
#include "admin/embedded.h"

namespace trunkd {
namespace {

using nlohmann::json;

// As the handler has them: "GET /sessions/*".
std::vector<std::string> documented_routes(const json& description) {
  std::vector<std::string> names;
  for (const auto& [path, item] : description.at("paths").items()) {
    const std::string pattern = std::regex_replace(path, std::regex("\\{[a-z]+\\}"), "*");
    if (item.contains("get")) names.push_back("GET " + pattern);
    if (item.contains("post")) names.push_back("POST " + pattern);
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST(OpenapiTest, DescribesEveryRouteAndNoOther) {
  std::vector<std::string> routes = AdminHandler::route_names();
  std::sort(routes.begin(), routes.end());
  EXPECT_EQ(documented_routes(json::parse(embedded_openapi())), routes);
}

void collect_references(const json& node, std::vector<std::string>& references) {
  if (node.is_object() && node.contains("$ref")) references.push_back(node.at("$ref"));
  if (!node.is_structured()) return;
  for (const json& child : node) collect_references(child, references);
}

TEST(OpenapiTest, EachReferenceLeadsSomewhere) {
  const json description = json::parse(embedded_openapi());
  std::vector<std::string> references;
  collect_references(description, references);
  ASSERT_FALSE(references.empty());
  for (const std::string& reference : references) {
    ASSERT_EQ(reference[0], '#');
    EXPECT_TRUE(description.contains(json::json_pointer(reference.substr(1)))) << reference;
  }
}

}  // namespace
}  // namespace trunkd

// Runs the HTML cases of the public table of Go template cases when it is at hand:
// $TOCSIN_CORPUS/tables/go_template_cases.json, or ../shared/corpus. The table is not part of the repository;
// without it the test says that it is skipped.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/json.h"
#include "tests/core/html_template/html_template_table.h"

namespace tocsin::tmpl {
namespace {

std::filesystem::path corpus_table() {
  const char* folder = std::getenv("TOCSIN_CORPUS");
  return std::filesystem::path(folder != nullptr ? folder : "../shared/corpus") / "tables" /
         "go_template_cases.json";
}

Value value_of(const JsonValue& json) {
  switch (json.kind()) {
    case JsonValue::Kind::kNull:
      return {};
    case JsonValue::Kind::kBoolean:
      return Value::boolean(json.boolean());
    case JsonValue::Kind::kInteger:
      return Value::integer(json.integer());
    case JsonValue::Kind::kNumber:
      return Value::floating(json.number());
    case JsonValue::Kind::kString:
      return Value::string(json.string());
    case JsonValue::Kind::kArray: {
      Value::List items;
      for (const JsonValue& item : json.array()) items.push_back(value_of(item));
      return Value::list(std::move(items));
    }
    case JsonValue::Kind::kObject: {
      Value::Map entries;
      for (const auto& [key, value] : json.object()) entries[key] = value_of(value);
      return Value::map(std::move(entries));
    }
  }
  return {};
}

}  // namespace

TEST_CASE("every HTML case of the Go template table gives Go's output or Go's error") {
  std::ifstream file(corpus_table(), std::ios::binary);
  if (!file) {
    MESSAGE("skipped: go_template_cases.json is not here; set TOCSIN_CORPUS to the corpus folder");
    return;
  }
  std::ostringstream contents;
  contents << file.rdbuf();
  const auto cases = JsonValue::parse(contents.str());
  REQUIRE(cases.has_value());
  std::size_t seen = 0;
  for (const JsonValue& item : cases->array()) {
    if (!item.boolean("html")) continue;
    ++seen;
    const std::string text = item.text("template");
    CAPTURE(item.text("src"));
    CAPTURE(text);
    const std::string error = item.text("oracle_err");
    const std::string output = item.text(item.find("want_ok").is_null() ? "oracle_out" : "want");
    CHECK(html_outcome(text, value_of(item.find("data"))) == (error.empty() ? output : error));
  }
  CHECK(seen > 150);
}

}  // namespace tocsin::tmpl

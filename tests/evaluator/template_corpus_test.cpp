// Prometheus' own template cases, as data. They are not part of the repository: TOCSIN_CORPUS names their
// folder.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/json.h"
#include "core/html_template/html_template_set.h"
#include "core/template/template_set.h"
#include "evaluator/rule_functions.h"
#include "evaluator/rule_template.h"

using namespace tocsin;

namespace {

std::filesystem::path corpus_folder() {
  const char* folder = std::getenv("TOCSIN_CORPUS");
  return folder != nullptr ? folder : "../shared/corpus";
}

tmpl::Value value_of(const JsonValue& json) {
  switch (json.kind()) {
    case JsonValue::Kind::kInteger:
      return tmpl::Value::floating(json.number());
    case JsonValue::Kind::kNumber:
      return tmpl::Value::floating(json.number());
    case JsonValue::Kind::kString:
      return tmpl::Value::string(json.string());
    case JsonValue::Kind::kArray: {
      tmpl::Value::List items;
      for (const JsonValue& item : json.array()) items.push_back(value_of(item));
      return tmpl::Value::list(std::move(items));
    }
    default:
      return tmpl::Value();
  }
}

// Cases of Prometheus' console pages, which we do not serve: `tmpl` exists only there.
bool is_of_consoles(const JsonValue& test) {
  return test.text("template").find("tmpl") != std::string::npos;
}

Result<std::string> expand(const JsonValue& test) {
  TemplateEnvironment environment;
  environment.external_url = "http://testhost:9090/path/prefix";
  environment.query = [&](const std::string& expression) -> Result<std::vector<Sample>> {
    std::vector<Sample> samples;
    for (const JsonValue& row : test.find("query").find(expression).array()) {
      samples.push_back({row.labels("labels"), row.find("value").number(), false, ""});
    }
    return samples;
  };
  const TemplateRun run(environment);
  tmpl::TemplateSet templates("test", rule_functions());
  const Result<void> parsed = templates.parse("test", test.text("template"));
  if (!parsed) return fail("error parsing template test: " + parsed.error().message);
  tmpl::ExecuteOptions options;
  options.missing_key = tmpl::MissingKey::zero;
  options.functions = &run.functions();
  const tmpl::Value dot = value_of(test.find("dot"));
  const Result<std::string> text = test.boolean("html")
                                       ? tmpl::HtmlTemplateSet(templates).execute("test", dot, options)
                                       : templates.execute("test", dot, options);
  if (!text) return fail("error executing template test: " + text.error().message);
  return *text;
}

}  // namespace

TEST_CASE("rule templates agree with Prometheus' own cases") {
  const std::filesystem::path path = corpus_folder() / "tables" / "prom_template_cases.json";
  if (!std::filesystem::exists(path)) {
    MESSAGE("skipped: no corpus at " << path.string() << " (set TOCSIN_CORPUS)");
    return;
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream contents;
  contents << file.rdbuf();
  const Result<JsonValue> cases = JsonValue::parse(contents.str());
  REQUIRE(cases.has_value());
  REQUIRE(!cases->array().empty());
  for (const JsonValue& test : cases->array()) {
    const std::string text = test.text("template");
    CAPTURE(text);
    CAPTURE(test.boolean("html"));
    if (is_of_consoles(test)) continue;
    const Result<std::string> result = expand(test);
    CHECK(result.has_value() == !test.boolean("fail"));
    if (result) {
      CHECK(*result == test.text("want"));
    } else if (!test.find("errmsg").is_null()) {
      CHECK(result.error().message == test.text("errmsg"));
    }
  }
}

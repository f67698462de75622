// Runs the public table of Go template cases when it is at hand:
// $TOCSIN_CORPUS/tables/go_template_cases.json, or ../shared/corpus. The table is not part of the repository;
// without it the test says that it is skipped.
#include <doctest/doctest.h>
#include <simdjson.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/template/template_set.h"

namespace tocsin::tmpl {
namespace {

std::optional<std::filesystem::path> corpus_table(const char* name) {
  std::vector<std::filesystem::path> folders = {"../shared/corpus"};
  if (const char* folder = std::getenv("TOCSIN_CORPUS")) folders = {folder};
  for (const auto& folder : folders) {
    if (std::filesystem::exists(folder / "tables" / name)) return folder / "tables" / name;
  }
  return std::nullopt;
}

Value to_value(simdjson::dom::element element) {
  using simdjson::dom::element_type;
  switch (element.type()) {
    case element_type::OBJECT: {
      Value::Map map;
      for (const auto field : simdjson::dom::object(element))
        map[std::string(field.key)] = to_value(field.value);
      return Value::map(std::move(map));
    }
    case element_type::ARRAY: {
      Value::List list;
      for (const auto item : simdjson::dom::array(element)) list.push_back(to_value(item));
      return Value::list(std::move(list));
    }
    case element_type::BOOL:
      return Value::boolean(bool(element));
    case element_type::INT64:
    case element_type::UINT64:
      return Value::integer(std::int64_t(element));
    case element_type::DOUBLE:
      return Value::floating(double(element));
    case element_type::STRING:
      return Value::string(std::string(std::string_view(element)));
    case element_type::NULL_VALUE:
      return {};
  }
  return {};
}

std::string text_of(simdjson::dom::element test, const char* key) {
  std::string_view text;
  return test[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

struct Case {
  std::string source, text, want, error;
  Value data;
};

std::vector<Case> text_cases(simdjson::dom::element table) {
  std::vector<Case> cases;
  for (const auto test : simdjson::dom::array(table)) {
    if (bool(test["html"])) continue;
    Case item;
    item.source = text_of(test, "src") + " " + text_of(test, "name");
    item.text = text_of(test, "template");
    item.error = text_of(test, "oracle_err");
    item.want = test["want_ok"].is_null() ? text_of(test, "oracle_out") : text_of(test, "want");
    item.data = to_value(test["data"]);
    cases.push_back(std::move(item));
  }
  return cases;
}

TEST_CASE("every text case of the Go template table gives Go's output or Go's error") {
  const auto path = corpus_table("go_template_cases.json");
  if (!path) {
    MESSAGE("skipped: go_template_cases.json is not here; set TOCSIN_CORPUS to the corpus folder");
    return;
  }
  simdjson::dom::parser parser;
  simdjson::dom::element table;
  REQUIRE(parser.load(path->string()).get(table) == simdjson::SUCCESS);
  const std::vector<Case> cases = text_cases(table);
  CHECK(cases.size() > 400);
  std::size_t disagreements = 0;
  for (const Case& item : cases) {
    const auto result = render("t", item.text, item.data);
    const std::string error = result ? "" : result.error().message;
    const bool agrees = error == item.error && (!result || *result == item.want);
    if (agrees) continue;
    ++disagreements;
    MESSAGE(item.source << "\n  text:  " << item.text << "\n  want:  " << item.want << " | " << item.error
                        << "\n  got:   " << result.value_or("") << " | " << error);
  }
  CHECK(disagreements == 0);
}

}  // namespace
}  // namespace tocsin::tmpl

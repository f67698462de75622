#include "app/template_command.h"

#include <cstdio>
#include <iostream>
#include <limits>

#include "app/clock.h"
#include "app/files.h"
#include "core/json.h"
#include "core/html_template/html_template_set.h"
#include "core/template/template_set.h"
#include "evaluator/rule_functions.h"
#include "evaluator/template_run.h"
#include "receivers/notification_templates.h"
#include "rules/template_check.h"

namespace tocsin {
namespace {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

struct Case {
  std::string kind = "notification";
  std::string text;
  bool html = false;
  NamedTexts files;
  JsonValue data;
};

tmpl::Value value_of(const JsonValue& json) {
  switch (json.kind()) {
    case JsonValue::Kind::kNull:
      return {};
    case JsonValue::Kind::kBoolean:
      return tmpl::Value::boolean(json.boolean());
    case JsonValue::Kind::kInteger:
      return tmpl::Value::integer(json.integer());
    case JsonValue::Kind::kNumber:
      return tmpl::Value::floating(json.number());
    case JsonValue::Kind::kString:
      return tmpl::Value::string(json.string());
    case JsonValue::Kind::kArray: {
      tmpl::Value::List items;
      for (const JsonValue& item : json.array()) items.push_back(value_of(item));
      return tmpl::Value::list(std::move(items));
    }
    case JsonValue::Kind::kObject: {
      tmpl::Value::Map entries;
      for (const auto& [key, value] : json.object()) entries[key] = value_of(value);
      return tmpl::Value::map(std::move(entries));
    }
  }
  return {};
}

// A sample value: a number, its text ("NaN", "1.5", "+Inf"), or Prometheus' [time, "text"].
double sample_value(const JsonValue& json) {
  if (json.kind() == JsonValue::Kind::kArray && json.array().size() == 2)
    return sample_value(json.array()[1]);
  if (json.kind() != JsonValue::Kind::kString) return json.number();
  const std::string& text = json.string();
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  return std::strtod(text.c_str(), nullptr);  // takes +Inf and -Inf too
}

// A query's result as a list of {labels or metric, value}, as a bare number (a scalar), or as the `data` of a
// Prometheus answer.
std::vector<Sample> query_result(const JsonValue& json) {
  if (json.kind() == JsonValue::Kind::kObject) {
    const bool whole_answer = !json.find("data").is_null();
    const JsonValue& data = whole_answer ? json.find("data") : json;
    if (data.text("resultType") == "scalar")
      return {{Labels(), sample_value(data.find("result")), false, ""}};
    return query_result(data.find("result"));
  }
  if (json.kind() != JsonValue::Kind::kArray) return {{Labels(), sample_value(json), false, ""}};
  std::vector<Sample> samples;
  for (const JsonValue& row : json.array()) {
    const char* labels = row.find("labels").is_null() ? "metric" : "labels";
    samples.push_back({row.labels(labels), sample_value(row.find("value")), false, ""});
  }
  return samples;
}

Result<std::string> render_notification(const Case& input) {
  Problems problems;
  const NotificationTemplates templates = NotificationTemplates::make(input.files, problems);
  if (problems.has_errors()) return fail(problems.to_string());
  const std::string body = input.data.is_null() ? "{}" : json_text(input.data);
  auto data = read_webhook_message(body);
  if (!data) return tl::unexpected(data.error());
  const NotificationView view(std::move(*data), SystemClock().now());
  return input.html ? templates.html(input.text, view) : templates.text(input.text, view);
}

// What the dot of a rule's template is: the data that a rule has, the JSON itself where it is no object, or
// nothing where the data says neither labels nor value and the template asks for none of the rule's
// variables.
enum class Dot { kRuleData, kData, kNothing };

Dot dot_of(const Case& input) {
  const JsonValue& data = input.data;
  if (!data.is_null() && data.kind() != JsonValue::Kind::kObject) return Dot::kData;
  for (const char* variable : {"$labels", "$value", "$externalLabels", "$externalURL"}) {
    if (input.text.find(variable) != std::string::npos) return Dot::kRuleData;
  }
  return data.find("labels").is_null() && data.find("value").is_null() ? Dot::kNothing : Dot::kRuleData;
}

Result<std::string> render_rule(const Case& input) {
  const JsonValue& data = input.data;
  TemplateEnvironment environment;
  environment.now = SystemClock().now();
  environment.external_labels = data.labels("externalLabels");
  environment.external_url = data.text("externalURL");
  environment.query = [&](const std::string& expression) -> Result<std::vector<Sample>> {
    const JsonValue& result = data.find("query").find(expression);
    if (result.is_null()) return fail("the data has no result for the query " + go_quote(expression));
    return query_result(result);
  };
  const TemplateRun run(environment);
  const Sample sample{data.labels("labels"), sample_value(data.find("value")), false, ""};
  const Dot dot = dot_of(input);
  const std::string_view prelude = dot == Dot::kRuleData ? rule_template_prelude() : "";
  tmpl::TemplateSet templates("test", rule_functions());
  if (const auto parsed = templates.parse("test", std::string(prelude) + input.text); !parsed) {
    return fail("error parsing template test: " + parsed.error().message);
  }
  tmpl::ExecuteOptions options;
  options.missing_key = tmpl::MissingKey::zero;
  options.functions = &run.functions();
  const tmpl::Value value = dot == Dot::kRuleData ? run.data(sample)
                            : dot == Dot::kData   ? value_of(data)
                                                  : tmpl::Value();
  auto out = input.html ? tmpl::HtmlTemplateSet(templates).execute("test", value, options)
                        : templates.execute("test", value, options);
  if (!out) return fail("error executing template test: " + out.error().message);
  return out;
}

Result<std::string> render_go(const Case& input) {
  tmpl::TemplateSet templates("t");
  for (const auto& [name, text] : input.files) {
    if (const auto parsed = templates.parse(name, text); !parsed) return tl::unexpected(parsed.error());
  }
  if (const auto parsed = templates.parse("t", input.text); !parsed) return tl::unexpected(parsed.error());
  const tmpl::Value data = value_of(input.data);
  return input.html ? tmpl::HtmlTemplateSet(templates).execute("t", data) : templates.execute("t", data);
}

Result<std::string> render(const Case& input) {
  if (input.kind == "notification") return render_notification(input);
  if (input.kind == "rule") return render_rule(input);
  if (input.kind == "go") return render_go(input);
  return fail("unknown kind " + go_quote(input.kind) + ": notification, rule or go");
}

// In a case, `files` are template texts, or paths of existing files, or an object of name and text.
NamedTexts files_of(const JsonValue& json) {
  NamedTexts files;
  DiskFiles disk;
  for (const auto& [name, text] : json.object()) files.emplace_back(name, text.string());
  for (const JsonValue& item : json.array()) {
    auto from_disk = item.string().find("{{") == std::string::npos ? disk.read(item.string()) : fail("");
    const std::string name = from_disk ? item.string() : "file" + std::to_string(files.size() + 1);
    files.emplace_back(name, from_disk ? *from_disk : item.string());
  }
  return files;
}

Result<std::string> render_line(const JsonValue& line) {
  Case input;
  if (!line.find("kind").is_null()) input.kind = line.text("kind");
  input.text = line.text("template");
  input.html = line.boolean("html");
  input.files = files_of(line.find("files"));
  input.data = line.find("data");
  return render(input);
}

int render_lines() {
  std::string text;
  while (std::getline(std::cin, text)) {
    if (text.empty()) continue;
    const auto line = JsonValue::parse(text);
    const Result<std::string> out = line ? render_line(*line) : tl::unexpected(line.error());
    JsonWriter json;
    json.begin_object().key("id").raw(line ? json_text(line->find("id")) : "null");
    json.field("out", out ? *out : "").field("err", out ? "" : out.error().message).end_object();
    std::cout << json.text() << "\n";
  }
  return 0;
}

Result<Case> case_of(const RenderOptions& options) {
  Case input;
  input.kind = options.kind;
  input.text = options.text;
  input.html = options.type == "html";
  DiskFiles disk;
  for (const std::string& glob : options.globs) {
    const auto paths = disk.find(glob);
    if (!paths) return tl::unexpected(paths.error());
    if (paths->empty()) return fail("no file matches " + glob);
    for (const std::string& path : *paths) {
      auto text = disk.read(path);
      if (!text) return tl::unexpected(text.error());
      input.files.emplace_back(path, std::move(*text));
    }
  }
  if (!options.data_file.empty()) {
    const auto text = disk.read(options.data_file);
    if (!text) return tl::unexpected(text.error());
    auto data = JsonValue::parse(*text);
    if (!data) return fail(options.data_file + ": " + data.error().message);
    input.data = std::move(*data);
  }
  return input;
}

}  // namespace

int run_template_render(const RenderOptions& options) {
  if (options.jsonl) return render_lines();
  if (options.text.empty()) {
    std::fputs("nothing to render: give --template.text, or --jsonl\n", stderr);
    return 2;
  }
  const auto input = case_of(options);
  const Result<std::string> out = input ? render(*input) : tl::unexpected(input.error());
  if (!out) {
    std::fprintf(stderr, "%s\n", out.error().message.c_str());
    return 1;
  }
  std::printf("%s\n", out->c_str());
  return 0;
}

}  // namespace tocsin

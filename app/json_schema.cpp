#include "app/json_schema.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <vector>

#include "core/json.h"

namespace tocsin {
namespace {

// What the loaders take for each kind of value. An absent value and a null one are the same to them.
constexpr std::string_view kText = R"({"type":["string","number","boolean","null"]})";
// yes and no are texts to readers of YAML 1.2, such as editors.
constexpr std::string_view kBoolean =
    R"({"enum":[true,false,null,"yes","no","on","off","y","n","Yes","No","On","Off","YES","NO","ON","OFF"]})";
constexpr std::string_view kInteger = R"({"type":["integer","null"]})";
constexpr std::string_view kReal = R"({"type":["number","null"]})";
constexpr std::string_view kPrometheusDuration =
    R"({"anyOf":[{"type":"string","pattern":"^(0|([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$",)"
    R"("minLength":1},{"enum":[0,null]}]})";
constexpr std::string_view kGoDuration =
    R"({"anyOf":[{"type":"string","pattern":"^[-+]?(0|(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$"},)"
    R"({"type":["integer","null"]}]})";

struct NamedKind {
  YamlShape::Use use;
  std::string_view name;
  std::string_view schema;
};
constexpr NamedKind kScalars[] = {
    {YamlShape::kBoolean, "boolean", kBoolean},
    {YamlShape::kInteger, "integer", kInteger},
    {YamlShape::kReal, "number", kReal},
    {YamlShape::kPrometheusDuration, "prometheus_duration", kPrometheusDuration},
    {YamlShape::kGoDuration, "go_duration", kGoDuration},
};

// Samples call a name that nobody asks for so.
constexpr std::string_view kAnyName = "x";

// A schema twice: written out, by which equal ones are known, and as it stands in the document.
struct Schema {
  std::string whole;
  std::string text;
};

class SchemaWriter {
 public:
  std::string write(const YamlShape& root, const SchemaTitle& title) {
    find_repeated(root);
    count_ = true;
    of(root);
    count_ = false;
    const Schema schema = object(root);
    JsonWriter out;
    out.begin_object().field("$schema", "http://json-schema.org/draft-07/schema#");
    out.field("$id", fmt::format("https://tocsin.invalid/{}.json", title.id)).field("title", title.title);
    std::string text = out.take();
    text += ',' + schema.text.substr(1, schema.text.size() - 2) + ",\"definitions\":{";
    std::string_view separator;
    for (const auto& [name, definition] : definitions_) {
      text += fmt::format("{}\"{}\":{}", separator, name, definition);
      separator = ",";
    }
    return text + "}}\n";
  }

 private:
  void find_repeated(const YamlShape& shape) {
    if (const YamlShape* above = shape.repeats()) {
      repeated_.insert(above);
      return;
    }
    for (const auto& [name, child] : shape.keys) find_repeated(*child);
    if (shape.item_if_known() != nullptr) find_repeated(*shape.item_if_known());
    if (shape.value_if_known() != nullptr) find_repeated(*shape.value_if_known());
  }

  static Schema reference(const std::string& name) {
    const std::string text = fmt::format("{{\"$ref\":\"#/definitions/{}\"}}", name);
    return {text, text};
  }

  Schema named(std::string_view name, std::string_view schema) {
    definitions_.try_emplace(std::string(name), schema);
    return reference(std::string(name));
  }

  static Schema any_of(const std::vector<Schema>& choices) {
    if (choices.empty()) return {"{}", "{}"};
    if (choices.size() == 1) return choices.front();
    Schema out{"{\"anyOf\":[", "{\"anyOf\":["};
    for (std::size_t i = 0; i < choices.size(); ++i) {
      out.whole += (i > 0 ? "," : "") + choices[i].whole;
      out.text += (i > 0 ? "," : "") + choices[i].text;
    }
    return {out.whole + "]}", out.text + "]}"};
  }

  Schema of(const YamlShape& shape) {
    const unsigned kinds = shape.kinds();
    if ((kinds & YamlShape::kAnything) != 0) return {"{}", "{}"};
    std::vector<Schema> choices;
    if (!shape.words.empty()) {
      choices.push_back(words(shape));
    } else if ((kinds & YamlShape::kText) != 0) {
      choices.push_back(named("text", kText));
    }
    for (const NamedKind& kind : kScalars) {
      if ((kinds & kind.use) != 0) choices.push_back(named(kind.name, kind.schema));
    }
    if ((kinds & YamlShape::kList) != 0) choices.push_back(list(shape));
    if ((kinds & YamlShape::kObject) != 0) {
      choices.push_back(shared_object(shape));
    } else if ((kinds & YamlShape::kMap) != 0) {
      choices.push_back(map(shape));
    }
    return any_of(choices);
  }

  static Schema words(const YamlShape& shape) {
    JsonWriter json;
    json.begin_object().key("enum").begin_array();
    for (const std::string& word : shape.words) json.string(word);
    json.null().end_array().end_object();
    return {json.text(), json.text()};
  }

  Schema list(const YamlShape& shape) {
    const Schema item = shape.item_if_known() == nullptr ? Schema{"{}", "{}"} : of(*shape.item_if_known());
    constexpr std::string_view kForm = R"({{"type":["array","null"],"items":{}}})";
    return {fmt::format(kForm, item.whole), fmt::format(kForm, item.text)};
  }

  Schema map(const YamlShape& shape) {
    const Schema value = values_of(shape);
    constexpr std::string_view kForm = R"({{"type":["object","null"],"additionalProperties":{}}})";
    return {fmt::format(kForm, value.whole), fmt::format(kForm, value.text)};
  }

  // Of names that the user chooses.
  Schema values_of(const YamlShape& shape) {
    std::vector<Schema> choices;
    if (shape.value_if_known() != nullptr) choices.push_back(of(*shape.value_if_known()));
    for (const auto& [name, child] : shape.keys) {
      if (name == kAnyName) choices.push_back(of(*child));
    }
    if (choices.size() == 2 && (choices[0].whole == choices[1].whole || choices[0].whole == "{}"))
      choices.erase(choices.begin());
    return any_of(choices);
  }

  Schema shared_object(const YamlShape& shape) {
    if (const YamlShape* above = shape.repeats()) return reference(name_of(*above, "again"));
    Schema out = object(shape);
    if (count_) {
      ++uses_[out.whole];
      return {out.whole, out.whole};
    }
    const bool repeated = repeated_.contains(&shape);
    if (!repeated && (uses_[out.whole] < 2 || out.whole.size() < 200)) return out;
    const std::string name = name_of(shape, out.whole);
    definitions_.try_emplace(name, out.text);
    return {out.whole, reference(name).text};
  }

  Schema object(const YamlShape& shape) {
    Schema out{R"({"type":["object","null"],"properties":{)", R"({"type":["object","null"],"properties":{)"};
    std::string_view separator;
    for (const auto& [name, child] : shape.keys) {
      if (!shape.closed && name == kAnyName) continue;
      std::string key;
      append_json_string(key, name);
      const Schema value = described(of(*child), key_description(shape.what, name));
      out.whole += fmt::format("{}{}:{}", separator, key, value.whole);
      out.text += fmt::format("{}{}:{}", separator, key, value.text);
      separator = ",";
    }
    const Schema others = shape.closed ? Schema{"false", "false"} : values_of(shape);
    constexpr std::string_view kForm = R"({}}},"additionalProperties":{}}})";
    return {fmt::format(kForm, out.whole, others.whole), fmt::format(kForm, out.text, others.text)};
  }

  // Nothing may stand beside a $ref in draft-07.
  static Schema described(const Schema& schema, std::string_view description) {
    if (description.empty()) return schema;
    std::string text;
    append_json_string(text, description);
    const auto add = [&](const std::string& json) {
      const std::string inner = json.starts_with("{\"$ref\"") ? fmt::format("\"allOf\":[{}]", json)
                                                              : json.substr(1, json.size() - 2);
      return fmt::format("{{\"description\":{}{}{}}}", text, inner.empty() ? "" : ",", inner);
    };
    return {add(schema.whole), add(schema.text)};
  }

  // Equal schemas have one name; different ones of objects that are called the same have numbers.
  std::string name_of(const YamlShape& shape, const std::string& whole) {
    std::string base;
    for (const char c : shape.what)
      base += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
    if (repeated_.contains(&shape)) return base;
    for (int number = 1;; ++number) {
      const std::string name = number == 1 ? base + "_object" : fmt::format("{}_object_{}", base, number);
      const auto [known, is_new] = names_.try_emplace(name, whole);
      if (is_new || known->second == whole) return name;
    }
  }

  bool count_ = false;
  std::set<const YamlShape*> repeated_;
  std::map<std::string, int> uses_;           // of written out schemas
  std::map<std::string, std::string> names_;  // of definitions, and what they stand for
  std::map<std::string, std::string> definitions_;
};

}  // namespace

std::string json_schema(const YamlShape& root, const SchemaTitle& title) {
  return SchemaWriter().write(root, title);
}

}  // namespace tocsin

// A tree of JSON values that a user wrote in YAML with templates in its texts (a webhook's payload,
// PagerDuty's details), and what it becomes when they are expanded.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "core/json.h"
#include "core/yaml_reader.h"

namespace tocsin {

struct PayloadValue {
  using List = std::vector<PayloadValue>;
  using Map = std::map<std::string, PayloadValue>;
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Map> content;

  // Mapping entries whose key is not a text are dropped, as Alertmanager does.
  static PayloadValue from(const YamlNode&);
  static PayloadValue from(const JsonValue&);
  // Each entry that would be dropped is a problem: for structures that are not Alertmanager's.
  static void check_keys(const YamlNode&, Problems&);
  const std::string* text() const { return std::get_if<std::string>(&content); }
};

// Expands every text, keys too. What a text becomes is read again as YAML, once: "{{ .Alerts | toJson }}"
// gives an array, "5" a number; what is then still a text, or cannot be read, stays the expanded text.
Result<PayloadValue> expand_payload(const PayloadValue&,
                                    const std::function<Result<std::string>(std::string_view)>& expand);
// Keys in order, as Go writes maps.
void write_json(JsonWriter&, const PayloadValue&);
// Every text that may hold a template, keys too.
void collect_texts(const PayloadValue&, std::vector<std::string>& out);

}  // namespace tocsin

// Reads YAML as Go's yaml does (strict: unknown fields and duplicate keys are errors), with line and column
// for every value, and collects every problem instead of stopping at the first. Built on yaml-cpp; where
// the two differ, it does as Go's (yaml_text, yaml_scalar). It reads texts, never files: the shell hands it
// the contents.
//
//   YamlDocument document = YamlDocument::parse(text, "rules/ai.yml", problems);
//   YamlObject group(document.root(), problems);            // a problem where it is not a mapping
//   group.text("name", out.name);                           // absent or null: leaves `out` as it is
//   group.prometheus_duration("interval", out.interval);
//   for (const YamlNode& rule : group.list("rules")) …
//   group.refuse_unknown_keys();                            // each key that was never asked for is a problem
#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/problem.h"
#include "core/time.h"

namespace tocsin {

struct YamlShape;  // core/yaml_shape.h

class YamlNode {
 public:
  enum class Kind { kAbsent, kNull, kScalar, kList, kMapping };

  YamlNode() = default;  // absent
  Kind kind() const;
  bool absent() const { return kind() == Kind::kAbsent; }
  bool null() const { return kind() == Kind::kNull || absent(); }
  Position position() const;
  const std::string& file() const;

  // The scalar's source text as Go decodes it into a string: null is "", 5 is "5", true is "true", !!binary
  // is decoded. Empty for lists and mappings (ask kind()). Lives as long as the document.
  const std::string& text() const;
  // Plain (unquoted) scalars only resolve to these, as in Go; nullopt where they do not.
  std::optional<bool> boolean() const;
  std::optional<std::int64_t> integer() const;
  std::optional<double> real() const;
  bool quoted() const;  // 'x' or "x" or a block scalar: always a string

  std::vector<YamlNode> items() const;  // of a list
  std::vector<std::pair<YamlNode, YamlNode>> entries()
      const;                                   // of a mapping, merges (<<) applied, in file order
  YamlNode child(std::string_view key) const;  // of a mapping: the key's value; absent where missing

  // For values that are only handed on, whatever they are: the schema then says nothing of what is in them.
  void take_as_it_is() const;
  // What is told how this value is read, where a loader is run to describe what it takes; else null.
  YamlShape* shape() const;

  struct Data;
  explicit YamlNode(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  const Data* data() const { return data_.get(); }

 private:
  std::shared_ptr<const Data> data_;
};

class YamlDocument {
 public:
  // Syntax errors, bad UTF-8, control characters, duplicate keys, bad merges and nesting too deep become
  // problems; the root is then what could be read, or absent. Further documents after `---` are ignored with
  // a warning.
  static YamlDocument parse(std::string_view text, std::string file, Problems&);
  const YamlNode& root() const { return root_; }

 private:
  YamlNode root_;
};

// A mapping being decoded into a struct. Each reader method leaves its target untouched where the key is
// absent or null, and adds a problem with the value's place where the type is wrong; it answers whether it
// has set the target.
class YamlObject {
 public:
  // `what` names the thing in messages: "rule group", "slack_config".
  YamlObject(YamlNode node, std::string what, Problems& problems);

  bool has(std::string_view key) const;  // present and not null
  YamlNode child(std::string_view key);  // marks the key as known; absent node where missing
  Position position() const { return node_.position(); }
  Position position_of(
      std::string_view key) const;  // of the value, or of this mapping where the key is missing
  const std::string& file() const { return node_.file(); }
  Problems& problems() { return *problems_; }

  bool text(std::string_view key, std::string& out);
  bool boolean(std::string_view key, bool& out);
  bool integer(std::string_view key, std::int64_t& out);
  bool real(std::string_view key, double& out);
  bool prometheus_duration(std::string_view key, Duration& out);
  bool go_duration(std::string_view key, Duration& out);
  bool text_list(std::string_view key, std::vector<std::string>& out);
  bool text_map(std::string_view key, std::map<std::string, std::string>& out);
  std::vector<YamlNode> list(std::string_view key);
  // Whether a text that was read of the key is one of the words that it may be; the schema knows them from
  // here.
  bool is_one_of(std::string_view key, std::string_view value, std::initializer_list<std::string_view> words);

  // Each key never asked for: "field X not found in WHAT", with the nearest known key as the way out.
  void refuse_unknown_keys();
  void error(std::string_view key, std::string message, std::string hint = "");

 private:
  const YamlNode* find(std::string_view key) const;
  YamlNode known(std::string_view key, unsigned use);  // `use`: of YamlShape

  YamlNode node_;
  std::string what_;
  Problems* problems_;
  YamlShape* shape_;
  std::vector<std::pair<YamlNode, YamlNode>> entries_;
  std::vector<std::string> known_;
};

}  // namespace tocsin

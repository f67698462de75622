// YamlObject: a mapping being decoded into a struct, key by key.
#include <fmt/format.h>

#include <algorithm>

#include "core/duration.h"
#include "core/labels.h"
#include "core/nearest_name.h"
#include "core/utf8.h"
#include "core/yaml_reader.h"
#include "core/yaml_shape.h"

namespace tocsin {
namespace {

using Kind = YamlNode::Kind;

// How much of a wrong value a message shows.
constexpr std::size_t kShownRunes = 60;
// So many unknown keys of a mapping get a hint each: looking for near names takes time.
constexpr std::size_t kMostHints = 20;

std::string_view describe(Kind kind) {
  switch (kind) {
    case Kind::kAbsent:
    case Kind::kNull:
      return "empty";
    case Kind::kScalar:
      return "text";
    case Kind::kList:
      return "a list";
    case Kind::kMapping:
      return "a mapping";
  }
  return "";
}

// The value as a message shows it: its kind, or a scalar's text.
std::string shown(const YamlNode& node) {
  if (node.kind() != Kind::kScalar) return std::string(describe(node.kind()));
  return go_quote(truncate_runes(node.text(), kShownRunes));
}

std::string quotes_hint(const YamlNode& node) {
  return node.quoted() ? "write it without quotes" : "";
}

bool is_text(const YamlNode& node) {
  return node.null() || node.kind() == Kind::kScalar;
}

}  // namespace

YamlObject::YamlObject(YamlNode node, std::string what, Problems& problems)
    : node_(std::move(node)), what_(std::move(what)), problems_(&problems), shape_(node_.shape()) {
  if (shape_ != nullptr) shape_->read_as_object(what_);
  if (node_.kind() == Kind::kScalar || node_.kind() == Kind::kList) {
    problems_->error(
        node_.file(), node_.position(),
        fmt::format("{} must be a mapping, not {}", what_, describe(node_.kind())),
        node_.kind() == Kind::kScalar ? "write its keys as \"key: value\", one a line, indented" : "");
  }
  entries_ = node_.entries();
}

const YamlNode* YamlObject::find(std::string_view key) const {
  for (const auto& [name, value] : entries_) {
    if (name.text() == key) return &value;
  }
  return nullptr;
}

bool YamlObject::has(std::string_view key) const {
  const YamlNode* found = find(key);
  return found != nullptr && !found->null();
}

YamlNode YamlObject::child(std::string_view key) {
  return known(key, 0);
}

YamlNode YamlObject::known(std::string_view key, unsigned use) {
  if (shape_ != nullptr) shape_->key(key).uses |= use;
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  const YamlNode* found = find(key);
  return found == nullptr ? YamlNode() : *found;
}

Position YamlObject::position_of(std::string_view key) const {
  const YamlNode* found = find(key);
  return found == nullptr ? node_.position() : found->position();
}

void YamlObject::error(std::string_view key, std::string message, std::string hint) {
  problems_->error(file(), position_of(key), std::move(message), std::move(hint));
}

bool YamlObject::text(std::string_view key, std::string& out) {
  const YamlNode value = known(key, YamlShape::kText);
  if (value.null()) return false;
  if (!is_text(value)) {
    error(key, fmt::format("{} must be text, not {}", key, describe(value.kind())));
    return false;
  }
  out = value.text();
  return true;
}

bool YamlObject::boolean(std::string_view key, bool& out) {
  const YamlNode value = known(key, YamlShape::kBoolean);
  if (value.null()) return false;
  const std::optional<bool> read = value.boolean();
  if (!read) {
    error(key, fmt::format("{} must be true or false, not {}", key, shown(value)), quotes_hint(value));
    return false;
  }
  out = *read;
  return true;
}

bool YamlObject::integer(std::string_view key, std::int64_t& out) {
  const YamlNode value = known(key, YamlShape::kInteger);
  if (value.null()) return false;
  const std::optional<std::int64_t> read = value.integer();
  if (!read) {
    error(key, fmt::format("{} must be a whole number, not {}", key, shown(value)), quotes_hint(value));
    return false;
  }
  out = *read;
  return true;
}

bool YamlObject::real(std::string_view key, double& out) {
  const YamlNode value = known(key, YamlShape::kReal);
  if (value.null()) return false;
  const std::optional<double> read = value.real();
  if (!read) {
    error(key, fmt::format("{} must be a number, not {}", key, shown(value)), quotes_hint(value));
    return false;
  }
  out = *read;
  return true;
}

bool YamlObject::prometheus_duration(std::string_view key, Duration& out) {
  const YamlNode value = known(key, YamlShape::kPrometheusDuration);
  if (value.null()) return false;
  if (value.kind() != Kind::kScalar) {
    error(key, fmt::format("{} must be a duration, not {}", key, describe(value.kind())),
          "write it as 30s, 5m or 1h30m");
    return false;
  }
  const Result<Duration> read = parse_prometheus_duration(value.text());
  if (!read) {
    error(key, fmt::format("{}: {}", key, read.error().message), "write it as 30s, 5m or 1h30m");
    return false;
  }
  out = *read;
  return true;
}

bool YamlObject::go_duration(std::string_view key, Duration& out) {
  const YamlNode value = known(key, YamlShape::kGoDuration);
  if (value.null()) return false;
  if (value.kind() != Kind::kScalar) {
    error(key, fmt::format("{} must be a duration, not {}", key, describe(value.kind())),
          "write it as 1.5h, 10s or 300ms");
    return false;
  }
  // Go's yaml reads a bare number as nanoseconds; nobody means that.
  if (const std::optional<std::int64_t> nanoseconds = value.integer()) {
    out = Duration(*nanoseconds);
    if (*nanoseconds != 0) {
      problems_->warning(file(), position_of(key),
                         fmt::format("{}: {} without a unit is read as nanoseconds", key, value.text()),
                         fmt::format("write {}s for seconds", value.text()));
    }
    return true;
  }
  const Result<Duration> read = parse_go_duration(value.text());
  if (!read) {
    error(key, fmt::format("{}: {}", key, read.error().message), "write it as 1.5h, 10s or 300ms");
    return false;
  }
  out = *read;
  return true;
}

bool YamlObject::text_list(std::string_view key, std::vector<std::string>& out) {
  if (shape_ != nullptr) shape_->key(key).item().uses |= YamlShape::kText;
  if (known(key, YamlShape::kList).null()) return false;
  std::vector<std::string> read;
  bool good = child(key).kind() == Kind::kList;
  for (const YamlNode& item : list(key)) {
    if (is_text(item)) {
      read.push_back(item.text());
      continue;
    }
    good = false;
    problems_->error(file(), item.position(),
                     fmt::format("an item of {} must be text, not {}", key, describe(item.kind())));
  }
  if (good) out = std::move(read);
  return good;
}

bool YamlObject::text_map(std::string_view key, std::map<std::string, std::string>& out) {
  if (shape_ != nullptr) shape_->key(key).value().uses |= YamlShape::kText;
  const YamlNode value = known(key, YamlShape::kMap);
  if (value.null()) return false;
  if (value.kind() != Kind::kMapping) {
    error(key, fmt::format("{} must be a mapping, not {}", key, describe(value.kind())),
          "write its entries as \"name: value\", one a line, indented");
    return false;
  }
  std::map<std::string, std::string> read;
  bool good = true;
  for (const auto& [name, text] : value.entries()) {
    if (is_text(text)) {
      read[name.text()] = text.text();
      continue;
    }
    good = false;
    problems_->error(file(), text.position(),
                     fmt::format("{} of {} must be text, not {}", shown(name), key, describe(text.kind())));
  }
  if (good) out = std::move(read);
  return good;
}

std::vector<YamlNode> YamlObject::list(std::string_view key) {
  const YamlNode value = known(key, YamlShape::kList);
  if (!value.null() && value.kind() != Kind::kList) {
    error(key, fmt::format("{} must be a list, not {}", key, describe(value.kind())),
          "begin each item with \"- \", or write [a, b]");
  }
  return value.items();
}

bool YamlObject::is_one_of(std::string_view key, std::string_view value,
                           std::initializer_list<std::string_view> words) {
  if (shape_ != nullptr) shape_->key(key).words.assign(words.begin(), words.end());
  return std::find(words.begin(), words.end(), value) != words.end();
}

void YamlObject::refuse_unknown_keys() {
  if (shape_ != nullptr) shape_->closed = true;
  std::size_t hints = 0;
  for (const auto& [key, value] : entries_) {
    const std::string& name = key.text();
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    problems_->error(file(), key.position(), fmt::format("field {} not found in {}", go_quote(name), what_),
                     hints++ < kMostHints ? did_you_mean(name, known_) : "");
  }
}

}  // namespace tocsin

#include "rules/checked_rule_file.h"

#include <algorithm>

#include "core/yaml_value_map.h"

namespace tocsin {
namespace {

const LegacyRuleExtents::Text* find_text(const CheckedRule& rule, TextKind kind, std::string_view name) {
  // The last counts, where a name is given twice.
  for (auto text = rule.extents.texts.rbegin(); text != rule.extents.texts.rend(); ++text) {
    if (text->kind == kind && text->name == name) return &*text;
  }
  return nullptr;
}

}  // namespace

CheckedRuleFile::CheckedRuleFile(std::string file, std::string text)
    : file_(std::move(file)), text_(std::make_unique<const std::string>(std::move(text))), source_(*text_) {}

Place CheckedRuleFile::of_extent(promql::Extent extent) const {
  const std::string_view all = source_.all();
  const std::size_t line_end = std::min(all.find('\n', extent.begin), all.size());
  const std::size_t end = std::min<std::size_t>(extent.end, line_end);
  return {source_.position(extent.begin), static_cast<int>(end - std::min<std::size_t>(extent.begin, end))};
}

Place CheckedRuleFile::of_value(const YamlNode& value, std::size_t begin, std::size_t end) const {
  const std::string text = value.text();
  const YamlValueMap map(source_, value.position(), text);
  // What ends in line breaks ends before them.
  const std::size_t used = text.find_last_not_of(" \t\r\n") + 1;
  begin = std::min(begin, used);
  end = std::min(end, used);
  return {map.position(begin), map.length(begin, end)};
}

Place CheckedRuleFile::place(const CheckedRule& rule, std::string_view key) const {
  if (rule.node.absent()) {
    const LegacyRuleExtents& extents = rule.extents;
    const promql::Extent extent = key == "expr"  ? extents.expression
                                  : key == "for" ? extents.hold_for
                                                 : extents.name;
    return of_extent(extent.end == 0 ? extents.name : extent);
  }
  const YamlNode value = rule.node.child(key);
  if (value.kind() != YamlNode::Kind::kScalar) return {rule.node.position(), 0};
  return of_value(value, 0, std::string::npos);
}

Place CheckedRuleFile::place(const CheckedGroup& group, std::string_view key) const {
  if (group.node.absent()) return {group.group->position, 0};
  const YamlNode value = group.node.child(key);
  if (value.kind() != YamlNode::Kind::kScalar) return {group.node.position(), 0};
  return of_value(value, 0, std::string::npos);
}

Place CheckedRuleFile::expression_place(const CheckedRule& rule, promql::Extent extent) const {
  if (!rule.node.absent()) {
    const YamlNode value = rule.node.child("expr");
    return value.kind() == YamlNode::Kind::kScalar ? of_value(value, extent.begin, extent.end)
                                                   : Place{rule.node.position(), 0};
  }
  const promql::Extent whole = rule.extents.expression;
  const std::string_view written = source_.all().substr(whole.begin, whole.end - whole.begin);
  const std::string_view piece = rule.tree.text(extent);
  const std::size_t found = piece.empty() ? std::string_view::npos : written.find(piece);
  if (found == std::string_view::npos || written.find(piece, found + 1) != std::string_view::npos)
    return of_extent(whole);
  const auto begin = static_cast<std::uint32_t>(whole.begin + found);
  return of_extent({begin, begin + static_cast<std::uint32_t>(piece.size())});
}

Place CheckedRuleFile::text_place(const CheckedRule& rule, TextKind kind, std::string_view name) const {
  return text_place(rule, kind, name, 0, std::string::npos);
}

Place CheckedRuleFile::text_place(const CheckedRule& rule, TextKind kind, std::string_view name,
                                  std::size_t begin, std::size_t end) const {
  if (!rule.node.absent()) {
    const YamlNode value = rule.node.child(kind == TextKind::kLabel ? "labels" : "annotations").child(name);
    if (value.kind() != YamlNode::Kind::kScalar) return {rule.node.position(), 0};
    return of_value(value, begin, end);
  }
  const LegacyRuleExtents::Text* text = find_text(rule, kind, name);
  if (text == nullptr) return of_extent(rule.extents.name);
  const promql::Extent whole = text->value;
  const std::string_view inside = source_.all().substr(whole.begin + 1, whole.end - whole.begin - 2);
  // Behind an escape nobody can say where a byte of the value stands.
  const std::size_t exact = std::min(inside.find('\\'), inside.size());
  if (begin > exact || end > exact) return of_extent(whole);
  return of_extent({static_cast<std::uint32_t>(whole.begin + 1 + begin),
                    static_cast<std::uint32_t>(whole.begin + 1 + end)});
}

}  // namespace tocsin

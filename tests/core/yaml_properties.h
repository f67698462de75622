// What holds for whatever text: where the short way through YAML does not give up, its tree is the one that
// yaml-cpp's events make. Shared by unit tests and the fuzzer.
#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "core/yaml_tree.h"
#include "core/yaml_usual.h"

namespace tocsin {

inline void append_yaml_tree(std::string& out, const YamlNode::Data& data, int depth = 0) {
  out.append(static_cast<std::size_t>(depth), ' ');
  out += std::to_string(static_cast<int>(data.kind)) + ' ' + std::to_string(data.position.line) + ':' +
         std::to_string(data.position.column) + ' ' + data.tag + ' ' + data.text + '\n';
  for (const auto& child : data.children) append_yaml_tree(out, *child, depth + 1);
}

// Whether the short way is taken at all.
inline bool is_usual_yaml(std::string_view text) {
  Problems problems;
  const YamlText source(text);
  return source.check_characters("f", problems) && read_usual_yaml(source, "f", problems) != nullptr;
}

// Empty where all is well.
inline std::string broken_yaml_property(std::string_view text) {
  Problems problems, usual_problems, library_problems;
  const YamlText source(text);
  if (!source.check_characters("f", problems)) return "";
  const auto usual = read_usual_yaml(source, "f", usual_problems);
  if (usual == nullptr) return "";
  std::string expected, found;
  append_yaml_tree(found, *usual);
  try {
    const auto library = read_yaml_by_library(source, "f", library_problems);
    if (library != nullptr) append_yaml_tree(expected, *library);
  } catch (const std::exception& refusal) {
    return std::string("yaml-cpp refuses what the short way reads: ") + refusal.what() + '\n' + found;
  }
  if (found != expected) return "the short way reads\n" + found + "and yaml-cpp\n" + expected;
  if (usual_problems.all() != library_problems.all())
    return "problems differ:\n" + usual_problems.to_string();
  return "";
}

}  // namespace tocsin

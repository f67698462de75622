// Edits: what makes one template safe in one context: escapers at the end of its actions' pipelines, the
// names of the derived templates that it calls, and literal text. The parsed tree stays as it is; applying
// the edits makes a new one, which shares what did not change.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/template/node.h"
#include "core/template/parser.h"

namespace tocsin::tmpl {

// Escapers in order, by name (see escapers.h).
using EscaperNames = std::vector<std::string_view>;

struct Edits {
  std::unordered_map<const Node*, EscaperNames> actions;
  std::unordered_map<const Node*, std::string> calls;
  std::unordered_map<const Node*, std::string> texts;
};

// The tree under its new name.
std::shared_ptr<const Tree> edited(const Tree& tree, const std::string& name, const Edits& edits);

// html and urlquery: functions that users may escape with themselves, at the end of a pipeline.
bool is_predefined_escaper(std::string_view function);
// The function that a command calls; empty if it calls none.
std::string_view called_function(const CommandNode& command);

}  // namespace tocsin::tmpl

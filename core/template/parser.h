// Parser: from a template text to the trees it defines: its own and those of its define and block actions.
// Checks that functions and variables exist, as Go does; evaluates nothing. Error texts are Go's: template:
// NAME:LINE: MESSAGE.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/template/node.h"

namespace tocsin::tmpl {

// One definition. `source` is the whole text it was parsed from, shared with the other trees of that text.
struct Tree {
  std::string name;
  std::string parse_name;  // The name of the text, which error locations show.
  std::shared_ptr<const std::string> source;
  std::unique_ptr<ListNode> root;

  // "name:line:column" of a node, the column counted from 0 as Go does.
  std::string location(const Node& node) const;
  std::size_t line(const Node& node) const;
};

using Trees = std::map<std::string, std::shared_ptr<const Tree>, std::less<>>;

struct ParseLimits {
  std::size_t nesting = 1000;    // Blocks and parentheses within each other.
  std::size_t variables = 2000;  // Declared at the same time.
};

using FunctionExists = std::function<bool(std::string_view)>;

Result<Trees> parse_template(const std::string& name, std::string text, const FunctionExists& function_exists,
                             const ParseLimits& limits = {});

}  // namespace tocsin::tmpl

#include "core/template/node.h"

#include "core/template/go_quote.h"

namespace tocsin::tmpl {
namespace {

void append_operand(std::string& out, const Node& node) {
  const bool parenthesised = node.type == Node::Type::pipe;
  if (parenthesised) out.push_back('(');
  node.append_text(out);
  if (parenthesised) out.push_back(')');
}

}  // namespace

std::string Node::text() const {
  std::string out;
  append_text(out);
  return out;
}

void ListNode::append_text(std::string& out) const {
  for (const NodePtr& node : nodes) node->append_text(out);
}

bool ListNode::is_empty() const {
  for (const NodePtr& node : nodes) {
    if (node->type != Type::text) return false;
    const std::string_view content = static_cast<const TextNode&>(*node).content;
    if (content.find_first_not_of(" \t\r\n\v\f") != std::string_view::npos) return false;
  }
  return true;
}

void TextNode::append_text(std::string& out) const {
  out += quote(content);
}

void VariableNode::append_text(std::string& out) const {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out.push_back('.');
    out += names[i];
  }
}

void CommandNode::append_text(std::string& out) const {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i > 0) out.push_back(' ');
    append_operand(out, *arguments[i]);
  }
}

void PipeNode::append_text(std::string& out) const {
  for (std::size_t i = 0; i < variables.size(); ++i) {
    if (i > 0) out += ", ";
    variables[i]->append_text(out);
  }
  if (!variables.empty()) out += is_assignment ? " = " : " := ";
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (i > 0) out += " | ";
    commands[i]->append_text(out);
  }
}

void ActionNode::append_text(std::string& out) const {
  out += "{{";
  pipe->append_text(out);
  out += "}}";
}

void BranchNode::append_text(std::string& out) const {
  out += type == Type::if_ ? "{{if " : type == Type::range ? "{{range " : "{{with ";
  pipe->append_text(out);
  out += "}}";
  list->append_text(out);
  if (else_list != nullptr) {
    out += "{{else}}";
    else_list->append_text(out);
  }
  out += "{{end}}";
}

void TemplateNode::append_text(std::string& out) const {
  out += "{{template " + quote(name);
  if (pipe != nullptr) {
    out.push_back(' ');
    pipe->append_text(out);
  }
  out += "}}";
}

void JumpNode::append_text(std::string& out) const {
  out += type == Type::break_ ? "{{break}}" : "{{continue}}";
}

void BooleanNode::append_text(std::string& out) const {
  out += value ? "true" : "false";
}

void NumberNode::append_text(std::string& out) const {
  out += source;
}

void StringNode::append_text(std::string& out) const {
  out += source;
}

void NilNode::append_text(std::string& out) const {
  out += "nil";
}

void DotNode::append_text(std::string& out) const {
  out += ".";
}

void FieldNode::append_text(std::string& out) const {
  for (const std::string& name : names) out.append(".").append(name);
}

void ChainNode::append_text(std::string& out) const {
  append_operand(out, *operand);
  for (const std::string& name : names) out.append(".").append(name);
}

void IdentifierNode::append_text(std::string& out) const {
  out += name;
}

}  // namespace tocsin::tmpl

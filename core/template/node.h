// Node: the parsed tree of a template, as text/template/parse has it. Nodes know their byte position and
// print as source, which is what error texts show. Immutable after parsing, so that trees made of others, as
// HTML templates are, share them.
#pragma once

#include <complex>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::tmpl {

struct Node {
  enum class Type {
    list,
    text,
    action,
    if_,
    range,
    with,
    template_,
    break_,
    continue_,
    pipe,
    command,
    boolean,
    number,
    string,
    nil,
    dot,
    field,
    chain,
    variable,
    identifier
  };

  Node(Type type_in, std::size_t position_in) : type(type_in), position(position_in) {}
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  virtual ~Node() = default;

  std::string text() const;
  virtual void append_text(std::string& out) const = 0;

  const Type type;
  const std::size_t position;  // Byte offset in the text of the tree.
};

using NodePtr = std::shared_ptr<const Node>;

struct ListNode : Node {
  explicit ListNode(std::size_t where) : Node(Type::list, where) {}
  void append_text(std::string& out) const override;
  // Nothing but blank text: such a definition never replaces another.
  bool is_empty() const;
  std::vector<NodePtr> nodes;
};

struct TextNode : Node {
  TextNode(std::size_t where, std::string_view content_in) : Node(Type::text, where), content(content_in) {}
  void append_text(std::string& out) const override;
  const std::string_view content;
};

// Text that does not stand so in the template.
struct OwnedText {
  std::string owned;
};
struct OwnedTextNode : private OwnedText, TextNode {
  OwnedTextNode(std::size_t where, std::string content_in)
      : OwnedText{std::move(content_in)}, TextNode(where, owned) {}
};

struct VariableNode : Node {
  VariableNode(std::size_t where, std::vector<std::string> names_in)
      : Node(Type::variable, where), names(std::move(names_in)) {}
  void append_text(std::string& out) const override;
  const std::vector<std::string> names;  // "$x", then fields.
};

struct CommandNode : Node {
  explicit CommandNode(std::size_t where) : Node(Type::command, where) {}
  void append_text(std::string& out) const override;
  std::vector<NodePtr> arguments;  // The first is what is called or read.
};

struct PipeNode : Node {
  explicit PipeNode(std::size_t where) : Node(Type::pipe, where) {}
  void append_text(std::string& out) const override;
  bool is_assignment = false;
  std::vector<std::unique_ptr<VariableNode>> variables;
  std::vector<std::shared_ptr<const CommandNode>> commands;
};

struct ActionNode : Node {
  ActionNode(std::size_t where, std::shared_ptr<const PipeNode> pipe_in)
      : Node(Type::action, where), pipe(std::move(pipe_in)) {}
  void append_text(std::string& out) const override;
  const std::shared_ptr<const PipeNode> pipe;
};

// if, range and with.
struct BranchNode : Node {
  BranchNode(Type kind, std::shared_ptr<const PipeNode> pipe_in)
      : Node(kind, pipe_in->position), pipe(std::move(pipe_in)) {}
  void append_text(std::string& out) const override;
  const std::shared_ptr<const PipeNode> pipe;
  std::unique_ptr<ListNode> list;
  std::unique_ptr<ListNode> else_list;  // May be absent.
};

struct TemplateNode : Node {
  TemplateNode(std::size_t where, std::string name_in, std::shared_ptr<const PipeNode> pipe_in)
      : Node(Type::template_, where), name(std::move(name_in)), pipe(std::move(pipe_in)) {}
  void append_text(std::string& out) const override;
  const std::string name;
  const std::shared_ptr<const PipeNode> pipe;  // May be absent: dot is nil then.
};

// break and continue.
struct JumpNode : Node {
  using Node::Node;
  void append_text(std::string& out) const override;
};

struct BooleanNode : Node {
  BooleanNode(std::size_t where, bool value_in) : Node(Type::boolean, where), value(value_in) {}
  void append_text(std::string& out) const override;
  const bool value;
};

// A numeric constant under every type that can hold it, like Go's untyped constants.
struct NumberNode : Node {
  NumberNode(std::size_t where, std::string source_in)
      : Node(Type::number, where), source(std::move(source_in)) {}
  void append_text(std::string& out) const override;
  const std::string source;
  bool is_integer = false;
  bool is_unsigned = false;
  bool is_floating = false;
  bool is_complex = false;
  std::int64_t integer = 0;
  std::uint64_t unsigned_integer = 0;
  double floating = 0;
  std::complex<double> complex;
};

struct StringNode : Node {
  StringNode(std::size_t where, std::string source_in, std::string value_in)
      : Node(Type::string, where), source(std::move(source_in)), value(std::move(value_in)) {}
  void append_text(std::string& out) const override;
  const std::string source;  // With its quotes.
  const std::string value;
};

struct NilNode : Node {
  explicit NilNode(std::size_t where) : Node(Type::nil, where) {}
  void append_text(std::string& out) const override;
};

struct DotNode : Node {
  explicit DotNode(std::size_t where) : Node(Type::dot, where) {}
  void append_text(std::string& out) const override;
};

struct FieldNode : Node {
  FieldNode(std::size_t where, std::vector<std::string> names_in)
      : Node(Type::field, where), names(std::move(names_in)) {}
  void append_text(std::string& out) const override;
  const std::vector<std::string> names;
};

// Fields of something that is not a field or variable: (pipeline).A.B
struct ChainNode : Node {
  ChainNode(std::size_t where, NodePtr operand_in, std::vector<std::string> names_in)
      : Node(Type::chain, where), operand(std::move(operand_in)), names(std::move(names_in)) {}
  void append_text(std::string& out) const override;
  const NodePtr operand;
  const std::vector<std::string> names;
};

struct IdentifierNode : Node {
  IdentifierNode(std::size_t where, std::string name_in)
      : Node(Type::identifier, where), name(std::move(name_in)) {}
  void append_text(std::string& out) const override;
  const std::string name;
};

}  // namespace tocsin::tmpl

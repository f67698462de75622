#include "core/template/executor.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/template/builtins.h"
#include "core/template/go_format.h"
#include "core/template/object.h"
#include "core/template/time_methods.h"

namespace tocsin::tmpl {
namespace {

// Unwinds to execute_template; never leaves this file.
struct ExecutionFailure {
  std::string message;
};

enum class Flow { normal, break_, continue_ };

using Nodes = std::span<const NodePtr>;

struct Variable {
  std::string_view name;
  Value value;
};

// What a name in a command resolves to.
struct Callee {
  const Function* function = nullptr;
  const Builtin* builtin = nullptr;  // Set for builtins; `function` is its signature then.
};

// Go takes hexadecimal integers and character constants for integers even if they contain an "e".
bool looks_like_float(std::string_view source) {
  const bool hex_integer = source.size() > 2 && source[0] == '0' && (source[1] == 'x' || source[1] == 'X') &&
                           source.find_first_of("pP") == std::string_view::npos;
  return !hex_integer && source.front() != '\'' && source.find_first_of(".eEpP") != std::string_view::npos;
}

class Executor {
 public:
  Executor(const Tree& tree, const Trees& trees, const FunctionMap& functions, const ExecuteOptions& options)
      : tree_(&tree), trees_(trees), functions_(functions), options_(options), limits_(options.limits) {}

  std::string run(const Value& data) {
    variables_.push_back({"$", data});
    walk_list(data, *tree_->root);
    return std::move(out_);
  }

 private:
  // One level of recursion, whatever nests.
  class Level {
   public:
    explicit Level(Executor& executor) : executor_(executor) {
      if (++executor_.level_ > executor_.limits_.nesting) {
        executor_.error("exceeded maximum nesting depth (" + std::to_string(executor_.limits_.nesting) + ")");
      }
    }
    ~Level() { --executor_.level_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Executor& executor_;
  };

  // ---- errors and limits ----

  [[noreturn]] void error(const std::string& message) const {
    if (node_ == nullptr) throw ExecutionFailure{"template: " + tree_->name + ": " + message};
    throw ExecutionFailure{"template: " + tree_->location(*node_) + ": executing " + quote(tree_->name) +
                           " at <" + node_->text() + ">: " + message};
  }

  void at(const Node& node) { node_ = &node; }

  void charge(std::size_t steps) {
    steps_ += steps;
    if (steps_ > limits_.steps) {
      error("exceeded maximum number of execution steps (" + std::to_string(limits_.steps) + ")");
    }
  }

  void check_size(std::size_t bytes) const {
    if (bytes > limits_.output_bytes) {
      error("exceeded maximum output size (" + std::to_string(limits_.output_bytes) + " bytes)");
    }
  }

  void write(std::string_view text) {
    check_size(out_.size() + text.size());
    out_ += text;
  }

  void charge_value(const Value& value) {
    if (value.kind() == Kind::string) {
      check_size(value.as_string().size());
      charge(value.as_string().size() / 64);
    } else if (const ListData* list = value.list_data()) {
      charge(list->items.size() / 16);
    }
    if (value.depth() > limits_.value_depth) {
      error("exceeded maximum depth of values (" + std::to_string(limits_.value_depth) + ")");
    }
  }

  // ---- variables ----

  void set_variable(const std::string& name, const Value& value) { find_variable(name).value = value; }

  Variable& find_variable(const std::string& name) {
    const auto found = std::find_if(variables_.rbegin(), variables_.rend(),
                                    [&](const Variable& variable) { return variable.name == name; });
    if (found == variables_.rend()) error("undefined variable: " + name);
    return *found;
  }

  // ---- walking ----

  Flow walk_list(const Value& dot, const ListNode& list) {
    const Level level(*this);
    for (const NodePtr& node : list.nodes) {
      const Flow flow = walk(dot, *node);
      if (flow != Flow::normal) return flow;
    }
    return Flow::normal;
  }

  Flow walk(const Value& dot, const Node& node) {
    at(node);
    charge(1);
    switch (node.type) {
      case Node::Type::text:
        write(static_cast<const TextNode&>(node).content);
        return Flow::normal;
      case Node::Type::action:
        walk_action(dot, static_cast<const ActionNode&>(node));
        return Flow::normal;
      case Node::Type::if_:
      case Node::Type::with:
        return walk_branch(dot, static_cast<const BranchNode&>(node));
      case Node::Type::range:
        return walk_range(dot, static_cast<const BranchNode&>(node));
      case Node::Type::template_:
        walk_template(dot, static_cast<const TemplateNode&>(node));
        return Flow::normal;
      case Node::Type::break_:
        return Flow::break_;
      case Node::Type::continue_:
        return Flow::continue_;
      default:
        error("unknown node: " + node.text());
    }
  }

  // Variables declared by an action live until the enclosing block ends; a declaration prints nothing.
  void walk_action(const Value& dot, const ActionNode& node) {
    const Value value = eval_pipeline(dot, *node.pipe);
    if (!node.pipe->variables.empty()) return;
    at(node);
    if (value.kind() == Kind::function) error("can't print " + node.text() + " of type " + value.type_name());
    const std::size_t left = limits_.output_bytes - out_.size();
    const std::string text = printed_value(value, left);
    charge(text.size() / 64);
    write(text);
  }

  Flow walk_branch(const Value& dot, const BranchNode& node) {
    const std::size_t mark = variables_.size();
    const Value value = eval_pipeline(dot, *node.pipe);
    Flow flow = Flow::normal;
    if (value.is_true()) {
      flow = walk_list(node.type == Node::Type::with ? value : dot, *node.list);
    } else if (node.else_list != nullptr) {
      flow = walk_list(dot, *node.else_list);
    }
    variables_.resize(mark);
    return flow;
  }

  // False when the loop is over.
  bool iterate(const BranchNode& node, std::size_t mark, const Value& index, const Value& element,
               Flow& flow) {
    charge(1);
    const auto& declared = node.pipe->variables;
    if (node.pipe->is_assignment) {
      if (declared.size() > 1) {
        set_variable(declared[0]->names[0], index);
        set_variable(declared[1]->names[0], element);
      } else if (!declared.empty()) {
        set_variable(declared[0]->names[0], element);
      }
    } else {
      if (!declared.empty()) variables_[mark - 1].value = element;
      if (declared.size() > 1) variables_[mark - 2].value = index;
    }
    flow = walk_list(element, *node.list);
    variables_.resize(mark);
    return flow != Flow::break_;
  }

  Flow walk_range(const Value& dot, const BranchNode& node) {
    const std::size_t outer_mark = variables_.size();
    const Value value = eval_pipeline(dot, *node.pipe);
    const std::size_t mark = variables_.size();
    const bool ran = range_over(node, mark, value);
    if (!ran && node.else_list != nullptr) {
      const Flow flow = walk_list(dot, *node.else_list);
      variables_.resize(outer_mark);
      return flow;
    }
    variables_.resize(outer_mark);
    return Flow::normal;
  }

  // Whether there was at least one element.
  bool range_over(const BranchNode& node, std::size_t mark, const Value& value) {
    Flow flow = Flow::normal;
    if (const ListData* list = value.list_data()) {
      std::int64_t index = 0;
      for (const Value& element : list->items) {
        if (!iterate(node, mark, Value::integer(index++), element, flow)) break;
      }
      return !list->items.empty();
    }
    if (const MapData* map = value.map_data()) {
      for (const auto& [key, element] : map->entries) {
        if (!iterate(node, mark, Value::string(key), element, flow)) break;
      }
      return !map->entries.empty();
    }
    if (value.kind() == Kind::integer || value.kind() == Kind::unsigned_integer)
      return range_count(node, mark, value);
    if (!value.is_invalid()) error("range can't iterate over " + value_text(value));
    return false;
  }

  bool range_count(const BranchNode& node, std::size_t mark, const Value& count) {
    if (node.pipe->variables.size() > 1) {
      error("can't use " + value_text(count) + " to iterate over more than one variable");
    }
    const bool has_sign = count.kind() == Kind::integer;
    if (has_sign && count.as_integer() <= 0) return false;
    const std::uint64_t end = has_sign ? static_cast<std::uint64_t>(count.as_integer()) : count.as_unsigned();
    Flow flow = Flow::normal;
    for (std::uint64_t i = 0; i < end; ++i) {
      const Value element = has_sign ? Value::integer(static_cast<std::int64_t>(i), count.integer_type())
                                     : Value::unsigned_integer(i, count.integer_type());
      if (!iterate(node, mark, element, element, flow)) break;
    }
    return end > 0;
  }

  void walk_template(const Value& dot, const TemplateNode& node) {
    const auto found = trees_.find(node.name);
    if (found == trees_.end()) error("template " + quote(node.name) + " not defined");
    if (template_depth_ == limits_.template_depth) {
      error("exceeded maximum template depth (" + std::to_string(limits_.template_depth) + ")");
    }
    // Variables declared by the pipeline persist; the called template sees none of ours.
    const Value data = node.pipe != nullptr ? eval_pipeline(dot, *node.pipe) : Value();
    const Level level(*this);
    std::vector<Variable> outer_variables = std::exchange(variables_, {{"$", data}});
    const Tree* outer_tree = std::exchange(tree_, found->second.get());
    const Node* outer_node = node_;
    ++template_depth_;
    walk_list(data, *tree_->root);
    --template_depth_;
    node_ = outer_node;
    tree_ = outer_tree;
    variables_ = std::move(outer_variables);
  }

  // ---- pipelines and commands ----

  Value eval_pipeline(const Value& dot, const PipeNode& pipe) {
    const Level level(*this);
    at(pipe);
    std::optional<Value> value;
    for (const auto& command : pipe.commands) {
      // The previous value is this command's last argument.
      value = eval_command(dot, *command, value ? &*value : nullptr).unboxed();
    }
    for (const auto& variable : pipe.variables) {
      if (pipe.is_assignment) {
        set_variable(variable->names[0], *value);
      } else {
        variables_.push_back({variable->names[0], *value});
      }
    }
    return std::move(*value);
  }

  void refuse_arguments(Nodes arguments, const Value* final) const {
    if (arguments.size() > 1 || final != nullptr) {
      error("can't give argument to non-function " + arguments[0]->text());
    }
  }

  Value eval_command(const Value& dot, const CommandNode& command, const Value* final) {
    charge(1);
    const Nodes arguments = command.arguments;
    const Node& first = *arguments[0];
    switch (first.type) {
      case Node::Type::field:
        return eval_field_node(dot, static_cast<const FieldNode&>(first), arguments, final);
      case Node::Type::chain:
        return eval_chain(dot, static_cast<const ChainNode&>(first), arguments, final);
      case Node::Type::identifier:
        return eval_function(dot, static_cast<const IdentifierNode&>(first), command, arguments, final);
      case Node::Type::pipe:
        refuse_arguments(arguments, final);
        return eval_pipeline(dot, static_cast<const PipeNode&>(first));
      case Node::Type::variable:
        return eval_variable(dot, static_cast<const VariableNode&>(first), arguments, final);
      default:
        break;
    }
    at(first);
    refuse_arguments(arguments, final);
    switch (first.type) {
      case Node::Type::boolean:
        return Value::boolean(static_cast<const BooleanNode&>(first).value);
      case Node::Type::dot:
        return dot;
      case Node::Type::nil:
        error("nil is not a command");
      case Node::Type::number:
        return constant(static_cast<const NumberNode&>(first));
      case Node::Type::string:
        return Value::string(static_cast<const StringNode&>(first).value);
      default:
        error("can't evaluate command " + quote(first.text()));
    }
  }

  // A number where nothing says its type: the way it is written decides.
  Value constant(const NumberNode& number) {
    at(number);
    if (number.is_complex) return Value::complex(number.complex);
    if (number.is_floating && looks_like_float(number.source)) return Value::floating(number.floating);
    if (number.is_integer) return Value::integer(number.integer);
    if (number.is_unsigned) error(number.source + " overflows int");
    return {};
  }

  Value eval_field_node(const Value& dot, const FieldNode& field, Nodes arguments, const Value* final) {
    at(field);
    return eval_field_chain(dot, dot, field, field.names, arguments, final);
  }

  Value eval_chain(const Value& dot, const ChainNode& chain, Nodes arguments, const Value* final) {
    at(chain);
    if (chain.operand->type == Node::Type::nil) error("indirection through explicit nil in " + chain.text());
    const Value operand = eval_argument(dot, Parameter{Parameter::Kind::value, {}}, *chain.operand);
    return eval_field_chain(dot, operand, chain, chain.names, arguments, final);
  }

  Value eval_variable(const Value& dot, const VariableNode& variable, Nodes arguments, const Value* final) {
    at(variable);
    const Value value = find_variable(variable.names[0]).value;
    if (variable.names.size() == 1) {
      if (!arguments.empty() || final != nullptr) refuse_arguments(arguments, final);
      return value;
    }
    return eval_field_chain(dot, value, variable, std::span(variable.names).subspan(1), arguments, final);
  }

  // .X.Y.Z with the arguments going to Z.
  Value eval_field_chain(const Value& dot, Value receiver, const Node& node,
                         std::span<const std::string> names, Nodes arguments, const Value* final) {
    for (const std::string& name : names.first(names.size() - 1)) {
      receiver = eval_field(dot, name, node, {}, nullptr, receiver);
    }
    return eval_field(dot, names.back(), node, arguments, final, receiver);
  }

  Value eval_field(const Value& dot, const std::string& name, const Node& node, Nodes arguments,
                   const Value* final, const Value& receiver) {
    if (receiver.is_invalid()) {
      if (receiver.is_boxed()) error("nil pointer evaluating interface {}." + name);
      if (options_.missing_key == MissingKey::error) error("nil data; no entry for key " + quote(name));
      return {};
    }
    if (const auto method = find_method(receiver, name)) {
      return eval_call(dot, {method.get(), nullptr}, node, name, arguments, final);
    }
    const bool has_arguments = arguments.size() > 1 || final != nullptr;
    if (receiver.kind() == Kind::object) {
      if (auto field = receiver.as_object()->field(name)) {
        if (has_arguments) error(name + " has arguments but cannot be invoked as function");
        return std::move(*field);
      }
    }
    if (const MapData* map = receiver.map_data()) {
      if (has_arguments) error(name + " is not a method but has arguments");
      return map_entry(*map, name);
    }
    error("can't evaluate field " + name + " in type " +
          (receiver.is_boxed() ? "interface {}" : receiver.type_name()));
  }

  std::shared_ptr<const Function> find_method(const Value& receiver, const std::string& name) const {
    if (receiver.kind() == Kind::object) return receiver.as_object()->method(name);
    return time_method(receiver, name, options_.local);
  }

  Value map_entry(const MapData& map, const std::string& key) {
    const auto found = map.entries.find(key);
    if (found != map.entries.end()) return found->second;
    switch (options_.missing_key) {
      case MissingKey::no_value:
        return {};
      case MissingKey::zero:
        return Value::zero_of(map.elements);
      case MissingKey::error:
        error("map has no entry for key " + quote(key));
    }
    return {};
  }

  // ---- calls ----

  Value eval_function(const Value& dot, const IdentifierNode& identifier, const Node& command,
                      Nodes arguments, const Value* final) {
    at(identifier);
    Callee callee;
    if (options_.functions != nullptr) callee.function = options_.functions->find(identifier.name);
    if (callee.function == nullptr) callee.function = functions_.find(identifier.name);
    if (callee.function == nullptr) {
      callee.builtin = find_builtin(identifier.name);
      if (callee.builtin == nullptr) error(quote(identifier.name) + " is not a defined function");
      callee.function = &callee.builtin->signature;
    }
    return eval_call(dot, callee, command, identifier.name, arguments, final);
  }

  Value eval_call(const Value& dot, const Callee& callee, const Node& node, const std::string& name,
                  Nodes arguments, const Value* final) {
    if (!arguments.empty()) arguments = arguments.subspan(1);  // The first is the function itself.
    const Function& function = *callee.function;
    check_count(function, name, arguments.size(), final);
    const bool own = callee.builtin != nullptr && callee.builtin->run == nullptr;
    if (own && name != "call") return eval_and_or(dot, function, name == "or", arguments, final);
    Value::List values;
    values.reserve(arguments.size() + 1);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      values.push_back(eval_argument(dot, function.parameter_for(i), *arguments[i]));
    }
    if (final != nullptr) values.push_back(checked_type(*final, function.parameter_for(values.size())));
    for (const Value& value : values) charge_value(value);
    auto result = own ? call_value(arguments.empty() ? piped_name(*final) : arguments[0]->text(), values)
                  : callee.builtin != nullptr ? callee.builtin->run(values, limits_.output_bytes)
                                              : function.call(values);
    if (!result) {
      at(node);
      error("error calling " + name + ": " + result.error().message);
    }
    charge_value(*result);
    return std::move(*result);
  }

  void check_count(const Function& function, const std::string& name, std::size_t written,
                   const Value* final) const {
    const std::size_t given = written + (final != nullptr ? 1 : 0);
    const std::size_t least = function.fixed_parameters();
    if (function.variadic && given < least) {
      error("wrong number of args for " + name + ": want at least " + std::to_string(least) + " got " +
            std::to_string(written));
    }
    if (!function.variadic && given != function.parameters.size()) {
      error("wrong number of args for " + name + ": want " + std::to_string(function.parameters.size()) +
            " got " + std::to_string(given));
    }
  }

  // Evaluates only as many arguments as decide.
  Value eval_and_or(const Value& dot, const Function& function, bool wanted, Nodes arguments,
                    const Value* final) {
    Value value;
    for (const NodePtr& argument : arguments) {
      value = eval_argument(dot, function.parameters[0], *argument);
      if (value.is_true() == wanted) return value;
    }
    return final != nullptr ? *final : value;
  }

  static std::string piped_name(const Value& value) {
    return value.kind() == Kind::string ? value.as_string() : "<" + value.type_name() + " Value>";
  }

  // The builtin call: its first argument is the function.
  Result<Value> call_value(const std::string& callee_name, const Value::List& values) {
    if (values[0].is_invalid()) return fail("call of nil");
    if (values[0].kind() != Kind::function) {
      return fail("non-function " + callee_name + " of type " + values[0].type_name());
    }
    const Function& function = values[0].as_function();
    const std::size_t given = values.size() - 1;
    const std::size_t least = function.fixed_parameters();
    if (function.variadic ? given < least : given != least) {
      return fail("wrong number of args for " + callee_name + ": got " + std::to_string(given) + " want " +
                  (function.variadic ? "at least " : "") + std::to_string(least));
    }
    Value::List arguments(values.begin() + 1, values.end());
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const Parameter& parameter = function.parameter_for(i);
      if (arguments[i].is_invalid()) {
        if (!parameter.can_be_nil()) {
          return fail("arg " + std::to_string(i) + ": value is nil; should be of type " +
                      parameter.type_name());
        }
        arguments[i] = parameter.zero();
      } else if (!parameter.accepts(arguments[i])) {
        return fail("arg " + std::to_string(i) + ": value has type " + arguments[i].type_name() +
                    "; should be " + parameter.type_name());
      }
    }
    return function.call(arguments);
  }

  // ---- arguments ----

  Value checked_type(const Value& value, const Parameter& parameter) {
    if (value.is_invalid() && !value.is_boxed()) {
      if (parameter.can_be_nil()) return parameter.zero();
      error("invalid value; expected " + parameter.type_name());
    }
    if (!parameter.accepts(value)) {
      error("wrong type for value; expected " + parameter.type_name() + "; got " + value.type_name());
    }
    return value;
  }

  Value eval_argument(const Value& dot, const Parameter& parameter, const Node& node) {
    at(node);
    switch (node.type) {
      case Node::Type::dot:
        return checked_type(dot, parameter);
      case Node::Type::nil:
        if (parameter.can_be_nil()) return parameter.zero();
        error("cannot assign nil to " + parameter.type_name());
      case Node::Type::field:
        return checked_type(eval_field_node(dot, static_cast<const FieldNode&>(node), {}, nullptr),
                            parameter);
      case Node::Type::variable:
        return checked_type(eval_variable(dot, static_cast<const VariableNode&>(node), {}, nullptr),
                            parameter);
      case Node::Type::pipe:
        return checked_type(eval_pipeline(dot, static_cast<const PipeNode&>(node)), parameter);
      case Node::Type::identifier:
        return checked_type(eval_function(dot, static_cast<const IdentifierNode&>(node), node, {}, nullptr),
                            parameter);
      case Node::Type::chain:
        return checked_type(eval_chain(dot, static_cast<const ChainNode&>(node), {}, nullptr), parameter);
      default:
        return eval_constant_argument(parameter, node);
    }
  }

  // A literal takes the type that the parameter asks for, if it can.
  Value eval_constant_argument(const Parameter& parameter, const Node& node) {
    const auto* number = node.type == Node::Type::number ? static_cast<const NumberNode*>(&node) : nullptr;
    switch (parameter.kind) {
      case Parameter::Kind::any:
      case Parameter::Kind::value:
        return eval_untyped(node);
      case Parameter::Kind::boolean:
        if (node.type != Node::Type::boolean) error("expected bool; found " + node.text());
        return Value::boolean(static_cast<const BooleanNode&>(node).value);
      case Parameter::Kind::string:
        if (node.type != Node::Type::string) error("expected string; found " + node.text());
        return Value::string(static_cast<const StringNode&>(node).value);
      case Parameter::Kind::integer:
      case Parameter::Kind::duration:
        if (number == nullptr || !number->is_integer) error("expected integer; found " + node.text());
        return Value::integer(number->integer, parameter.kind == Parameter::Kind::integer
                                                   ? IntegerType::int_
                                                   : IntegerType::duration);
      case Parameter::Kind::floating:
        if (number == nullptr || !number->is_floating) error("expected float; found " + node.text());
        return Value::floating(number->floating);
      default:
        error("can't handle " + node.text() + " for arg of type " + parameter.type_name());
    }
  }

  Value eval_untyped(const Node& node) {
    switch (node.type) {
      case Node::Type::boolean:
        return Value::boolean(static_cast<const BooleanNode&>(node).value);
      case Node::Type::number:
        return constant(static_cast<const NumberNode&>(node));
      case Node::Type::string:
        return Value::string(static_cast<const StringNode&>(node).value);
      default:
        error("can't handle assignment of " + node.text() + " to empty interface argument");
    }
  }

  const Tree* tree_;
  const Node* node_ = nullptr;  // Where an error would be reported.
  const Trees& trees_;
  const FunctionMap& functions_;
  const ExecuteOptions& options_;
  const Limits& limits_;
  std::vector<Variable> variables_;  // A stack; the innermost is last.
  std::string out_;
  std::size_t steps_ = 0;
  std::size_t level_ = 0;
  std::size_t template_depth_ = 0;
};

}  // namespace

Result<std::string> execute_template(const Tree& tree, const Trees& trees, const FunctionMap& functions,
                                     const Value& data, const ExecuteOptions& options) {
  try {
    return Executor(tree, trees, functions, options).run(data);
  } catch (const ExecutionFailure& failure) {
    return fail(failure.message);
  }
}

std::string printed_value(const Value& value, std::size_t size_limit) {
  if (value.is_invalid()) return "<no value>";
  return sprint({&value, 1}, size_limit);
}

}  // namespace tocsin::tmpl

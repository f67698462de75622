#include "rules/findings/template_uses.h"

#include <algorithm>
#include <array>

#include "rules/template_check.h"

namespace tocsin {
namespace {

using namespace tmpl;
using Type = Node::Type;

constexpr std::size_t kNoQuery = static_cast<std::size_t>(-1);

constexpr std::array<std::string_view, 7> kFormats{
    "humanize",          "humanize1024", "humanizeDuration", "humanizePercentage",
    "humanizeTimestamp", "printf",       "toDuration"};

// What dot is: the alert's data, the samples of a query, one of them, or something else.
struct Dot {
  enum class Kind { kAlert, kSamples, kSample, kOther } kind = Kind::kAlert;
  std::size_t query = kNoQuery;
};

class UseSearch {
 public:
  explicit UseSearch(const Tree& tree, TemplateUses& uses)
      : tree_(tree), uses_(uses), prelude_(rule_template_prelude().size()) {}

  void run(Dot dot) {
    if (tree_.root != nullptr) walk(*tree_.root, dot);
  }

 private:
  struct Extent {
    std::size_t begin, end;
  };

  // Go gives `$labels.x` the place of its first field.
  Extent extent(const Node& node) const {
    const std::string text = node.text();
    const std::string_view source = *tree_.source;
    std::size_t begin = node.position;
    if (source.substr(std::min(begin, source.size())).substr(0, text.size()) != text) {
      const std::size_t before = source.rfind(text, begin);
      if (before != std::string_view::npos && before + text.size() >= begin) begin = before;
    }
    begin -= std::min(begin, prelude_);
    return {begin, begin + text.size()};
  }

  void walk(const ListNode& list, Dot dot) {
    for (const NodePtr& node : list.nodes) {
      if (node->position < prelude_) continue;
      switch (node->type) {
        case Type::action:
          read(*static_cast<const ActionNode&>(*node).pipe, dot, true);
          break;
        case Type::if_:
        case Type::with:
        case Type::range:
          branch(static_cast<const BranchNode&>(*node), dot);
          break;
        case Type::template_: {
          const auto& call = static_cast<const TemplateNode&>(*node);
          if (call.pipe != nullptr) read(*call.pipe, dot, true);
          break;
        }
        default:
          break;
      }
    }
  }

  void branch(const BranchNode& node, Dot dot) {
    guard(*node.pipe, dot);
    const Dot result = read(*node.pipe, dot, false);
    Dot inner = dot;
    if (node.type != Type::if_) inner = {Dot::Kind::kOther, kNoQuery};
    if (result.query != kNoQuery) {
      if (node.type == Type::with) inner = result;
      if (node.type == Type::range && result.kind == Dot::Kind::kSamples)
        inner = {Dot::Kind::kSample, result.query};
    }
    if (node.list != nullptr) walk(*node.list, inner);
    if (node.else_list != nullptr) walk(*node.else_list, dot);
  }

  // Names that a condition asks for.
  void guard(const PipeNode& pipe, Dot dot) {
    for (const auto& command : pipe.commands) {
      for (const NodePtr& argument : command->arguments) {
        if (argument->type == Type::pipe) guard(static_cast<const PipeNode&>(*argument), dot);
        if (const std::string_view name = label_of(*argument, dot); !name.empty())
          uses_.guarded.emplace_back(name);
        if (const std::string_view name = external_label_of(*argument, dot); !name.empty())
          uses_.guarded_external.emplace_back(name);
      }
      if (const std::string name = indexed_label(*command); !name.empty()) uses_.guarded.push_back(name);
    }
  }

  static std::string_view label_of(const Node& node, Dot dot) {
    return name_in(node, dot, "$labels", "Labels");
  }
  static std::string_view external_label_of(const Node& node, Dot dot) {
    return name_in(node, dot, "$externalLabels", "ExternalLabels");
  }

  // The NAME of VARIABLE.NAME, .FIELD.NAME, $.FIELD.NAME; "" where it is none.
  static std::string_view name_in(const Node& node, Dot dot, std::string_view variable,
                                  std::string_view field) {
    if (node.type == Type::variable) {
      const auto& names = static_cast<const VariableNode&>(node).names;
      if (names.size() == 2 && names[0] == variable) return names[1];
      if (names.size() == 3 && names[0] == "$" && names[1] == field) return names[2];
    } else if (node.type == Type::field && dot.kind == Dot::Kind::kAlert) {
      const auto& names = static_cast<const FieldNode&>(node).names;
      if (names.size() == 2 && names[0] == field) return names[1];
    }
    return "";
  }

  static std::string_view function_of(const CommandNode& command) {
    if (command.arguments.empty() || command.arguments[0]->type != Type::identifier) return "";
    return static_cast<const IdentifierNode&>(*command.arguments[0]).name;
  }
  static const StringNode* text_argument(const CommandNode& command, std::size_t index) {
    if (command.arguments.size() <= index || command.arguments[index]->type != Type::string) return nullptr;
    return static_cast<const StringNode*>(command.arguments[index].get());
  }

  // index $labels "NAME"
  static std::string indexed_label(const CommandNode& command) {
    if (function_of(command) != "index" || command.arguments.size() != 3) return "";
    if (command.arguments[1]->type != Type::variable) return "";
    const auto& names = static_cast<const VariableNode&>(*command.arguments[1]).names;
    const StringNode* name = text_argument(command, 2);
    return names.size() == 1 && names[0] == "$labels" && name != nullptr ? name->value : "";
  }

  static bool is_value(const Node& node, Dot dot) {
    if (node.type == Type::variable) {
      const auto& names = static_cast<const VariableNode&>(node).names;
      return (names.size() == 1 && names[0] == "$value") ||
             (names.size() == 2 && names[0] == "$" && names[1] == "Value");
    }
    return node.type == Type::field && dot.kind == Dot::Kind::kAlert &&
           static_cast<const FieldNode&>(node).names.size() == 1 &&
           static_cast<const FieldNode&>(node).names[0] == "Value";
  }

  static bool formats(const PipeNode& pipe) {
    return std::ranges::any_of(pipe.commands, [](const auto& command) {
      return std::ranges::find(kFormats, function_of(*command)) != kFormats.end();
    });
  }

  // What the pipe gives, as far as it comes from a query.
  Dot read(const PipeNode& pipe, Dot dot, bool printed) {
    const bool formatted = formats(pipe);
    if (!pipe.variables.empty()) printed = false;
    Dot flowing{Dot::Kind::kOther, kNoQuery};
    for (const auto& command : pipe.commands) flowing = read(*command, dot, flowing, printed, formatted);
    return flowing;
  }

  Dot read(const CommandNode& command, Dot dot, Dot flowing, bool printed, bool formatted) {
    const std::string_view function = function_of(command);
    Dot given = flowing;  // the last argument: piped, or written
    for (const NodePtr& argument : command.arguments) {
      if (argument->type == Type::pipe) {
        given = read(static_cast<const PipeNode&>(*argument), dot, printed);
      } else if (argument->type == Type::dot) {
        given = dot;
      } else if (argument->type == Type::chain) {
        chain(static_cast<const ChainNode&>(*argument), dot, printed);
      } else if (argument->type == Type::field) {
        field(static_cast<const FieldNode&>(*argument), dot);
      }
      if (!printed) continue;
      if (const std::string_view name = external_label_of(*argument, dot); !name.empty()) {
        const Extent place = extent(*argument);
        uses_.external_labels.push_back({std::string(name), place.begin, place.end});
      }
      // Where it stands is worked out only for what is kept.
      if (const std::string_view name = label_of(*argument, dot); !name.empty()) {
        const Extent place = extent(*argument);
        uses_.labels.push_back({std::string(name), place.begin, place.end});
      } else if (is_value(*argument, dot)) {
        const Extent place = extent(*argument);
        uses_.values.push_back({place.begin, place.end, formatted});
      }
    }
    if (printed && function == "index") {
      if (std::string name = indexed_label(command); !name.empty()) {
        const Extent place = extent(command);
        uses_.labels.push_back({std::move(name), place.begin, place.end});
      }
    }
    if (function.empty()) return given;
    if (function == "query") return query(command);
    if (function == "first" && given.kind == Dot::Kind::kSamples) return {Dot::Kind::kSample, given.query};
    if (function == "sortByLabel") {
      read_label(text_argument(command, 1), given);
      return given;
    }
    if (function == "label") read_label(text_argument(command, 1), given);
    return {Dot::Kind::kOther, kNoQuery};
  }

  Dot query(const CommandNode& command) {
    const StringNode* text = text_argument(command, 1);
    if (text == nullptr) return {Dot::Kind::kOther, kNoQuery};
    const Extent place = extent(*text);
    uses_.queries.push_back({text->value, place.begin, place.end, {}});
    return {Dot::Kind::kSamples, uses_.queries.size() - 1};
  }

  void read_label(const StringNode* name, Dot of) {
    if (name == nullptr || of.query == kNoQuery) return;
    const Extent place = extent(*name);
    uses_.queries[of.query].labels.push_back({name->value, place.begin, place.end});
  }

  // (query "…" | first).Labels.x
  void chain(const ChainNode& node, Dot dot, bool printed) {
    if (node.operand->type != Type::pipe) return;
    const Dot of = read(static_cast<const PipeNode&>(*node.operand), dot, printed);
    if (of.kind != Dot::Kind::kSample || node.names.size() != 2 || node.names[0] != "Labels") return;
    const Extent place = extent(node);
    uses_.queries[of.query].labels.push_back({node.names[1], place.begin, place.end});
  }

  void field(const FieldNode& node, Dot dot) {
    if (dot.kind != Dot::Kind::kSample || node.names.size() != 2 || node.names[0] != "Labels") return;
    const Extent place = extent(node);
    uses_.queries[dot.query].labels.push_back({node.names[1], place.begin, place.end});
  }

  const Tree& tree_;
  TemplateUses& uses_;
  const std::size_t prelude_;
};

}  // namespace

TemplateUses template_uses(const tmpl::Trees& trees) {
  TemplateUses uses;
  for (const auto& [name, tree] : trees) {
    // What a definition is called with is not followed.
    const bool main = name == tree->parse_name;
    UseSearch(*tree, uses).run({main ? Dot::Kind::kAlert : Dot::Kind::kOther, kNoQuery});
  }
  return uses;
}

}  // namespace tocsin

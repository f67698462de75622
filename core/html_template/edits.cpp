#include "core/html_template/edits.h"

#include <algorithm>
#include <utility>

#include "core/html_template/escapers.h"

namespace tocsin::tmpl {
namespace {

using Commands = std::vector<std::shared_ptr<const CommandNode>>;

// The predefined escaper that does an escaper's work; otherwise its own name.
std::string_view common_name(std::string_view escaper) {
  if (escaper == escapers::kAttribute || escaper == escapers::kMarkup || escaper == escapers::kRcdata)
    return "html";
  // urlquery does more than the second, which is as well.
  if (escaper == escapers::kUrlEscape || escaper == escapers::kUrlNormalize) return "urlquery";
  return escaper;
}

// Whether the second has nothing left to do behind the first.
bool is_redundant(std::string_view first, std::string_view second) {
  if (second == escapers::kUrlNormalize) return first == escapers::kUrlEscape;
  if (second == escapers::kMarkup) return first == escapers::kComment;
  if (second != escapers::kAttribute) return false;
  return first == escapers::kComment || first == escapers::kCssString || first == escapers::kScriptRegexp ||
         first == escapers::kScriptString || first == escapers::kScriptTemplate;
}

std::shared_ptr<const CommandNode> call_of(std::string_view function, std::size_t position) {
  auto command = std::make_shared<CommandNode>(position);
  command->arguments.push_back(std::make_shared<IdentifierNode>(position, std::string(function)));
  return command;
}

// {{html a b}} as {{_eval_args_ a b | html}}, so that html stands alone at the end.
void split_predefined(Commands& commands, std::size_t position) {
  const CommandNode& whole = *commands.back();
  auto arguments = std::make_shared<CommandNode>(whole.position);
  arguments->arguments = whole.arguments;
  arguments->arguments[0] =
      std::make_shared<IdentifierNode>(whole.position, std::string(escapers::kJoinArguments));
  auto escaper = call_of(called_function(whole), position);
  commands.back() = std::move(arguments);
  commands.push_back(std::move(escaper));
}

// Where the pipeline ends in a predefined escaper, it takes the place of those that do the same.
void merge_predefined(Commands& commands, EscaperNames& wanted, std::size_t position) {
  const std::string predefined(called_function(*commands.back()));
  if (!is_predefined_escaper(predefined)) return;
  if (commands.size() == 1 && commands.back()->arguments.size() > 1) split_predefined(commands, position);
  bool taken = false;
  for (std::string_view& escaper : wanted) {
    if (common_name(escaper) != predefined) continue;
    escaper = predefined == "html" ? "html" : "urlquery";
    taken = true;
  }
  if (taken) commands.pop_back();
}

std::shared_ptr<const PipeNode> escaped_pipe(const PipeNode& pipe, EscaperNames wanted) {
  auto out = std::make_shared<PipeNode>(pipe.position);
  out->commands = pipe.commands;
  merge_predefined(out->commands, wanted, pipe.position);
  std::vector<std::string_view> present;
  for (const auto& command : out->commands) present.push_back(common_name(called_function(*command)));
  for (const std::string_view escaper : wanted) {
    const bool is_there = std::find(present.begin(), present.end(), common_name(escaper)) != present.end();
    if (is_there) continue;
    if (!out->commands.empty() && is_redundant(called_function(*out->commands.back()), escaper)) continue;
    out->commands.push_back(call_of(escaper, pipe.position));
  }
  return out;
}

class Editor {
 public:
  explicit Editor(const Edits& edits) : edits_(edits) {}

  std::unique_ptr<ListNode> list(const ListNode& list) const {
    auto out = std::make_unique<ListNode>(list.position);
    out->nodes.reserve(list.nodes.size());
    for (const NodePtr& node : list.nodes) out->nodes.push_back(copy(node));
    return out;
  }

 private:
  NodePtr copy(const NodePtr& node) const {
    switch (node->type) {
      case Node::Type::text: {
        const auto text = edits_.texts.find(node.get());
        if (text == edits_.texts.end()) return node;
        return std::make_shared<OwnedTextNode>(node->position, text->second);
      }
      case Node::Type::action: {
        const auto action = edits_.actions.find(node.get());
        if (action == edits_.actions.end() || action->second.empty()) return node;
        const PipeNode& pipe = *static_cast<const ActionNode&>(*node).pipe;
        return std::make_shared<ActionNode>(node->position, escaped_pipe(pipe, action->second));
      }
      case Node::Type::template_: {
        const auto call = edits_.calls.find(node.get());
        if (call == edits_.calls.end()) return node;
        return std::make_shared<TemplateNode>(node->position, call->second,
                                              static_cast<const TemplateNode&>(*node).pipe);
      }
      case Node::Type::if_:
      case Node::Type::range:
      case Node::Type::with:
        return branch(static_cast<const BranchNode&>(*node));
      default:
        return node;
    }
  }

  NodePtr branch(const BranchNode& node) const {
    auto out = std::make_shared<BranchNode>(node.type, node.pipe);
    out->list = list(*node.list);
    if (node.else_list != nullptr) out->else_list = list(*node.else_list);
    return out;
  }

  const Edits& edits_;
};

}  // namespace

std::shared_ptr<const Tree> edited(const Tree& tree, const std::string& name, const Edits& edits) {
  auto out = std::make_shared<Tree>();
  out->name = name;
  out->parse_name = tree.parse_name;
  out->source = tree.source;
  out->root = Editor(edits).list(*tree.root);
  return out;
}

bool is_predefined_escaper(std::string_view function) {
  return function == "html" || function == "urlquery";
}

std::string_view called_function(const CommandNode& command) {
  if (command.arguments.empty() || command.arguments.front()->type != Node::Type::identifier) return {};
  return static_cast<const IdentifierNode&>(*command.arguments.front()).name;
}

}  // namespace tocsin::tmpl

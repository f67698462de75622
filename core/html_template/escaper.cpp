#include "core/html_template/escaper.h"

#include <optional>
#include <utility>
#include <vector>

#include "core/html_template/action_escapers.h"
#include "core/html_template/edits.h"
#include "core/html_template/escape_journal.h"
#include "core/html_template/text_escaper.h"
#include "core/template/go_quote.h"

namespace tocsin::tmpl {
namespace {

class Escaper {
 public:
  Escaper(const Trees& trees, const EscapedTemplates& known, const EscapeLimits& limits)
      : trees_(trees), known_(known), limits_(limits) {}

  Result<EscapedTemplates> run(const std::string& name, const Tree& tree) {
    tree_ = &tree;
    std::string callee;
    HtmlContext end = call(HtmlContext(), *tree.root, name, callee);
    if (exhausted_.is_error()) end = exhausted_;
    if (end.is_error()) return fail(end.problem->text(name));
    return journal_.templates();
  }

 private:
  // Where the loops around are left by break and continue.
  struct Jumps {
    std::vector<HtmlContext> breaks, continues;
  };

  HtmlContext refuse(const Node& node, std::string description) const {
    return in_error({std::move(description), tree_->location(node), tree_->line(node)});
  }

  // At a limit there is no answer, whatever else was found out.
  HtmlContext exhausted(const Node& node, std::string description) {
    if (!exhausted_.is_error()) exhausted_ = refuse(node, std::move(description));
    return exhausted_;
  }

  // ---- nodes ----

  HtmlContext walk(HtmlContext context, const ListNode& list) {
    if (level_ == limits_.nesting)
      return exhausted(list, "exceeded maximum nesting depth (" + std::to_string(limits_.nesting) + ")");
    ++level_;
    for (const NodePtr& node : list.nodes) {
      context = walk(std::move(context), *node);
      if (context.state == HtmlState::dead || context.is_error()) break;
    }
    --level_;
    return context;
  }

  // What it calls is not made part of it: its frame is on the stack once for each level.
  HtmlContext walk(HtmlContext context, const Node& node) {
    if (++steps_ > limits_.steps) {
      return exhausted(node, "escaping takes more than " + std::to_string(limits_.steps) +
                                 " steps; simplify the template");
    }
    switch (node.type) {
      case Node::Type::text:
        return walk_text(std::move(context), static_cast<const TextNode&>(node));
      case Node::Type::action:
        return walk_action(std::move(context), static_cast<const ActionNode&>(node));
      case Node::Type::if_:
        return walk_branch(context, static_cast<const BranchNode&>(node), "if");
      case Node::Type::with:
        return walk_branch(context, static_cast<const BranchNode&>(node), "with");
      case Node::Type::range:
        return walk_range(context, static_cast<const BranchNode&>(node));
      case Node::Type::template_:
        return walk_template(std::move(context), static_cast<const TemplateNode&>(node));
      case Node::Type::break_:
      case Node::Type::continue_: {
        context.jump = &node;
        auto& left = node.type == Node::Type::break_ ? jumps_->breaks : jumps_->continues;
        left.push_back(std::move(context));
        return in_state(HtmlState::dead);
      }
      default:
        return context;
    }
  }

  [[gnu::noinline]] HtmlContext walk_text(HtmlContext context, const TextNode& node) {
    steps_ += node.content.size();
    EscapedText text = escape_text(std::move(context), node.content);
    if (text.changed && edits_ != nullptr) edits_->texts.emplace(&node, std::move(*text.changed));
    return std::move(text.after);
  }

  [[gnu::noinline]] HtmlContext walk_action(HtmlContext context, const ActionNode& node) {
    ActionEscapers action = escapers_of(std::move(context), node);
    if (!action.refusal.empty()) return refuse(node, std::move(action.refusal));
    if (edits_ != nullptr) edits_->actions.emplace(&node, std::move(action.names));
    return std::move(action.after);
  }

  [[gnu::noinline]] HtmlContext walk_template(HtmlContext context, const TemplateNode& node) {
    std::string callee;
    context = call(std::move(context), node, node.name, callee);
    if (callee != node.name && edits_ != nullptr) edits_->calls.emplace(&node, std::move(callee));
    return context;
  }

  // ---- branches ----

  HtmlContext joined(const HtmlContext& left, const HtmlContext& right, const Node& node,
                     const std::string& keyword) const {
    if (auto both = join(left, right)) return std::move(*both);
    return refuse(
        node, "{{" + keyword + "}} branches end in different contexts: " + left.text() + ", " + right.text());
  }

  HtmlContext with_else(const HtmlContext& before, HtmlContext after, const BranchNode& node,
                        const std::string& keyword) {
    if (after.is_error()) return after;
    const HtmlContext otherwise = node.else_list == nullptr ? before : walk(before, *node.else_list);
    return joined(after, otherwise, node, keyword);
  }

  [[gnu::noinline]] HtmlContext walk_branch(const HtmlContext& context, const BranchNode& node,
                                            const std::string& keyword) {
    return with_else(context, walk(context, *node.list), node, keyword);
  }

  // A body that runs again must begin again where it began first.
  [[gnu::noinline]] HtmlContext walk_range(const HtmlContext& context, const BranchNode& node) {
    Jumps jumps;
    HtmlContext once = walk_body(context, node, jumps);
    if (once.is_error()) return once;
    const HtmlContext looped = joined_with_jumps(once, jumps);
    if (looped.is_error()) return looped;
    HtmlContext again = once;
    if (!(looped == context)) {
      // Only to see where it ends: what it would edit is edited for the first round.
      jumps = {};
      Edits* const edits = std::exchange(edits_, nullptr);
      const EscapeJournal::Mark mark = journal_.mark();
      again = walk_body(looped, node, jumps);
      journal_.roll_back(mark);
      edits_ = edits;
    }
    HtmlContext both = joined(looped, again, node, "range");
    if (both.is_error()) return at_line(both, node, "on range loop re-entry: ");
    return with_else(context, joined_with_jumps(std::move(both), jumps), node, "range");
  }

  HtmlContext walk_body(const HtmlContext& context, const BranchNode& node, Jumps& jumps) {
    Jumps* const outer = std::exchange(jumps_, &jumps);
    HtmlContext end = walk(context, *node.list);
    jumps_ = outer;
    return end;
  }

  HtmlContext joined_with_jumps(HtmlContext context, const Jumps& jumps) const {
    for (const HtmlContext& left : jumps.breaks) {
      context = joined(context, left, *left.jump, "range");
      if (context.is_error()) return at_line(context, *left.jump, "at range loop break: ");
    }
    for (const HtmlContext& left : jumps.continues) {
      context = joined(context, left, *left.jump, "range");
      if (context.is_error()) return at_line(context, *left.jump, "at range loop continue: ");
    }
    return context;
  }

  HtmlContext at_line(const HtmlContext& context, const Node& node, const std::string& prefix) const {
    EscapeProblem problem = *context.problem;
    problem.description = prefix + problem.description;
    problem.line = tree_->line(node);
    return in_error(std::move(problem));
  }

  // ---- templates ----

  // Unlike Go, which takes every call after the first for one that ends where it begins, and then refuses or
  // wrongly escapes what follows a template that leaves a tag or quote open.
  HtmlContext call(HtmlContext context, const Node& node, const std::string& name, std::string& callee) {
    if (context.is_error()) return context;
    callee = derived_name(name, context);
    journal_.count_call(callee);
    if (const HtmlContext* end = journal_.end_of(callee)) return *end;
    if (const auto end = known_.ends.find(callee); end != known_.ends.end()) return end->second;
    const auto tree = trees_.find(name);
    if (tree == trees_.end()) return refuse(node, "no such template " + quote(name));
    if (template_depth_ > limits_.template_depth) {
      return exhausted(node,
                       "exceeded maximum template depth (" + std::to_string(limits_.template_depth) + ")");
    }
    ++template_depth_;
    context = escape_called(context, *tree->second, callee);
    --template_depth_;
    return context;
  }

  // A template that calls itself ends where its calls to itself end. That it leaves the reader where it found
  // him holds for almost all; otherwise where it then seems to end is tried.
  HtmlContext escape_called(const HtmlContext& start, const Tree& tree, const std::string& callee) {
    const Tree* const caller = std::exchange(tree_, &tree);
    Edits* const edits = edits_;
    Jumps* const jumps = std::exchange(jumps_, nullptr);
    HtmlContext end = start;
    bool accepted = escape_body(start, tree, callee, end);
    if (!accepted && !end.is_error()) {
      const HtmlContext first = end;
      accepted = escape_body(start, tree, callee, end);
      if (!accepted) end = first;
    }
    if (!accepted && !end.is_error())
      end = refuse(*tree.root, "cannot compute output context for template " + callee);
    tree_ = caller;
    edits_ = edits;
    jumps_ = jumps;
    return end;
  }

  // Escapes a body, with `end` as where calls to itself end; then `end` is where it really does.
  bool escape_body(const HtmlContext& start, const Tree& tree, const std::string& callee, HtmlContext& end) {
    const EscapeJournal::Mark mark = journal_.mark();
    journal_.assume_end(callee, end);
    const std::size_t calls = journal_.calls_of(callee);
    Edits edits;
    edits_ = &edits;
    HtmlContext found = walk(start, *tree.root);
    const bool accepted = !found.is_error() && (journal_.calls_of(callee) == calls || found == end);
    if (accepted) {
      journal_.accept(callee, found, edited(tree, callee, edits));
    } else {
      journal_.roll_back(mark);
    }
    end = std::move(found);
    return accepted;
  }

  const Trees& trees_;
  const EscapedTemplates& known_;
  const EscapeLimits limits_;
  EscapeJournal journal_;
  const Tree* tree_ = nullptr;  // whose nodes are walked
  Edits* edits_ = nullptr;      // null where a loop's second round is only looked at
  Jumps* jumps_ = nullptr;      // of the innermost loop
  std::size_t level_ = 0;
  std::size_t template_depth_ = 0;
  std::size_t steps_ = 0;
  HtmlContext exhausted_;  // an error once a limit was reached
};

}  // namespace

Result<EscapedTemplates> escape_template(const std::string& name, const Trees& trees,
                                         const EscapedTemplates& known, const EscapeLimits& limits) {
  const auto tree = trees.find(name);
  if (tree == trees.end()) return fail("html/template: " + quote(name) + " is undefined");
  return Escaper(trees, known, limits).run(name, *tree->second);
}

}  // namespace tocsin::tmpl

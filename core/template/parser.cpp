#include "core/template/parser.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "core/template/go_quote.h"
#include "core/template/lexer.h"
#include "core/template/number_literal.h"

namespace tocsin::tmpl {
namespace {

// Unwinds to parse_template; never leaves this file.
struct ParseFailure {
  std::string message;
};

std::vector<std::string> split_names(std::string_view text) {
  std::vector<std::string> names;
  while (true) {
    const std::size_t dot = text.find('.');
    names.emplace_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return names;
    text.remove_prefix(dot + 1);
  }
}

bool starts_operand(TokenType type) {
  switch (type) {
    case TokenType::boolean:
    case TokenType::character_constant:
    case TokenType::complex:
    case TokenType::dot:
    case TokenType::field:
    case TokenType::identifier:
    case TokenType::number:
    case TokenType::keyword_nil:
    case TokenType::raw_string:
    case TokenType::string:
    case TokenType::variable:
    case TokenType::left_paren:
      return true;
    default:
      return false;
  }
}

bool can_stand_after_pipe(const Node& node) {
  switch (node.type) {
    case Node::Type::boolean:
    case Node::Type::dot:
    case Node::Type::nil:
    case Node::Type::number:
    case Node::Type::string:
      return false;
    default:
      return true;
  }
}

// How a list of nodes ended.
enum class ListEnd { end, else_, else_if, else_with };

class Parser {
 public:
  Parser(const std::string& name, std::string text, const FunctionExists& function_exists,
         const ParseLimits& limits)
      : name_(name),
        source_(std::make_shared<const std::string>(std::move(text))),
        function_exists_(function_exists),
        limits_(limits),
        lexer_(*source_) {}

  Trees parse() {
    variables_ = {"$"};
    auto root = std::make_unique<ListNode>(peek().position);
    while (peek().type != TokenType::end_of_text) {
      if (peek().type == TokenType::left_delimiter) {
        const Token delimiter = next();
        if (next_non_space().type == TokenType::keyword_define) {
          parse_definition();
          continue;
        }
        backup2(delimiter);
      }
      std::optional<ListEnd> ended;
      if (NodePtr node = text_or_action(ended)) {
        root->nodes.push_back(std::move(node));
      } else if (ended) {
        error("unexpected " + end_text(*ended));
      }
    }
    add(name_, std::move(root));
    return std::move(trees_);
  }

 private:
  // One level of recursion; every nested construct passes here.
  class Level {
   public:
    Level(Parser& parser, const char* message) : parser_(parser) {
      if (++parser_.level_ > parser_.limits_.nesting) parser_.error(message);
    }
    ~Level() { --parser_.level_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Parser& parser_;
  };

  // ---- tokens, with up to three of lookahead ----

  Token lex() {
    Token token = lexer_.next();
    const bool jump = token.type == TokenType::keyword_break || token.type == TokenType::keyword_continue;
    // As in Go, a function of that name wins over the keyword.
    if (jump && function_exists_(token.text)) token.type = TokenType::identifier;
    return token;
  }
  const Token& next() {
    if (peeked_ > 0) {
      --peeked_;
    } else {
      tokens_[0] = lex();
    }
    return tokens_[peeked_];
  }
  void backup() { ++peeked_; }
  void backup2(Token first) {
    tokens_[1] = std::move(first);
    peeked_ = 2;
  }
  void backup3(Token first, Token second) {
    tokens_[1] = std::move(second);
    tokens_[2] = std::move(first);
    peeked_ = 3;
  }
  const Token& peek() {
    if (peeked_ > 0) return tokens_[peeked_ - 1];
    peeked_ = 1;
    tokens_[0] = lex();
    return tokens_[0];
  }
  const Token& next_non_space() {
    while (true) {
      const Token& token = next();
      if (token.type != TokenType::space) return token;
    }
  }
  const Token& peek_non_space() {
    next_non_space();
    backup();
    return tokens_[peeked_ - 1];
  }

  // ---- errors ----

  [[noreturn]] void error(const std::string& message) const {
    throw ParseFailure{"template: " + name_ + ":" + std::to_string(tokens_[0].line) + ": " + message};
  }
  [[noreturn]] void unexpected(const Token& token, const std::string& context) const {
    if (token.type != TokenType::error) error("unexpected " + token.description() + " in " + context);
    std::string message = token.message;
    if (action_line_ != 0 && action_line_ != token.line) {
      message += message.ends_with(" action") ? "" : " in action";
      message += " started at " + name_ + ":" + std::to_string(action_line_);
    }
    error(message);
  }
  Token expect(TokenType type, const std::string& context) {
    Token token = next_non_space();
    if (token.type != type) unexpected(token, context);
    return token;
  }
  static std::string end_text(ListEnd ended) { return ended == ListEnd::end ? "{{end}}" : "{{else}}"; }

  // ---- definitions ----

  std::string string_value(const Token& token) const {
    auto value = unquote(token.text);
    if (!value) error("invalid syntax");
    return std::move(*value);
  }

  std::string template_name(const Token& token, const char* context) const {
    if (token.type != TokenType::string && token.type != TokenType::raw_string) unexpected(token, context);
    return string_value(token);
  }

  void parse_definition() {
    const std::string name = template_name(next_non_space(), "define clause");
    expect(TokenType::right_delimiter, "define clause");
    auto [list, ended] = separate_list();
    if (ended != ListEnd::end) error("unexpected " + end_text(ended) + " in define clause");
    add(name, std::move(list));
  }

  // The body of a definition: no variables but $, and no enclosing range.
  std::pair<std::unique_ptr<ListNode>, ListEnd> separate_list() {
    std::vector<std::string> outer_variables = std::exchange(variables_, {"$"});
    const std::size_t outer_ranges = std::exchange(range_depth_, 0);
    const std::size_t outer_line = std::exchange(action_line_, 0);
    auto result = item_list();
    variables_ = std::move(outer_variables);
    range_depth_ = outer_ranges;
    action_line_ = outer_line;
    return result;
  }

  void add(const std::string& name, std::unique_ptr<ListNode> root) {
    const auto found = trees_.find(name);
    const bool replaceable = found == trees_.end() || found->second->root->is_empty();
    if (!replaceable) {
      if (root->is_empty()) return;
      error("template: multiple definition of template " + quote(name));
    }
    auto tree = std::make_shared<Tree>();
    tree->name = name;
    tree->parse_name = name_;
    tree->source = source_;
    tree->root = std::move(root);
    trees_[name] = std::move(tree);
  }

  // ---- lists and actions ----

  std::pair<std::unique_ptr<ListNode>, ListEnd> item_list() {
    auto list = std::make_unique<ListNode>(peek_non_space().position);
    while (peek_non_space().type != TokenType::end_of_text) {
      std::optional<ListEnd> ended;
      NodePtr node = text_or_action(ended);
      if (ended) return {std::move(list), *ended};
      list->nodes.push_back(std::move(node));
    }
    error("unexpected EOF");
  }

  NodePtr text_or_action(std::optional<ListEnd>& ended) {
    const Token token = next_non_space();
    if (token.type == TokenType::text) return std::make_unique<TextNode>(token.position, token.text);
    if (token.type != TokenType::left_delimiter) unexpected(token, "input");
    action_line_ = token.line;
    NodePtr node = action(ended);
    action_line_ = 0;
    return node;
  }

  NodePtr action(std::optional<ListEnd>& ended) {
    const Token token = next_non_space();
    switch (token.type) {
      case TokenType::keyword_block:
        return block_control();
      case TokenType::keyword_break:
        return jump_control(Node::Type::break_, token, "{{break}}");
      case TokenType::keyword_continue:
        return jump_control(Node::Type::continue_, token, "{{continue}}");
      case TokenType::keyword_else:
        ended = else_control();
        return nullptr;
      case TokenType::keyword_end:
        expect(TokenType::right_delimiter, "end");
        ended = ListEnd::end;
        return nullptr;
      case TokenType::keyword_if:
        return branch_control(Node::Type::if_, "if");
      case TokenType::keyword_range:
        return branch_control(Node::Type::range, "range");
      case TokenType::keyword_template:
        return template_control();
      case TokenType::keyword_with:
        return branch_control(Node::Type::with, "with");
      default:
        break;
    }
    backup();
    const std::size_t position = peek().position;
    // Variables declared here live until the enclosing block ends.
    return std::make_unique<ActionNode>(position, pipeline("command", TokenType::right_delimiter));
  }

  NodePtr jump_control(Node::Type type, const Token& keyword, const std::string& text) {
    const Token& token = next_non_space();
    if (token.type != TokenType::right_delimiter) unexpected(token, text);
    if (range_depth_ == 0) error(text + " outside {{range}}");
    return std::make_unique<JumpNode>(type, keyword.position);
  }

  // "else if" and "else with" leave their keyword to the branch that continues there.
  ListEnd else_control() {
    const TokenType type = peek_non_space().type;
    if (type == TokenType::keyword_if) return ListEnd::else_if;
    if (type == TokenType::keyword_with) return ListEnd::else_with;
    expect(TokenType::right_delimiter, "else");
    return ListEnd::else_;
  }

  NodePtr branch_control(Node::Type type, const char* context) {
    const Level level(*this, "max nesting depth exceeded");
    const std::size_t outer_variables = variables_.size();
    auto node = std::make_unique<BranchNode>(type, pipeline(context, TokenType::right_delimiter));
    if (type == Node::Type::range) ++range_depth_;
    auto [list, ended] = item_list();
    if (type == Node::Type::range) --range_depth_;
    node->list = std::move(list);
    if (ended != ListEnd::end) node->else_list = else_branch(type, context, ended);
    variables_.resize(outer_variables);
    return node;
  }

  std::unique_ptr<ListNode> else_branch(Node::Type type, const char* context, ListEnd ended) {
    const bool continues = (ended == ListEnd::else_if && type == Node::Type::if_) ||
                           (ended == ListEnd::else_with && type == Node::Type::with);
    if (continues) {
      // {{if a}}_{{else if b}}_{{end}} is {{if a}}_{{else}}{{if b}}_{{end}}{{end}}: one end closes all.
      const Token keyword = next_non_space();
      auto list = std::make_unique<ListNode>(keyword.position);
      list->nodes.push_back(branch_control(type, context));
      return list;
    }
    auto [list, list_end] = item_list();
    if (list_end != ListEnd::end) error("expected end; found " + end_text(list_end));
    return std::move(list);
  }

  NodePtr block_control() {
    const Level level(*this, "max nesting depth exceeded");
    const Token token = next_non_space();
    const std::string name = template_name(token, "block clause");
    auto pipe = pipeline("block clause", TokenType::right_delimiter);
    auto [list, ended] = separate_list();
    if (ended != ListEnd::end) error("unexpected " + end_text(ended) + " in block clause");
    add(name, std::move(list));
    return std::make_unique<TemplateNode>(token.position, name, std::move(pipe));
  }

  NodePtr template_control() {
    const Token token = next_non_space();
    const std::string name = template_name(token, "template clause");
    std::unique_ptr<PipeNode> pipe;
    if (next_non_space().type != TokenType::right_delimiter) {
      backup();
      pipe = pipeline("template clause", TokenType::right_delimiter);
    }
    return std::make_unique<TemplateNode>(token.position, name, std::move(pipe));
  }

  // ---- pipelines ----

  std::unique_ptr<PipeNode> pipeline(const std::string& context, TokenType end) {
    auto pipe = std::make_unique<PipeNode>(peek_non_space().position);
    while (declaration(*pipe, context)) {
    }
    while (true) {
      const Token& token = next_non_space();
      if (token.type == end) {
        check_pipeline(*pipe, context);
        return pipe;
      }
      if (!starts_operand(token.type)) unexpected(token, context);
      backup();
      pipe->commands.push_back(command());
    }
  }

  // One "$x :=", "$x =" or "$x,"; true if another variable must follow.
  bool declaration(PipeNode& pipe, const std::string& context) {
    if (peek_non_space().type != TokenType::variable) return false;
    const Token variable = next();
    // Blanks are tokens, so "$x foo" needs the token after the variable and the next one that is not blank.
    const Token after = peek();
    const Token following = peek_non_space();
    const bool comma = following.type == TokenType::character && following.text == ",";
    if (following.type == TokenType::assign || following.type == TokenType::declare) {
      pipe.is_assignment = following.type == TokenType::assign;
      next_non_space();
      declare(pipe, variable);
      return false;
    }
    if (comma) {
      next_non_space();
      declare(pipe, variable);
      if (context != "range" || pipe.variables.size() >= 2) error("too many declarations in " + context);
      const TokenType type = peek_non_space().type;
      if (type == TokenType::variable || type == TokenType::right_delimiter ||
          type == TokenType::right_paren) {
        return true;
      }
      error("range can only initialize variables");
    }
    if (after.type == TokenType::space) {
      backup3(variable, after);
    } else {
      backup2(variable);
    }
    return false;
  }

  void declare(PipeNode& pipe, const Token& variable) {
    pipe.variables.push_back(std::make_unique<VariableNode>(
        variable.position, std::vector<std::string>{std::string(variable.text)}));
    if (variables_.size() >= limits_.variables) error("too many variables");
    variables_.emplace_back(variable.text);
  }

  void check_pipeline(const PipeNode& pipe, const std::string& context) const {
    if (pipe.commands.empty()) error("missing value for " + context);
    for (std::size_t i = 1; i < pipe.commands.size(); ++i) {
      if (!can_stand_after_pipe(*pipe.commands[i]->arguments.front())) {
        error("non executable command in pipeline stage " + std::to_string(i + 1));
      }
    }
  }

  std::unique_ptr<CommandNode> command() {
    auto node = std::make_unique<CommandNode>(peek_non_space().position);
    while (true) {
      peek_non_space();
      if (NodePtr argument = operand()) node->arguments.push_back(std::move(argument));
      const Token& token = next();
      if (token.type == TokenType::space) continue;
      if (token.type == TokenType::right_delimiter || token.type == TokenType::right_paren) {
        backup();
      } else if (token.type != TokenType::pipe) {
        unexpected(token, "operand");
      }
      if (node->arguments.empty()) error("empty command");
      return node;
    }
  }

  // A term and the fields that follow it.
  NodePtr operand() {
    NodePtr node = term();
    if (node == nullptr || peek().type != TokenType::field) return node;
    const std::size_t position = peek().position;
    std::vector<std::string> fields;
    while (peek().type == TokenType::field) fields.emplace_back(next().text.substr(1));
    const auto joined = [&fields](std::vector<std::string> names) {
      names.insert(names.end(), fields.begin(), fields.end());
      return names;
    };
    switch (node->type) {
      case Node::Type::field:
        return std::make_unique<FieldNode>(position, joined(static_cast<const FieldNode&>(*node).names));
      case Node::Type::variable:
        return std::make_unique<VariableNode>(position,
                                              joined(static_cast<const VariableNode&>(*node).names));
      case Node::Type::boolean:
      case Node::Type::string:
      case Node::Type::number:
      case Node::Type::nil:
      case Node::Type::dot:
        error("unexpected . after term " + quote(node->text()));
      default:
        return std::make_unique<ChainNode>(position, std::move(node), std::move(fields));
    }
  }

  // Nothing if the next token does not start a term.
  NodePtr term() {
    const Token token = next_non_space();
    switch (token.type) {
      case TokenType::identifier:
        if (!function_exists_(token.text)) error("function " + quote(token.text) + " not defined");
        return std::make_unique<IdentifierNode>(token.position, std::string(token.text));
      case TokenType::dot:
        return std::make_unique<DotNode>(token.position);
      case TokenType::keyword_nil:
        return std::make_unique<NilNode>(token.position);
      case TokenType::variable:
        return used_variable(token);
      case TokenType::field:
        return std::make_unique<FieldNode>(token.position, split_names(token.text.substr(1)));
      case TokenType::boolean:
        return std::make_unique<BooleanNode>(token.position, token.text == "true");
      case TokenType::character_constant:
      case TokenType::complex:
      case TokenType::number: {
        auto number = parse_number_literal(token);
        if (!number) error(number.error().message);
        return std::move(*number);
      }
      case TokenType::left_paren: {
        const Level level(*this, "max expression depth exceeded");
        return pipeline("parenthesized pipeline", TokenType::right_paren);
      }
      case TokenType::string:
      case TokenType::raw_string:
        return std::make_unique<StringNode>(token.position, std::string(token.text), string_value(token));
      default:
        break;
    }
    backup();
    return nullptr;
  }

  NodePtr used_variable(const Token& token) const {
    const auto found = std::find(variables_.rbegin(), variables_.rend(), token.text);
    if (found == variables_.rend()) error("undefined variable " + quote(token.text));
    return std::make_unique<VariableNode>(token.position, std::vector<std::string>{std::string(token.text)});
  }

  std::string name_;
  std::shared_ptr<const std::string> source_;
  const FunctionExists& function_exists_;
  ParseLimits limits_;
  Lexer lexer_;
  std::array<Token, 3> tokens_;
  std::size_t peeked_ = 0;
  std::vector<std::string> variables_;
  std::size_t range_depth_ = 0;
  std::size_t action_line_ = 0;  // 0 outside an action.
  std::size_t level_ = 0;
  Trees trees_;
};

}  // namespace

std::string Tree::location(const Node& node) const {
  const std::string_view before = std::string_view(*source).substr(0, node.position);
  const std::size_t newline = before.rfind('\n');
  const std::size_t column = newline == std::string_view::npos ? before.size() : before.size() - newline - 1;
  return parse_name + ":" + std::to_string(line(node)) + ":" + std::to_string(column);
}

std::size_t Tree::line(const Node& node) const {
  const std::string_view before = std::string_view(*source).substr(0, node.position);
  return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

Result<Trees> parse_template(const std::string& name, std::string text, const FunctionExists& function_exists,
                             const ParseLimits& limits) {
  try {
    return Parser(name, std::move(text), function_exists, limits).parse();
  } catch (const ParseFailure& failure) {
    return fail(failure.message);
  }
}

}  // namespace tocsin::tmpl

#include "receivers/html_escaping.h"

#include "core/letter_case.h"
#include "core/template/escape.h"
#include "core/template/go_format.h"
#include "receivers/html_state.h"

namespace tocsin {
namespace {

using tmpl::Node;
using tmpl::StringType;

std::string last_function(const tmpl::PipeNode& pipe) {
  if (pipe.commands.empty() || pipe.commands.back()->arguments.empty()) return "";
  const Node& first = *pipe.commands.back()->arguments.front();
  return first.type == Node::Type::identifier ? static_cast<const tmpl::IdentifierNode&>(first).name : "";
}

// Walks one tree with the state of its markup. Stops at the first action that cannot be escaped.
class Analyzer {
 public:
  Analyzer(const tmpl::Tree& tree, HtmlAnalysis& out) : tree_(tree), out_(out) {}

  HtmlState walk(const tmpl::ListNode& list, HtmlState state) {
    for (const auto& node : list.nodes) {
      if (!out_.problem.empty()) return state;
      state = walk(*node, std::move(state));
    }
    return state;
  }

 private:
  HtmlState walk(const Node& node, HtmlState state) {
    switch (node.type) {
      case Node::Type::text:
        state.read(static_cast<const tmpl::TextNode&>(node).content);
        return state;
      case Node::Type::action:
        return walk_action(static_cast<const tmpl::ActionNode&>(node), std::move(state));
      case Node::Type::if_:
      case Node::Type::range:
      case Node::Type::with:
        return walk_branch(static_cast<const tmpl::BranchNode&>(node), std::move(state));
      case Node::Type::template_:
        if (const char* refusal = state.refusal_of_action()) refuse(node, refusal);
        state.pass_action();
        return state;
      default:
        return state;
    }
  }

  HtmlState walk_action(const tmpl::ActionNode& action, HtmlState state) {
    if (!action.pipe->variables.empty()) return state;  // an assignment prints nothing
    if (const char* refusal = state.refusal_of_action()) {
      refuse(action, refusal);
      return state;
    }
    HtmlPlace place = state.place_of_action();
    const std::string last = last_function(*action.pipe);
    if (last == "html") place = HtmlPlace::kEscaped;
    if (last == "urlquery") place = HtmlPlace::kAttribute;  // nothing is left that a URL could not hold
    out_.places.emplace(&action, place);
    state.pass_action();
    return state;
  }

  HtmlState walk_branch(const tmpl::BranchNode& branch, HtmlState state) {
    const HtmlState before = state;
    HtmlState after = walk(*branch.list, state);
    HtmlState otherwise = branch.else_list == nullptr ? before : walk(*branch.else_list, before);
    if (!out_.problem.empty()) return after;
    if (!after.agrees_with(otherwise))
      refuse(branch, "the branches end in different places of the HTML (one leaves a tag or quote open)");
    after.merge(otherwise);
    return after;
  }

  void refuse(const Node& node, const char* why) {
    if (out_.problem.empty())
      out_.problem = tree_.location(node) + ": " + node.text() + " cannot be used here: " + why;
  }

  const tmpl::Tree& tree_;
  HtmlAnalysis& out_;
};

// As Go: only these schemes may be in a link that data decides about.
bool is_safe_url(std::string_view url) {
  const std::size_t colon = url.find(':');
  if (colon == std::string_view::npos || url.substr(0, colon).find('/') != std::string_view::npos)
    return true;
  const std::string scheme = lower_case(url.substr(0, colon));
  return scheme == "http" || scheme == "https" || scheme == "mailto";
}

// Percent-encodes what cannot stand in a URL; in a query also what has a meaning there.
std::string url_encoded(std::string_view text, HtmlPlace place) {
  constexpr std::string_view kReserved = "!#$&*+,/:;=?@[]%";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    const bool kept = place != HtmlPlace::kUrlQuery && kReserved.find(c) != std::string_view::npos;
    if (plain || kept) {
      out.push_back(c);
    } else {
      constexpr std::string_view kDigits = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kDigits[byte >> 4u], kDigits[byte & 15u]};
    }
  }
  return out;
}

// Colours, sizes and names pass; what could end the value or call a function does not.
std::string style_value(const std::string& text) {
  constexpr std::string_view kForbidden = "\"'()/;@[\\]`{}<>:&\n\r\0";
  const bool unsafe =
      text.find_first_of(kForbidden) != std::string::npos || text.find("--") != std::string::npos;
  return unsafe ? "ZgotmplZ" : text;
}

// Trusted HTML inside an attribute must still not end it.
std::string without_quotes(const std::string& html) {
  std::string out;
  for (const char c : html) {
    out += c == '"'    ? "&#34;"
           : c == '\'' ? "&#39;"
           : c == '<'  ? "&lt;"
           : c == '>'  ? "&gt;"
                       : std::string(1, c);
  }
  return out;
}

}  // namespace

HtmlAnalysis analyze_html(const tmpl::Tree& tree) {
  HtmlAnalysis out;
  if (tree.root == nullptr) return out;
  const HtmlState end = Analyzer(tree, out).walk(*tree.root, HtmlState());
  if (out.problem.empty() && !out.places.empty() && !end.ends_in_text()) {
    out.problem = tree.name + ": the HTML ends inside a tag, a quote or a script";
  }
  return out;
}

std::string escape_html(const tmpl::Value& value, HtmlPlace place) {
  const bool is_text = value.kind() == tmpl::Kind::string;
  const StringType type = is_text ? value.string_type() : StringType::plain;
  // Go prints nothing for nil in HTML.
  const bool nothing = value.kind() == tmpl::Kind::invalid || value.type_name() == "interface {}";
  const std::string text = nothing ? "" : tmpl::value_text(value);
  switch (place) {
    case HtmlPlace::kText:
      return type == StringType::html ? text : tmpl::html_escape(text);
    case HtmlPlace::kAttribute:
      return type == StringType::html ? without_quotes(text) : tmpl::html_escape(text);
    case HtmlPlace::kUrlStart:
      if (type != StringType::url && !is_safe_url(text)) return "#ZgotmplZ";
      return tmpl::html_escape(url_encoded(text, place));
    case HtmlPlace::kUrlPath:
      return tmpl::html_escape(url_encoded(text, place));
    case HtmlPlace::kUrlQuery:
      return tmpl::html_escape(url_encoded(text, type == StringType::url ? HtmlPlace::kUrlPath : place));
    case HtmlPlace::kStyle:
      return type == StringType::css ? tmpl::html_escape(text) : style_value(text);
    case HtmlPlace::kEscaped:
      return text;
  }
  return tmpl::html_escape(text);
}

}  // namespace tocsin

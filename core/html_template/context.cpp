#include "core/html_template/context.h"

#include <array>
#include <utility>

namespace tocsin::tmpl {
namespace {

constexpr std::array<const char*, 31> kStates = {"stateText",
                                                 "stateTag",
                                                 "stateAttrName",
                                                 "stateAfterName",
                                                 "stateBeforeValue",
                                                 "stateHTMLCmt",
                                                 "stateRCDATA",
                                                 "stateAttr",
                                                 "stateURL",
                                                 "stateSrcset",
                                                 "stateJS",
                                                 "stateJSDqStr",
                                                 "stateJSSqStr",
                                                 "stateJSTmplLit",
                                                 "stateJSRegexp",
                                                 "stateJSBlockCmt",
                                                 "stateJSLineCmt",
                                                 "stateJSHTMLOpenCmt",
                                                 "stateJSHTMLCloseCmt",
                                                 "stateCSS",
                                                 "stateCSSDqStr",
                                                 "stateCSSSqStr",
                                                 "stateCSSDqURL",
                                                 "stateCSSSqURL",
                                                 "stateCSSURL",
                                                 "stateCSSBlockCmt",
                                                 "stateCSSLineCmt",
                                                 "stateError",
                                                 "stateMetaContent",
                                                 "stateMetaContentURL",
                                                 "stateDead"};
constexpr std::array<const char*, 4> kDelimiters = {"delimNone", "delimDoubleQuote", "delimSingleQuote",
                                                    "delimSpaceOrTagEnd"};
constexpr std::array<const char*, 4> kUrlParts = {"urlPartNone", "urlPartPreQuery", "urlPartQueryOrFrag",
                                                  "urlPartUnknown"};
constexpr std::array<const char*, 3> kSlashes = {"jsCtxRegexp", "jsCtxDivOp", "jsCtxUnknown"};
constexpr std::array<const char*, 7> kAttributes = {"attrNone", "attrScript", "attrScriptType", "attrStyle",
                                                    "attrURL",  "attrSrcset", "attrMetaContent"};
constexpr std::array<const char*, 6> kElements = {"elementNone",     "elementScript", "elementStyle",
                                                  "elementTextarea", "elementTitle",  "elementMeta"};

template <class Names, class Enum>
const char* name_in(const Names& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

std::string depths_text(const std::vector<int>& depths) {
  std::string out = "[";
  for (const int depth : depths) {
    if (out.size() > 1) out.push_back(' ');
    out += std::to_string(depth);
  }
  return out + "]";
}

}  // namespace

bool HtmlContext::operator==(const HtmlContext& other) const {
  return state == other.state && delimiter == other.delimiter && url_part == other.url_part &&
         slash == other.slash && brace_depths == other.brace_depths && attribute == other.attribute &&
         element == other.element && problem == other.problem;
}

std::string HtmlContext::text() const {
  std::string out = "{";
  for (const char* name : {name_in(kStates, state), name_in(kDelimiters, delimiter),
                           name_in(kUrlParts, url_part), name_in(kSlashes, slash)}) {
    out.append(name).push_back(' ');
  }
  out.append(depths_text(brace_depths)).append(" ").append(name_in(kAttributes, attribute));
  out.append(" ").append(name_in(kElements, element));
  return out + " " + (problem == nullptr ? "<nil>" : problem->text("")) + "}";
}

HtmlContext in_error(EscapeProblem problem) {
  HtmlContext context = in_state(HtmlState::error);
  context.problem = std::make_shared<const EscapeProblem>(std::move(problem));
  return context;
}

bool is_comment(HtmlState state) {
  switch (state) {
    case HtmlState::comment:
    case HtmlState::js_block_comment:
    case HtmlState::js_line_comment:
    case HtmlState::js_open_comment:
    case HtmlState::js_close_comment:
    case HtmlState::css_block_comment:
    case HtmlState::css_line_comment:
      return true;
    default:
      return false;
  }
}

bool is_in_tag(HtmlState state) {
  switch (state) {
    case HtmlState::tag:
    case HtmlState::attribute_name:
    case HtmlState::after_name:
    case HtmlState::before_value:
    case HtmlState::attribute:
      return true;
    default:
      return false;
  }
}

bool is_script_literal(HtmlState state) {
  return state == HtmlState::js_double_quoted || state == HtmlState::js_single_quoted ||
         state == HtmlState::js_template || state == HtmlState::js_regexp;
}

HtmlState value_state(HtmlAttribute attribute) {
  switch (attribute) {
    case HtmlAttribute::script:
      return HtmlState::js;
    case HtmlAttribute::style:
      return HtmlState::css;
    case HtmlAttribute::url:
      return HtmlState::url;
    case HtmlAttribute::srcset:
      return HtmlState::srcset;
    case HtmlAttribute::meta_content:
      return HtmlState::meta_content;
    case HtmlAttribute::plain:
    case HtmlAttribute::script_type:
      break;
  }
  return HtmlState::attribute;
}

HtmlContext nudged(HtmlContext context) {
  switch (context.state) {
    case HtmlState::tag:  // <a {{.}}: the action prints an attribute
      context.state = HtmlState::attribute_name;
      break;
    case HtmlState::before_value:  // <a href={{.}}: a value without quotes
      context.state = value_state(context.attribute);
      context.delimiter = HtmlDelimiter::space_or_tag_end;
      context.attribute = HtmlAttribute::plain;
      break;
    case HtmlState::after_name:  // <a hidden {{.}}: another attribute
      context.state = HtmlState::attribute_name;
      context.attribute = HtmlAttribute::plain;
      break;
    default:
      break;
  }
  return context;
}

std::optional<HtmlContext> join(const HtmlContext& left, const HtmlContext& right) {
  if (left.is_error()) return left;
  if (right.is_error()) return right;
  if (left.state == HtmlState::dead) return right;
  if (right.state == HtmlState::dead || left == right) return left;
  // Places that differ in one detail only may be the same for all that follows; what follows will see.
  HtmlContext joined = left;
  joined.url_part = right.url_part;
  if (joined == right) {
    joined.url_part = UrlPart::unknown;
    return joined;
  }
  joined = left;
  joined.slash = right.slash;
  if (joined == right) {
    joined.slash = SlashMeaning::unknown;
    return joined;
  }
  // <p title={{if .C}}{{.}}{{end}} ends in a value without quotes, though the other branch is still before
  // it.
  const HtmlContext nudged_left = nudged(left);
  const HtmlContext nudged_right = nudged(right);
  if (nudged_left == left && nudged_right == right) return std::nullopt;
  return join(nudged_left, nudged_right);
}

std::string derived_name(const std::string& template_name, const HtmlContext& context) {
  if (context.state == HtmlState::text) return template_name;
  std::string out = template_name + "$htmltemplate_" + name_in(kStates, context.state);
  const auto add = [&out](bool wanted, const std::string& part) {
    if (wanted) out.append("_").append(part);
  };
  add(context.delimiter != HtmlDelimiter::none, name_in(kDelimiters, context.delimiter));
  add(context.url_part != UrlPart::none, name_in(kUrlParts, context.url_part));
  add(context.slash != SlashMeaning::regexp, name_in(kSlashes, context.slash));
  add(!context.brace_depths.empty(), "jsBraceDepth(" + depths_text(context.brace_depths) + ")");
  add(context.attribute != HtmlAttribute::plain, name_in(kAttributes, context.attribute));
  add(context.element != HtmlElement::none, name_in(kElements, context.element));
  return out;
}

}  // namespace tocsin::tmpl

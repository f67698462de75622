#include "core/html_template/action_escapers.h"

#include <utility>

#include "core/html_template/escapers.h"
#include "core/template/go_quote.h"

namespace tocsin::tmpl {
namespace {

// html and urlquery may end a pipeline, but nothing may work on what they made; and html is not enough for a
// value without quotes.
std::string refusal_of_predefined(const HtmlContext& context, const PipeNode& pipe) {
  for (std::size_t i = 0; i < pipe.commands.size(); ++i) {
    const std::string function(called_function(*pipe.commands[i]));
    if (!is_predefined_escaper(function)) continue;
    const bool is_unquoted = context.state == HtmlState::attribute &&
                             context.delimiter == HtmlDelimiter::space_or_tag_end && function == "html";
    if (i + 1 < pipe.commands.size() || is_unquoted)
      return "predefined escaper " + quote(function) + " disallowed in template";
  }
  return "";
}

void add_url_escapers(const HtmlContext& context, EscaperNames& names) {
  if (context.url_part == UrlPart::query_or_fragment) return names.push_back(escapers::kUrlEscape);
  if (context.url_part == UrlPart::none) names.push_back(escapers::kUrlFilter);
  const bool in_string =
      context.state == HtmlState::css_double_quoted || context.state == HtmlState::css_single_quoted;
  names.push_back(in_string ? escapers::kCssString : escapers::kUrlNormalize);
}

bool holds_url(HtmlState state) {
  switch (state) {
    case HtmlState::url:
    case HtmlState::css_double_quoted:
    case HtmlState::css_single_quoted:
    case HtmlState::css_double_quoted_url:
    case HtmlState::css_single_quoted_url:
    case HtmlState::css_url:
      return true;
    default:
      return false;
  }
}

// What the place itself asks for; in an attribute the attribute asks for more.
void add_escapers(HtmlState state, EscaperNames& names) {
  switch (state) {
    case HtmlState::js:
      return names.push_back(escapers::kScriptValue);
    case HtmlState::js_double_quoted:
    case HtmlState::js_single_quoted:
      return names.push_back(escapers::kScriptString);
    case HtmlState::js_template:
      return names.push_back(escapers::kScriptTemplate);
    case HtmlState::js_regexp:
      return names.push_back(escapers::kScriptRegexp);
    case HtmlState::css:
      return names.push_back(escapers::kCssValue);
    case HtmlState::text:
      return names.push_back(escapers::kMarkup);
    case HtmlState::rcdata:
      return names.push_back(escapers::kRcdata);
    case HtmlState::attribute_name:
      return names.push_back(escapers::kName);
    case HtmlState::srcset:
      return names.push_back(escapers::kSrcset);
    case HtmlState::meta_content_url:
      return names.push_back(escapers::kUrlFilter);
    case HtmlState::attribute:
    case HtmlState::meta_content:
      return;
    default:
      return names.push_back(escapers::kComment);
  }
}

}  // namespace

ActionEscapers escapers_of(HtmlContext context, const ActionNode& action) {
  if (!action.pipe->variables.empty()) return {{}, std::move(context), ""};  // an assignment prints nothing
  ActionEscapers out{{}, nudged(std::move(context)), ""};
  out.refusal = refusal_of_predefined(out.after, *action.pipe);
  if (!out.refusal.empty()) return out;
  if (holds_url(out.after.state)) {
    if (out.after.url_part == UrlPart::unknown) {
      out.refusal = action.text() + " appears in an ambiguous context within a URL";
      return out;
    }
    add_url_escapers(out.after, out.names);
  } else {
    add_escapers(out.after.state, out.names);
  }
  if (out.after.state == HtmlState::js) out.after.slash = SlashMeaning::division;  // behind a value
  if (out.after.delimiter == HtmlDelimiter::space_or_tag_end) {
    out.names.push_back(escapers::kUnquoted);
  } else if (out.after.delimiter != HtmlDelimiter::none) {
    out.names.push_back(escapers::kAttribute);
  }
  return out;
}

}  // namespace tocsin::tmpl

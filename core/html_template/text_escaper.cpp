#include "core/html_template/text_escaper.h"

#include <re2/re2.h>

#include <utility>

#include "core/html_template/attribute_type.h"
#include "core/html_template/entities.h"
#include "core/html_template/transition.h"
#include "core/letter_case.h"
#include "core/template/go_quote.h"

namespace tocsin::tmpl {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool is_doctype(std::string_view text) {
  constexpr std::string_view kDoctype = "<!doctype";
  return lower_case(text.substr(0, kDoctype.size())) == kDoctype;
}

bool has_line_end(std::string_view text) {
  return text.find_first_of("\n\r") != kNone || text.find("\u2028") != kNone || text.find("\u2029") != kNone;
}

// Bytes of the mark that begins a comment.
std::size_t comment_mark_size(HtmlState state) {
  if (state == HtmlState::comment || state == HtmlState::js_open_comment) return 4;
  return state == HtmlState::js_close_comment ? 3 : 2;
}

// A whole value without quotes must not hold what parsers do not agree about.
std::optional<HtmlContext> problem_of_unquoted(std::string_view value) {
  const std::size_t at = value.find_first_of("\"'<=`");
  if (at == kNone) return std::nullopt;
  return unreadable(quote(value.substr(at, 1)) + " in unquoted attr: " + quote(value));
}

class TextEscaper {
 public:
  explicit TextEscaper(std::string_view text) : text_(text) {}

  EscapedText run(HtmlContext context) {
    while (at_ != text_.size()) {
      Transition next = read(context);
      const std::size_t end = at_ + next.read;
      if (end == at_ && next.context.state == context.state) {
        next.context = unreadable("cannot follow the markup from " + context.text());
      }
      if (context.state == HtmlState::text || context.state == HtmlState::rcdata) {
        keep_text(context, next.context, end);
      } else if (is_comment(context.state) && context.delimiter == HtmlDelimiter::none) {
        drop_comment(context.state, end);
      }
      if (next.context.state != context.state && is_comment(next.context.state) &&
          next.context.delimiter == HtmlDelimiter::none) {
        out_ += text_.substr(written_, end - comment_mark_size(next.context.state) - written_);
        written_ = end;
      }
      if (is_script_literal(context.state)) keep_script_literal(end);
      context = std::move(next.context);
      at_ = context.is_error() ? text_.size() : end;
    }
    return finish(std::move(context));
  }

 private:
  // Some tokens from the front of what is left.
  Transition read(const HtmlContext& context) {
    const std::string_view rest = text_.substr(at_);
    if (context.delimiter != HtmlDelimiter::none) return read_value(context, rest);
    const std::size_t end = special_end(context);
    if (end == at_) return {HtmlContext(), 0};  // </script> ends whatever was going on
    return read_token(context, text_.substr(at_, end - at_));
  }

  // Where the end tag of a <script> or the like begins, from here on: found once for all tokens before it.
  std::size_t special_end(const HtmlContext& context) {
    if (!has_special_end(context)) return text_.size();
    if (special_element_ != context.element || special_end_ < at_) {
      const std::size_t end = find_special_end(text_.substr(at_), context.element);
      special_end_ = end == kNone ? text_.size() : at_ + end;
      special_element_ = context.element;
    }
    return special_end_;
  }

  // Inside an attribute's value, or at its end.
  static Transition read_value(const HtmlContext& context, std::string_view rest) {
    const std::size_t end = std::min(rest.find_first_of(value_ends(context.delimiter)), rest.size());
    const std::string_view value = rest.substr(0, end);
    const bool is_unquoted = context.delimiter == HtmlDelimiter::space_or_tag_end;
    if (is_unquoted) {
      if (auto problem = problem_of_unquoted(value)) return {std::move(*problem), rest.size()};
    }
    if (end == rest.size()) {
      // Scripts and URLs in attributes are read without their character references.
      HtmlContext inside = context;
      const std::string decoded = unescape_entities(value);
      for (std::string_view left = decoded; !left.empty();) {
        Transition next = read_token(std::move(inside), left);
        inside = std::move(next.context);
        left.remove_prefix(next.read);
      }
      return {std::move(inside), end};
    }
    const bool is_foreign_script = context.state == HtmlState::attribute &&
                                   context.element == HtmlElement::script &&
                                   context.attribute == HtmlAttribute::script_type && !is_script_type(value);
    return {in_state(HtmlState::tag, is_foreign_script ? HtmlElement::none : context.element),
            is_unquoted ? end : end + 1};
  }

  // Text, where each "<" that begins no tag and no doctype becomes a reference.
  void keep_text(const HtmlContext& context, const HtmlContext& next, std::size_t end) {
    if (next.state != context.state) {
      const std::size_t tag = text_.substr(at_, end - at_).rfind('<');
      if (tag != kNone) end = at_ + tag;
    }
    for (std::size_t less = text_.find('<', at_); less < end; less = text_.find('<', less + 1)) {
      if (is_doctype(text_.substr(less))) continue;
      out_.append(text_.substr(written_, less - written_)).append("&lt;");
      written_ = less + 1;
    }
  }

  // A comment separates tokens; in JavaScript one of several lines ends a line.
  void drop_comment(HtmlState state, std::size_t end) {
    if (state == HtmlState::js_block_comment)
      out_.push_back(has_line_end(text_.substr(written_, end - written_)) ? '\n' : ' ');
    if (state == HtmlState::css_block_comment) out_.push_back(' ');
    written_ = end;
  }

  void keep_script_literal(std::size_t end) {
    static const RE2 kTags("(?i)<(script|/script|!--)");
    std::string literal(text_.substr(at_, end - at_));
    if (RE2::GlobalReplace(&literal, kTags, "\\\\x3C\\1") == 0) return;
    out_.append(text_.substr(written_, at_ - written_)).append(literal);
    written_ = end;
  }

  EscapedText finish(HtmlContext context) {
    if (written_ == 0 || context.is_error()) return {std::move(context), std::nullopt};
    if (!is_comment(context.state) || context.delimiter != HtmlDelimiter::none)
      out_ += text_.substr(written_);
    return {std::move(context), std::move(out_)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t written_ = 0;  // of text_, to out_
  std::string out_;
  HtmlElement special_element_ = HtmlElement::none;
  std::size_t special_end_ = 0;
};

}  // namespace

EscapedText escape_text(HtmlContext context, std::string_view text) {
  return TextEscaper(text).run(std::move(context));
}

}  // namespace tocsin::tmpl

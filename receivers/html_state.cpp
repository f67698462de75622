#include "receivers/html_state.h"

#include <algorithm>
#include <array>

namespace tocsin {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool is_letter(char c) {
  return lower(c) >= 'a' && lower(c) <= 'z';
}

bool is_url_attribute(std::string_view name) {
  constexpr std::array<std::string_view, 14> kNames = {
      "href",       "src",      "action", "background", "cite",     "poster",  "data",
      "formaction", "longdesc", "usemap", "icon",       "manifest", "profile", "xlink:href"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace

void HtmlState::read(std::string_view html) {
  for (const char c : html) read(c);
}

void HtmlState::read(char c) {
  switch (where_) {
    case Where::kText:
      if (c == '<') where_ = Where::kAfterLess;
      return;
    case Where::kAfterLess:
      if (c == '!') {
        where_ = Where::kDeclaration;
        tail_.clear();
      } else if (is_letter(c) || c == '/') {
        where_ = Where::kTagName;
        element_.assign(1, lower(c));
      } else if (c != '<') {
        where_ = Where::kText;
      }
      return;
    case Where::kDeclaration:
      tail_.push_back(c);
      if (tail_ == "--") {
        where_ = Where::kComment;
        tail_.clear();
      } else if (c == '>') {
        where_ = Where::kText;
      }
      return;
    case Where::kComment:
      tail_.push_back(c);
      if (tail_.ends_with("-->")) where_ = Where::kText;
      return;
    case Where::kRaw:
      tail_.push_back(lower(c));
      if (tail_.ends_with("</" + element_)) {
        where_ = Where::kTagName;
        element_ = "/" + element_;
      }
      return;
    default:
      read_in_tag(c);
  }
}

void HtmlState::read_in_tag(char c) {
  switch (where_) {
    case Where::kTagName:
      if (c == '>') return end_tag();
      if (is_blank(c)) {
        where_ = Where::kTag;
      } else {
        element_.push_back(lower(c));
      }
      return;
    case Where::kTag:
    case Where::kAfterName:
      if (c == '>') return end_tag();
      if (is_blank(c)) return;
      if (c == '=' && where_ == Where::kAfterName) {
        where_ = Where::kBeforeValue;
      } else if (c == '/') {
        where_ = Where::kTag;
      } else {
        attribute_.assign(1, lower(c));
        where_ = Where::kAttributeName;
      }
      return;
    case Where::kAttributeName:
      if (c == '>') return end_tag();
      if (c == '=') {
        where_ = Where::kBeforeValue;
      } else if (is_blank(c)) {
        where_ = Where::kAfterName;
      } else {
        attribute_.push_back(lower(c));
      }
      return;
    case Where::kBeforeValue:
      if (is_blank(c)) return;
      if (c == '>') return end_tag();
      begin_value(c == '"' ? Where::kDoubleQuoted : c == '\'' ? Where::kSingleQuoted : Where::kUnquoted);
      return;
    case Where::kUnquoted:
      if (c == '>') return end_tag();
      if (is_blank(c)) end_value();
      return;
    case Where::kDoubleQuoted:
    case Where::kSingleQuoted:
      if (c == (where_ == Where::kDoubleQuoted ? '"' : '\'')) return end_value();
      value_begun_ = value_begun_ || !is_blank(c);
      in_query_ = in_query_ || c == '?' || c == '#';
      return;
    default:
      return;
  }
}

void HtmlState::begin_value(Where where) {
  where_ = where;
  value_begun_ = false;
  in_query_ = false;
}

void HtmlState::end_value() {
  where_ = Where::kTag;
  attribute_.clear();
  value_begun_ = false;
  in_query_ = false;
}

void HtmlState::end_tag() {
  end_value();
  const bool raw = element_ == "script" || element_ == "style";
  where_ = raw ? Where::kRaw : Where::kText;
  tail_.clear();
  if (!raw) element_.clear();
}

const char* HtmlState::refusal_of_action() const {
  switch (where_) {
    case Where::kText:
    case Where::kComment:
      return nullptr;
    case Where::kDoubleQuoted:
    case Where::kSingleQuoted:
      if (attribute_.starts_with("on"))
        return "an on… attribute holds JavaScript, where values cannot be escaped safely";
      if (attribute_ == "srcset" || attribute_ == "srcdoc")
        return "values in srcset and srcdoc cannot be escaped safely";
      return nullptr;
    case Where::kBeforeValue:
    case Where::kUnquoted:
      return "the attribute's value has no quotes; put it in \"…\"";
    case Where::kRaw:
      return element_ == "style"
                 ? "values inside <style> cannot be escaped safely; use a style attribute"
                 : "values inside <script> cannot be escaped safely, and mail programs run no scripts";
    default:
      return "it stands inside a tag, outside of an attribute's value";
  }
}

HtmlPlace HtmlState::place_of_action() const {
  if (where_ == Where::kText || where_ == Where::kComment) return HtmlPlace::kText;
  if (attribute_ == "style") return HtmlPlace::kStyle;
  if (!is_url_attribute(attribute_)) return HtmlPlace::kAttribute;
  return !value_begun_ ? HtmlPlace::kUrlStart : in_query_ ? HtmlPlace::kUrlQuery : HtmlPlace::kUrlPath;
}

}  // namespace tocsin

// Where in an HTML document a reader stands after some text: in text, in a tag, in an attribute's value, in a
// script. Just enough of HTML's own rules to escape what templates insert; it builds no tree and checks no
// document.
#pragma once

#include <string>
#include <string_view>

#include "receivers/html_escaping.h"

namespace tocsin {

class HtmlState {
 public:
  void read(std::string_view html);
  void pass_action() { value_begun_ = true; }

  // Why an action cannot stand here; nullptr where it can.
  const char* refusal_of_action() const;
  HtmlPlace place_of_action() const;  // where it can

  bool ends_in_text() const { return where_ == Where::kText || where_ == Where::kAfterLess; }
  // Whether two branches of a template leave a reader in the same place.
  bool agrees_with(const HtmlState& other) const {
    return where_ == other.where_ && element_ == other.element_ && attribute_ == other.attribute_;
  }
  void merge(const HtmlState& other) {
    value_begun_ = value_begun_ || other.value_begun_;
    in_query_ = in_query_ || other.in_query_;
  }

 private:
  enum class Where {
    kText,
    kAfterLess,
    kDeclaration,
    kComment,
    kTagName,
    kTag,
    kAttributeName,
    kAfterName,
    kBeforeValue,
    kDoubleQuoted,
    kSingleQuoted,
    kUnquoted,
    kRaw
  };
  void read(char c);
  void read_in_tag(char c);
  void begin_value(Where where);
  void end_value();
  void end_tag();

  Where where_ = Where::kText;
  std::string
      element_;  // lower case; "/x" for an end tag. Kept while inside the tag, and inside script and style
  std::string attribute_;  // lower case; kept while inside its value
  std::string tail_;       // the last characters, where an end is being looked for
  bool value_begun_ = false;
  bool in_query_ = false;
};

}  // namespace tocsin

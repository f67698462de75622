// A place among the tokens of a Prometheus 1.x rule file, and problems with it: what every part of its reader
// needs.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "core/labels.h"
#include "core/problem.h"
#include "core/utf8.h"
#include "core/yaml_text.h"
#include "rules/legacy_expression.h"
#include "rules/legacy_extents.h"
#include "rules/legacy_lexer.h"

namespace tocsin {

class LegacyCursor {
 public:
  using Kind = LegacyToken::Kind;

  LegacyCursor(const YamlText& source, std::string file, Problems& problems)
      : source_(source),
        tokens_(read_legacy_tokens(source.all())),
        file_(std::move(file)),
        problems_(problems) {}

  const LegacyToken& token(std::size_t ahead = 0) const {
    return tokens_.tokens[std::min(at_ + ahead, tokens_.tokens.size() - 1)];
  }
  void advance() { ++at_; }
  // Where the parts of the rule being read stand.
  LegacyRuleExtents& extents() { return extents_; }
  // The rule being read, in front of messages.
  const std::string& place() const { return place_; }
  bool has_escapes() const { return !tokens_.oldest; }
  std::string_view text() const { return tokens_.text(token()); }
  bool is(Kind kind) const { return token().kind == kind; }
  bool is_sign(std::string_view sign) const { return is(Kind::kSign) && text() == sign; }
  bool is_word(std::string_view upper) const { return is(Kind::kWord) && is_legacy_keyword(text(), upper); }
  // As messages name it.
  std::string described() const {
    return is(Kind::kEnd) ? "the end of the file" : go_quote(truncate_runes(text(), 40));
  }

  void skip_to_next_statement() {
    while (!is(Kind::kEnd) && !begins_legacy_statement(tokens_, at_)) ++at_;
  }

  Position position(const LegacyToken& token) const { return source_.position(token.begin); }

  // Always false, to be returned.
  bool refuse(std::string message, std::string hint) {
    error(token(), std::move(message), std::move(hint));
    // So that the statement at which it goes on is another one.
    if (!is(Kind::kEnd) && !begins_legacy_statement(tokens_, at_)) ++at_;
    return false;
  }

  void warn_glued(std::size_t token, std::string_view first, std::string_view keyword) {
    warn(tokens_.tokens[token],
         fmt::format("{}{}{} is read as {} {}", place_, first, keyword, first, keyword),
         "put a blank between the two: Prometheus did not take it like this");
  }

  void error(const LegacyToken& token, std::string message, std::string hint) {
    add(Severity::kError, token, std::move(message), std::move(hint));
  }
  void warn(const LegacyToken& token, std::string message, std::string hint, std::string code = "") {
    add(Severity::kWarning, token, std::move(message), std::move(hint), std::move(code));
  }

 protected:
  void add(Severity severity, const LegacyToken& token, std::string message, std::string hint,
           std::string code = "") {
    const std::size_t line_end = std::min(tokens_.code.find('\n', token.begin), tokens_.code.size());
    const std::size_t end = std::min<std::size_t>(token.end, line_end);
    problems_.add({file_, position(token), severity, std::move(message), std::move(hint),
                   static_cast<int>(end - std::min<std::size_t>(token.begin, end)), std::move(code)});
  }

  const YamlText& source_;
  LegacyTokens tokens_;
  std::string file_;
  Problems& problems_;
  std::size_t at_ = 0;
  std::string place_;
  LegacyRuleExtents extents_;
};

}  // namespace tocsin

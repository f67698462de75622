// A Matcher tests one label: name, operator, value. A label that is absent is compared as "". Regexes are
// RE2, fully anchored, and the dot matches newlines, as Alertmanager and Prometheus 3 do. Text forms
// are Alertmanager's two: UTF-8 (matcher/parse) and classic (pkg/labels).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/labels.h"
#include "core/result.h"

namespace tocsin {

enum class MatchType { kEqual, kNotEqual, kRegex, kNotRegex };  // = != =~ !~, in this order when sorted

std::string_view to_string(MatchType);

class Matcher {
 public:
  // Fails where the regex does not compile; the message names the reason as RE2 gives it.
  static Result<Matcher> make(std::string name, MatchType, std::string value);

  const std::string& name() const { return name_; }
  MatchType type() const { return type_; }
  const std::string& value() const { return value_; }

  bool matches(std::string_view label_value) const;
  bool matches(const Labels& labels) const { return matches(labels.value(name_)); }

  // name="value", canonical: feeds route and group keys, so it is byte-exact.
  std::string to_string() const;
  // By name, then value, then operator: the order in which a route prints its matchers.
  friend bool operator<(const Matcher& a, const Matcher& b);
  friend bool operator==(const Matcher& a, const Matcher& b);

 private:
  std::string name_;
  MatchType type_ = MatchType::kEqual;
  std::string value_;
  struct Regex;
  std::shared_ptr<const Regex> regex_;  // of =~ and !~
};

using Matchers = std::vector<Matcher>;
bool match_all(const Matchers&, const Labels&);
// {m1,m2}: comma, no blank; "{}" when empty.
std::string to_string(const Matchers&);

// Which dialect reads matcher texts; kFallback is Alertmanager's default (UTF-8 first, then classic).
enum class MatcherDialect { kFallback, kUtf8, kClassic };

struct ParsedMatchers {
  Matchers matchers;
  // Set where the two dialects disagree: which was used, and how to write it so that both agree.
  std::string warning;
};

// A list: `{a="b",c=~"d"}`, or without braces. Messages say what is wrong, in which column (bytes, from 1)
// and how to write it.
Result<ParsedMatchers> parse_matchers(std::string_view text, MatcherDialect = MatcherDialect::kFallback);
// One matcher without braces, as API filters and command lines give it.
Result<ParsedMatchers> parse_matcher(std::string_view text, MatcherDialect = MatcherDialect::kFallback);

}  // namespace tocsin

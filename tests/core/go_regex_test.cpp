#include <doctest/doctest.h>

#include "core/go_regex.h"

using namespace tocsin;

TEST_CASE("regexes match anywhere and a bad one is named in Go's words") {
  CHECK(regex_matches("a+", "xaay").value());
  CHECK(!regex_matches("^a+$", "xaay").value());
  REQUIRE(!regex_matches("[", "a").has_value());
  CHECK(regex_matches("[", "a").error().message == "error parsing regexp: missing closing ]: `[`");
  CHECK(regex_replace_all("[", "", "a").error().message ==
        "regexp: Compile(`[`): error parsing regexp: missing closing ]: `[`");
}

TEST_CASE("replacements expand groups as Go does") {
  const struct {
    const char* pattern;
    const char* replacement;
    const char* text;
    const char* want;
  } cases[] = {
      {"(a)b", "x$1", "ab", "xa"},
      {"a(x*)b", "${1}W", "-ab-axxb-", "-W-xxW-"},
      {"a(x*)b", "$1W", "-ab-axxb-", "---"},
      {"a(?P<n>x*)b", "$n.", "-axb-", "-x.-"},
      {"a", "$$", "banana", "b$n$n$"},
      {"a", "$", "ba", "b$"},
      {"a", "${", "ba", "b${"},
      {"a*", "-", "baab", "-b-b-"},
      {"", "-", "ab", "-a-b-"},
      {"", "-", "é", "-é-"},
      {"x", "y", "", ""},
      {"", "y", "", "y"},
      {"(a)|(b)", "[$1$2]", "ab", "[a][b]"},
      {"(a)", "$01$2$1", "a", "a"},
      {"b*", "-", "abé", "-a-é-"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.pattern);
    CAPTURE(c.replacement);
    CHECK(regex_replace_all(c.pattern, c.replacement, c.text).value() == c.want);
  }
}

#include <doctest/doctest.h>

#include "evaluator/text_functions.h"

using namespace tocsin;

TEST_CASE("titles, upper and lower case follow Go for every script") {
  CHECK(title_text("foo bar-baz o'neil éa") == "Foo Bar-Baz O'Neil Éa");
  CHECK(title_text("a_b 1c CC") == "A_b 1c CC");
  CHECK(upper_text("aé ß ж") == "AÉ ß Ж");
  CHECK(lower_text("AÉ Ж") == "aé ж");
}

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
  };
  for (const auto& c : cases) {
    CAPTURE(c.pattern);
    CAPTURE(c.replacement);
    CHECK(regex_replace_all(c.pattern, c.replacement, c.text).value() == c.want);
  }
}

TEST_CASE("ports and domains are stripped, addresses kept") {
  CHECK(strip_port("a.b.c:80") == "a.b.c");
  CHECK(strip_port("[::1]:80") == "::1");
  CHECK(strip_port("::1") == "::1");
  CHECK(strip_port("") == "");
  CHECK(strip_domain("a.b.c:80") == "a:80");
  CHECK(strip_domain("a.b.c:") == "a");
  CHECK(strip_domain("192.0.2.1:80") == "192.0.2.1:80");
  CHECK(strip_domain("[::1]:80") == "[::1]:80");
}

TEST_CASE("links and paths") {
  CHECK(graph_link("up == 0") == "/graph?g0.expr=up+%3D%3D+0&g0.tab=0");
  CHECK(table_link("a\"b") == "/graph?g0.expr=a%22b&g0.tab=1");
  CHECK(url_path("http://testhost:9090/path/prefix") == "/path/prefix");
  CHECK(url_path("http://testhost:9090") == "");
  CHECK(url_path("http://testhost/a?b/c") == "/a");
}

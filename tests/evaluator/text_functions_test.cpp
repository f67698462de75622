#include <doctest/doctest.h>

#include "evaluator/text_functions.h"

using namespace tocsin;

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

// What classic-mode and utf8-strict-mode change: which matchers a configuration and a filter may hold, and
// which label names an alert.
#include <doctest/doctest.h>

#include "app/configuration.h"
#include "tests/support/fake_api_backend.h"

using namespace tocsin;

namespace {

struct ModeBackend : FakeApiBackend {
  MatcherDialect dialect = MatcherDialect::kFallback;
  NameScheme names = NameScheme::kUtf8;
  MatcherDialect matcher_dialect() override { return dialect; }
  NameScheme name_scheme() override { return names; }
};

bool loads(const std::string& matcher, MatcherDialect dialect) {
  MemoryFiles files;
  files.files["am.yml"] = "route:\n  receiver: a\n  routes: [{receiver: a, matchers: ['" + matcher +
                          "']}]\nreceivers: [{name: a}]\n";
  Problems problems;
  return load_configuration("am.yml", "http://x", files, problems, dialect).has_value();
}

int filter_status(const std::string& filter, MatcherDialect dialect) {
  ModeBackend backend;
  backend.dialect = dialect;
  return ask(backend, "GET", "/api/v2/alerts?filter=" + filter).status;
}

}  // namespace

TEST_CASE("each mode reads the matchers of a configuration and of a filter in its own dialect") {
  struct Row {
    const char* matcher;
    const char* escaped;  // for a URL
    bool fallback, utf8, classic;
  };
  const Row kTable[] = {
      {"a=b", "a%3Db", true, true, true},
      {"\"a b\"=c", "%22a%20b%22%3Dc", true, true, false},  // a quoted name
      {"a=b c", "a%3Db%20c", true, false, true},            // a bare value with a blank
  };
  for (const Row& row : kTable) {
    CAPTURE(std::string(row.matcher));
    CHECK(loads(row.matcher, MatcherDialect::kFallback) == row.fallback);
    CHECK(loads(row.matcher, MatcherDialect::kUtf8) == row.utf8);
    CHECK(loads(row.matcher, MatcherDialect::kClassic) == row.classic);
    CHECK(filter_status(row.escaped, MatcherDialect::kFallback) == (row.fallback ? 200 : 400));
    CHECK(filter_status(row.escaped, MatcherDialect::kUtf8) == (row.utf8 ? 200 : 400));
    CHECK(filter_status(row.escaped, MatcherDialect::kClassic) == (row.classic ? 200 : 400));
  }
}

TEST_CASE("in classic mode a posted alert may hold only label names of the old kind") {
  ModeBackend backend;
  const std::string alert = R"([{"labels":{"alertname":"A","a.b":"c"}}])";
  CHECK(ask(backend, "POST", "/api/v2/alerts", alert).status == 200);
  backend.names = NameScheme::kLegacy;
  CHECK(ask(backend, "POST", "/api/v2/alerts", alert).status == 400);
}

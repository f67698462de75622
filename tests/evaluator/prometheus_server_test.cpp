#include <doctest/doctest.h>

#include "evaluator/prometheus_server.h"

using namespace tocsin;

namespace {

struct Read {
  std::vector<PrometheusServer> servers;
  Problems problems;
  std::string text() const { return problems.to_string(); }
};

Read read(std::string_view text) {
  Read result;
  const YamlDocument document = YamlDocument::parse(text, "t.yml", result.problems);
  result.servers = read_prometheus_servers(document.root(), "/etc/tocsin", result.problems);
  return result;
}

}  // namespace

TEST_CASE("a server is read with its rules, its HTTP options and its defaults") {
  const Read result = read(R"(
- name: main
  url: https://prometheus:9090/prefix/
  rule_files: [rules/*.yml, more.yml]
  timeout: 30s
  query_params: {partial_response: 'false'}
  basic_auth: {username: u, password: p}
- url: http://[::1]:9090
)");
  CHECK(result.text() == "");
  REQUIRE(result.servers.size() == 2);
  const PrometheusServer& main = result.servers[0];
  CHECK(main.name == "main");
  CHECK(main.url == "https://prometheus:9090/prefix");
  CHECK(main.rule_files == std::vector<std::string>{"rules/*.yml", "more.yml"});
  CHECK(main.timeout == std::chrono::seconds(30));
  CHECK(main.query_params == std::map<std::string, std::string>{{"partial_response", "false"}});
  REQUIRE(main.http->basic.has_value());
  CHECK(main.http->basic->username == "u");
  CHECK(result.servers[1].name == "prometheus-2");
  CHECK(result.servers[1].timeout == std::chrono::minutes(2));
}

TEST_CASE("each mistake of a server is named with its place") {
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"- name: a\n", "t.yml:1:3: error: url must be set"},
      {"- url: ''\n", "url must be set"},
      {"- url: localhost:9090\n", "t.yml:1:8: error: url must start with http:// or https://"},
      {"- url: ftp://a\n", "url must start with http:// or https://"},
      {"- url: http://\n", "url has no host"},
      {"- url: http://:9090\n", "url has no host"},
      {"- url: http://a:x\n", "invalid port \"x\" in url"},
      {"- url: http://a:99999\n", "invalid port \"99999\" in url"},
      {"- url: http://u:p@a\n", "url must not hold a user name or password"},
      {"- url: http://a/?b=c\n", "without ? or #"},
      {"- url: 'http://a/b c'\n", "blanks"},
      {"- url: http://a\n  timeout: 0s\n", "timeout must be longer than 0s"},
      {"- url: http://a\n  query_params: {time: '5'}\n", "query_params must not hold \"time\""},
      {"- url: http://a\n  name: ''\n", "name must not be empty"},
      {"- url: http://a\n  rule_file: x\n", "rule_file"},
      {"- {url: http://a, name: x}\n- {url: http://b, name: x}\n", "two servers are named \"x\""},
      {"url: http://a\n", "prometheus must be a list of servers"},
      {"- http://a\n", "t.yml:1:3: error: "},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    const Read result = read(c.text);
    CAPTURE(result.text());
    CHECK(result.problems.has_errors());
    CHECK(result.text().find(c.message) != std::string::npos);
    CHECK(result.text().find("u:p@") == std::string::npos);
  }
}

TEST_CASE("no list means no servers") {
  CHECK(read("").servers.empty());
  CHECK(read("[]").text() == "");
}

#include "app/proxy_choice.h"

#include <doctest/doctest.h>

#include <map>

using namespace tocsin;

TEST_CASE("no_proxy names hosts as Go reads it") {
  struct Row {
    const char* list;
    const char* host;
    int port;
    bool named;
  };
  for (const auto& row : {Row{"", "a.example", 80, false},
                          Row{"*", "a.example", 80, true},
                          Row{"example", "a.example", 80, true},
                          Row{"example", "example", 80, true},
                          Row{"example", "notexample", 80, false},
                          Row{".example", "example", 80, false},
                          Row{".example", "a.example", 80, true},
                          Row{"*.example", "a.example", 80, true},
                          Row{" b , A.Example ", "a.EXAMPLE", 80, true},
                          Row{"a.example:81", "a.example", 80, false},
                          Row{"a.example:80", "a.example", 80, true},
                          Row{"10.0.0.0/8", "10.1.2.3", 80, true},
                          Row{"10.0.0.0/8", "11.1.2.3", 80, false},
                          Row{"10.0.0.0/8", "a.example", 80, false},
                          Row{"10.0.0.0/99", "10.1.2.3", 80, false},
                          Row{"10.1.2.3", "10.1.2.3", 80, true},
                          Row{"10.1.2.3:81", "10.1.2.3", 80, false},
                          Row{"fe80::/10", "fe80::1", 80, true},
                          Row{"::1", "0:0::1", 80, true},
                          Row{"[::1]:80", "::1", 80, true},
                          Row{"[::1]:81", "::1", 80, false},
                          Row{"[::1", "::1", 80, false},
                          Row{",,", "a", 80, false}}) {
    CHECK_MESSAGE(no_proxy_names(row.list, row.host, row.port) == row.named, row.list << " | " << row.host);
  }
}

TEST_CASE(
    "the proxy comes from the configuration or the environment, and loopback is direct where exceptions are "
    "in play") {
  std::map<std::string, std::string> variables = {
      {"https_proxy", "http://tls:1"}, {"HTTP_PROXY", "http://plain:1"}, {"NO_PROXY", "inside.example"}};
  const Environment environment = [&](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
  const ProxySettings direct{}, fixed{"http://p:1", "", false}, except{"http://p:1", "x.example", false},
      by_environment{"", "", true};
  CHECK(choose_proxy(direct, "http", "a", 80, environment) == "");
  CHECK(choose_proxy(fixed, "http", "localhost", 80, environment) == "http://p:1");
  CHECK(choose_proxy(except, "http", "localhost", 80, environment) == "");
  CHECK(choose_proxy(except, "http", "127.9.9.9", 80, environment) == "");
  CHECK(choose_proxy(except, "http", "x.example", 80, environment) == "");
  CHECK(choose_proxy(except, "http", "y.example", 80, environment) == "http://p:1");
  CHECK(choose_proxy(by_environment, "https", "y.example", 443, environment) == "http://tls:1");
  CHECK(choose_proxy(by_environment, "http", "y.example", 80, environment) == "http://plain:1");
  CHECK(choose_proxy(by_environment, "http", "a.inside.example", 80, environment) == "");
}

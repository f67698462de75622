#include "receivers/pushover.h"

#include "receivers/text_limits.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;

namespace {
const std::string kKeys = "{token: t, user_key: u";

// The value of a query parameter as it stands in the URL.
std::string parameter(const HttpRequest& request, const std::string& name) {
  const std::string url = "&" + request.url.substr(request.url.find('?') + 1) + "&";
  const std::size_t at = url.find("&" + name + "=");
  if (at == std::string::npos) return "(missing)";
  const std::size_t from = at + name.size() + 2;
  return url.substr(from, url.find('&', from) - from);
}

HttpRequest request_of(const std::string& more, const Notification& what) {
  const ReadReceiver team = read("pushover_configs", kKeys + more + "}");
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  return http(build(team.only(), what, templates()));
}
}  // namespace

TEST_CASE("a firing group is an emergency at Pushover, with the default wording") {
  const HttpRequest request = request_of("", sample());
  CHECK(request.method == "POST");
  CHECK(request.body.empty());
  CHECK(
      request.url ==
      "https://api.pushover.net/1/messages.json?device=&expire=3600&message=It+is%0A%0AAlerts+Firing%3A%0A"
      "Labels%3A%0A+-+alertname+%3D+Down%0A+-+job+%3D+api%0A+-+severity+%3D+critical%0AAnnotations%3A%0A"
      "+-+runbook+%3D+http%3A%2F%2Fr%0A+-+summary+%3D+It+is%0ASource%3A+http%3A%2F%2Fprometheus%3A9090%2F"
      "graph%3Fg0.expr%3Dup%26g0.tab%3D1%0A%0A%0A%0AAlerts+Resolved%3A%0ALabels%3A%0A+-+alertname+%3D+Down%0A"
      "+-+job+%3D+db%0A+-+severity+%3D+critical%0AAnnotations%3A%0A+-+summary+%3D+It+is%0ASource%3A+http%3A"
      "%2F%2Fprometheus%3A9090%2Fgraph%3Fg0.expr%3Db&priority=2&retry=60&sound=&title=%5BFIRING%3A1%5D+Down+"
      "%28critical%29&token=t&url=http%3A%2F%2Ftocsin%3A9093%2F%23%2Falerts%3Freceiver%3Dteam&url_title=&"
      "user=u");
}

TEST_CASE("a resolved group has Pushover's normal priority") {
  CHECK(parameter(request_of("", all_resolved()), "priority") == "0");
}

TEST_CASE("Pushover's texts are cut at their limits and not before") {
  struct Row {
    const char* key;
    std::size_t limit;
  };
  for (const Row& row : {Row{"title", 250}, Row{"message", 1024}, Row{"url", 512}}) {
    CAPTURE(row.key);
    const auto text_of = [&](std::size_t length) {
      const std::string more = ", " + std::string(row.key) + ": '" + std::string(length, 'p') + "'";
      return parameter(request_of(more, many_alerts(1)), row.key);
    };
    CHECK(text_of(row.limit) == std::string(row.limit, 'p'));
    CHECK(text_of(row.limit + 1) == std::string(row.limit - 1, 'p') + "%E2%80%A6");
  }
}

TEST_CASE("Pushover's options reach it as configured") {
  const HttpRequest request = request_of(
      ", retry: 90s, expire: 2h, ttl: 1.5h, html: true, device: '{{ .Status }}', sound: s, url_title: T, "
      "priority: '1', message: '<b>{{ .CommonLabels.alertname }}</b>{{ \"<\" }}'",
      many_alerts(1));
  CHECK(parameter(request, "retry") == "90");
  CHECK(parameter(request, "expire") == "7200");
  CHECK(parameter(request, "ttl") == "5400");
  CHECK(parameter(request, "html") == "1");
  CHECK(parameter(request, "monospace") == "(missing)");
  CHECK(parameter(request, "device") == "firing");
  CHECK(parameter(request, "sound") == "s");
  CHECK(parameter(request, "url_title") == "T");
  CHECK(parameter(request, "priority") == "1");
  CHECK(parameter(request, "message") == "%3Cb%3EDown%3C%2Fb%3E%26lt%3B");
  CHECK(parameter(request_of(", monospace: true", many_alerts(1)), "monospace") == "1");
  CHECK(parameter(request_of("", many_alerts(1)), "ttl") == "(missing)");
  CHECK(parameter(request_of(", message: ' {{ .CommonLabels.none }} '", many_alerts(1)), "message") ==
        "%28no+details%29");
}

TEST_CASE("Pushover's keys may be files and templates, and are needed") {
  const ReadReceiver team = read("pushover_configs", "{token_file: key, user_key: '{{ .Receiver }}'}");
  const HttpRequest request = http(build(team.only(), many_alerts(1), templates()));
  CHECK(parameter(request, "token") == "key-from-file");
  CHECK(parameter(request, "user") == "team");
  const ReadReceiver empty = read("pushover_configs", "{token: t, user_key: '{{ .CommonLabels.none }}'}");
  CHECK_FALSE(build(empty.only(), many_alerts(1), templates()).has_value());
}

TEST_CASE("what a Pushover config cannot be is said with its place") {
  check_loading("pushover_configs",
                 {{"{token: t}", "{}", "one of user_key and user_key_file"},
                  {"{user_key: u}", "{}", "one of token and token_file"},
                  {"{token: t, token_file: f, user_key: u}", "{}", "token"},
                  {"{token: t, user_key: u, user_key_file: f}", "{}", "user_key"},
                  {kKeys + ", html: true, monospace: true}", "{}", "at most one of html and monospace"},
                  {kKeys + ", retry: 60}", "{}", "retry"},
                  {kKeys + ", expire: 1d}", "{}", "expire"},
                  {kKeys + ", sounds: x}", "{}", "sounds"},
                  {"~", "{}", "missing pushover config"}});
}

TEST_CASE("Pushover's answers mean what they do everywhere, and name what was wrong") {
  const ReadReceiver team = read("pushover_configs", kKeys + "}");
  check_common_answers(team.only(), answer(200, R"({"status":1,"request":"r-1"})"));
  CHECK(team.only()
            .read(many_alerts(1), answer(200, R"({"status":1,"request":"r","receipt":"e"})"))
            .message_ref == "e");
  CHECK(team.only()
            .read(many_alerts(1), answer(400, R"({"status":0,"errors":["user is invalid","token too"]})"))
            .message == "HTTP 400: user is invalid, token too");
}

}  // namespace tocsin

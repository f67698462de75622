#include "receivers/msteamsv2.h"

#include "receivers/teams_body.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Outcome = DeliveryResult::Outcome;

namespace {
const std::string kUrl = "webhook_url: 'https://x.logic.azure.com:443/workflows/y?sig=z'";

std::string card(const std::string& title, const std::string& text, const std::string& color) {
  return R"({"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive",)"
         R"("contentUrl":null,"content":{"$schema":"http://adaptivecards.io/schemas/adaptive-card.json",)"
         R"("type":"AdaptiveCard","version":"1.2","body":[{"type":"TextBlock","text":")" +
         title + R"(","weight":"Bolder","size":"Medium","wrap":true,"style":"heading","color":")" + color +
         R"("},{"type":"TextBlock","text":")" + text + R"(","wrap":true}],"msteams":{"width":"full"}}}]})" +
         "\n";
}

JsonValue text_block(const Result<BuiltRequest>& built) {
  return json(http(built).body).find("attachments").array().at(0).find("content").find("body").array().at(1);
}
}  // namespace

TEST_CASE("a Teams workflow gets Alertmanager's bytes") {
  const ReadReceiver team = read("msteamsv2_configs", "{" + kUrl + "}");
  CHECK(team.only().wants_resolved());
  const HttpRequest request = http(build(team.only(), golden_notification(), templates()));
  CHECK(request.url == "https://x.logic.azure.com:443/workflows/y?sig=z");
  CHECK(
      request.body ==
      card(
          "[FIRING:1] Down (eu)",
          R"(\n\n# Alerts Firing:\n\nLabels:\n  - alertname = Down\n  - cluster = eu\n  - job = a\n\n)"
          R"(Annotations:\n  - runbook = r\n  - summary = x \u003c y \u0026 \"z\"\n\n)"
          R"(Source: http://prometheus:9090/graph?g0.expr=up\u0026g0.tab=1\n\n\n\n\n# Alerts Resolved:\n\n)"
          R"(Labels:\n  - alertname = Down\n  - cluster = eu\n  - job = b\n\nAnnotations:\n  - runbook = r\n\n)"
          R"(Source: http://prometheus:9090/graph?g0.expr=up\u0026g0.tab=1\n\n\n\n)",
          "Attention"));
  const ReadReceiver own = read("msteamsv2_configs", "{" + kUrl + ", title: t, text: '{{ .Status }}'}");
  CHECK(http(build(own.only(), golden_resolved(), templates())).body == card("t", "resolved", "Good"));
}

TEST_CASE("a card takes 28 KB, then alerts are left out and counted") {
  const ReadReceiver team =
      read("msteamsv2_configs",
           "{" + kUrl + ", title: t, text: '{{ range .Alerts }}{{ .Annotations.description }}{{ end }}'}");
  const auto built_with = [&](std::size_t length) {
    return build(team.only(), many_alerts(2, std::string(length, 'x')), templates());
  };
  const std::size_t empty = http(built_with(0)).body.size();
  const std::size_t fits = (kLargestTeamsBody - empty) / 2;
  CHECK(built_with(fits)->warning.empty());
  const auto cut = built_with(fits + 1);
  CHECK(http(cut).body.size() <= kLargestTeamsBody);
  CHECK(text_block(cut).text("text").ends_with("x\n\n… 1 more alert, full list: http://tocsin:9093"));
}

TEST_CASE("an msteamsv2 block needs one webhook URL") {
  check_loading("msteamsv2_configs",
                {{"{}", "{}", "one of webhook_url and webhook_url_file must be set in a msteamsv2 config"},
                 {"~", "{}", "missing msteamsv2 config"},
                 {"{webhook_url: 'http://h', webhook_url_file: f}", "{}", "webhook_url"},
                 {"{webhook_url: 'http://'}", "{}", "webhook_url"},
                 {"{webhook_url: 'http://h', summary: x}", "{}", "summary"},
                 {"{webhook_url_file: f}", "{}", ""}});
}

TEST_CASE("msteamsv2 takes the global proxy into an http_config of its own") {
  const auto config_of = [&](const std::string& own, const std::string& global) {
    const ReadReceiver team = read("msteamsv2_configs", "{" + kUrl + own + "}", global);
    CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
    return http(build(team.only(), many_alerts(1), templates())).config;
  };
  const std::string global = "{http_config: {proxy_url: 'http://proxy', follow_redirects: false}}";
  CHECK(config_of("", global)->proxy_url == "http://proxy");
  CHECK_FALSE(config_of("", global)->follow_redirects);
  const auto own = config_of(", http_config: {tls_config: {server_name: s}}", global);
  CHECK(own->proxy_url == "http://proxy");
  CHECK(own->follow_redirects);
  CHECK(config_of(", http_config: {proxy_url: 'http://mine'}", global)->proxy_url == "http://mine");
  CHECK(config_of(", http_config: {proxy_from_environment: true}", global)->proxy_url.empty());
  const auto print = [&](const std::string& proxy) {
    return read("msteamsv2_configs", "{" + kUrl + ", http_config: {follow_redirects: false}}",
                "{http_config: {proxy_url: '" + proxy + "'}}")
        .only()
        .fingerprint();
  };
  CHECK(print("http://a") != print("http://b"));
}

TEST_CASE("a Teams workflow's answers are judged by their status") {
  const ReadReceiver team = read("msteamsv2_configs", "{" + kUrl + "}");
  std::vector<AnswerRow> rows = common_answers();
  rows.push_back({answer(202), Outcome::kDelivered, ""});
  check_answers(team.only(), rows);
}

TEST_CASE("a failing template costs a card its wording, not the page") {
  const auto built =
      build(read("msteamsv2_configs", "{" + kUrl + ", title: '{{ .Nope }}', text: '{{ .Nope }}'}").only(),
            many_alerts(1), templates());
  CHECK(text_block(built).text("text").find("firing: Down") == 0);
  CHECK(text_block(built).text("text").find("Tocsin: the template of title failed") != std::string::npos);
}

}  // namespace tocsin

#include "receivers/msteams.h"

#include "receivers/teams_body.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Outcome = DeliveryResult::Outcome;

namespace {
const std::string kUrl = "webhook_url: 'https://x.webhook.office.com/y'";
}

TEST_CASE("a Teams connector gets Alertmanager's bytes") {
  const ReadReceiver team = read("msteams_configs", "{" + kUrl + "}");
  CHECK(team.only().wants_resolved());
  const HttpRequest request = http(build(team.only(), golden_notification(), templates()));
  CHECK(request.url == "https://x.webhook.office.com/y");
  CHECK(
      request.body ==
      R"j({"@context":"http://schema.org/extensions","type":"MessageCard","title":"[FIRING:1] Down (eu)",)j"
      R"j("summary":"[FIRING:1] Down (eu)","text":"\n\n# Alerts Firing:\n\nLabels:\n  - alertname = Down\n)j"
      R"(  - cluster = eu\n  - job = a\n\nAnnotations:\n  - runbook = r\n  - summary = x \u003c y \u0026 \"z\"\n)"
      R"(\nSource: http://prometheus:9090/graph?g0.expr=up\u0026g0.tab=1\n\n\n\n\n# Alerts Resolved:\n\nLabels:\n)"
      R"(  - alertname = Down\n  - cluster = eu\n  - job = b\n\nAnnotations:\n  - runbook = r\n)"
      R"(\nSource: http://prometheus:9090/graph?g0.expr=up\u0026g0.tab=1\n\n\n\n","themeColor":"8C1A1A"})"
      "\n");
  const ReadReceiver own =
      read("msteams_configs", "{" + kUrl + ", title: t, summary: s, text: '{{ .Status }}'}");
  CHECK(http(build(own.only(), golden_resolved(), templates())).body ==
        R"({"@context":"http://schema.org/extensions","type":"MessageCard","title":"t","summary":"s",)"
        R"("text":"resolved","themeColor":"2DC72D"})"
        "\n");
}

TEST_CASE("a Teams message takes 28 KB, then alerts are left out and counted") {
  const ReadReceiver team =
      read("msteams_configs",
           "{" + kUrl +
               ", title: t, summary: s, text: '{{ range .Alerts }}{{ .Annotations.description }}{{ end }}'}");
  const auto built_with = [&](std::size_t length) {
    return build(team.only(), many_alerts(4, std::string(length, 'x')), templates());
  };
  const std::size_t empty = http(built_with(0)).body.size();
  const std::size_t fits = (kLargestTeamsBody - empty) / 4;
  CHECK(http(built_with(fits)).body.size() == empty + 4 * fits);
  CHECK(built_with(fits)->warning.empty());
  const auto cut = built_with(fits + 1);
  CHECK(http(cut).body.size() <= kLargestTeamsBody);
  CHECK(json(http(cut).body).text("text").ends_with("x\n\n… 1 more alert, full list: http://tocsin:9093"));
  CHECK(cut->warning == "1 alert was left out, Teams takes 28 KB");
}

TEST_CASE("of one alert too large for Teams the beginning is sent") {
  const ReadReceiver team = read("msteams_configs", "{" + kUrl + "}");
  const auto built = build(team.only(), many_alerts(1, std::string(40'000, '<')), templates());
  const std::string body = http(built).body;
  CHECK(body.size() <= kLargestTeamsBody);
  CHECK(body.size() > kLargestTeamsBody - 10);
  CHECK(json(body).text("text").ends_with("<…\n\nfull list: http://tocsin:9093"));
  CHECK(built->warning == "the text was cut, Teams takes 28 KB");
}

TEST_CASE("an msteams block needs one webhook URL") {
  check_loading("msteams_configs",
                {{"{}", "{}", "one of webhook_url and webhook_url_file must be set in a msteams config"},
                 {"~", "{}", "missing msteams config"},
                 {"{webhook_url: 'http://h', webhook_url_file: f}", "{}", "webhook_url"},
                 {"{webhook_url: 'h'}", "{}", "webhook_url is not a URL"},
                 {"{webhook_url: 'http://h', content: x}", "{}", "content"},
                 {"{webhook_url_file: f}", "{}", ""}});
}

TEST_CASE("a Teams connector tells of failures with status 200") {
  const ReadReceiver team = read("msteams_configs", "{" + kUrl + "}");
  std::vector<AnswerRow> rows = common_answers();
  const auto failure = [](const std::string& status) {
    return answer(
        200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error " +
                 status + " with ContextId tcid=0");
  };
  rows.push_back({answer(200, "1"), Outcome::kDelivered, ""});
  rows.push_back({failure("429"), Outcome::kFailed, "rateLimited"});
  rows.push_back({failure("503"), Outcome::kFailed, "serverError"});
  rows.push_back({failure("413"), Outcome::kRejected, "clientError"});
  check_answers(team.only(), rows);
}

TEST_CASE("a failing template costs a Teams message its wording, not the page") {
  const auto built =
      build(read("msteams_configs",
                 "{" + kUrl + ", title: '{{ .Nope }}', summary: '{{ .Nope }}', text: '{{ .Nope }}'}")
                .only(),
            many_alerts(1), templates());
  const JsonValue body = json(http(built).body);
  CHECK(body.text("title") == "[FIRING:1] Down (host-0)");
  CHECK(body.text("summary") == "[FIRING:1] Down (host-0)");
  CHECK(body.text("text").find("firing: Down") == 0);
  CHECK(body.text("text").find("Tocsin: the template of title failed") != std::string::npos);
}

}  // namespace tocsin

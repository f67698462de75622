#include "receivers/registry.h"

#include "receivers/receiver_config.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;

namespace {
const std::string kMail = "{smtp_smarthost: 'h:25', smtp_from: 'a@b.c'}";

std::vector<Receiver> read_list(const std::string& text, Problems& problems) {
  const YamlDocument document = YamlDocument::parse(text, "tocsin.yml", problems);
  return read_receivers(document.root(), ReceiverDefaults(), "/etc", problems);
}
}  // namespace

TEST_CASE("what a receiver cannot be is said with its place") {
  struct Row {
    const char* kind;
    const char* block;
    std::string global;
    const char* message;
  };
  const std::vector<Row> rows = {
      {"webhook_configs", "{}", "{}", "one of url and url_file must be set"},
      {"webhook_configs", "{url: 'http://h', url_file: f}", "{}", "url"},
      {"webhook_configs", "{url: 'ftp://h'}", "{}", "url must begin with http:// or https://"},
      {"webhook_configs", "{url: 'http://'}", "{}", "url"},
      {"webhook_configs", "{url: 'http://h', max_alerts: -1}", "{}", "max_alerts cannot be negative"},
      {"webhook_configs", "{url: 'http://h', timeout: 1x}", "{}", "timeout"},
      {"webhook_configs", "{url: 'http://h', max_alert: 1}", "{}", "max_alert"},
      {"webhook_configs", "~", "{}", "missing webhook config"},
      {"webhook_configs", "text", "{}", "a webhook config must be a mapping"},
      {"webhook_configs",
       "{url: 'http://h', http_config: {bearer_token: a, basic_auth: {username: u, password: p}}}", "{}",
       "at most one"},
      {"slack_configs", "{}", "{}", "there is no Slack URL and no app token"},
      {"slack_configs", "~", "{}", "missing slack config"},
      {"slack_configs", "{api_url: 'http://h', api_url_file: f}", "{}", "api_url"},
      {"slack_configs", "{api_url: 'http://h', app_token: t}", "{}", "at most one of api_url and app_token"},
      {"slack_configs", "{app_token: t, app_token_file: f}", "{}", "app_token"},
      {"slack_configs", "{app_token: t, http_config: {authorization: {credentials: c}}}", "{}",
       "cannot hold an authorization"},
      {"slack_configs", "{api_url: nonsense}", "{}", "api_url is not a URL"},
      {"slack_configs", "{api_url: 'http://h', update_message: true}", "{}",
       "update_message needs Slack's API"},
      {"slack_configs", "{api_url: 'http://h', fields: [{title: t}]}", "{}", "a Slack field needs value"},
      {"slack_configs", "{api_url: 'http://h', fields: [~]}", "{}", "this Slack field is empty"},
      {"slack_configs", "{api_url: 'http://h', actions: [{text: t, url: u}]}", "{}",
       "a Slack action needs type"},
      {"slack_configs", "{api_url: 'http://h', actions: [{type: t, url: u}]}", "{}",
       "a Slack action needs text"},
      {"slack_configs", "{api_url: 'http://h', actions: [{type: t, text: u}]}", "{}",
       "a Slack action needs url or name"},
      {"slack_configs", "{api_url: 'http://h', actions: [{type: t, text: u, name: n, confirm: {title: x}}]}",
       "{}", "a Slack confirmation needs text"},
      {"slack_configs", "{}", "{slack_api_url: 'http://h', slack_app_token: t}",
       "at most one of slack_app_token and slack_api_url"},
      {"slack_configs", "{}", "{slack_api_url: 'http://h', slack_api_url_file: f}", "slack_api_url"},
      {"pagerduty_configs", "{}", "{}", "needs routing_key or routing_key_file"},
      {"pagerduty_configs", "{routing_key: k, routing_key_file: f}", "{}", "routing_key"},
      {"pagerduty_configs", "{service_key: k, service_key_file: f}", "{}", "service_key"},
      {"pagerduty_configs", "{routing_key: k, details: [a]}", "{}", "details must be a mapping"},
      {"pagerduty_configs", "{routing_key: k, url: 'x'}", "{}", "url is not a URL"},
      {"pagerduty_configs", "{routing_key: k, timeout: -1s}", "{}", "cannot be negative"},
      {"email_configs", "{}", kMail, "an email config needs to"},
      {"email_configs", "{to: 'a@b.c'}", "{}", "there is no mail server"},
      {"email_configs", "{to: 'a@b.c'}", "{smtp_smarthost: 'h:25'}", "there is no sender address"},
      {"email_configs", "{to: 'a@b.c', smarthost: h}", kMail, "smarthost must be host:port"},
      {"email_configs", "{to: 'a@b.c'}", "{smtp_smarthost: 'h', smtp_from: 'a@b.c'}",
       "smtp_smarthost must be host:port"},
      {"email_configs", "{to: 'nobody'}", kMail, "is not a mail address"},
      {"email_configs", "{to: 'a@b.c', from: 'a@b.c, d@e.f'}", kMail, "from must be exactly one address"},
      {"email_configs", "{to: 'a@b.c', headers: {subject: x, Subject: y}}", kMail,
       "the mail header Subject is given twice"},
      {"email_configs", "{to: 'a@b.c', headers: {'a b': x}}", kMail, "is not a name for a mail header"},
      {"email_configs", "{to: 'a@b.c', threading: {enabled: true}}", kMail,
       "thread_by_date must be none or daily"},
      {"email_configs",
       "{to: 'a@b.c', threading: {enabled: true, thread_by_date: none}, headers: {References: x}}", kMail,
       "References cannot be set"},
      {"email_configs", "{to: 'a@b.c', auth_password: p, auth_password_file: f}", kMail, "auth_password"},
      {"slak_configs", "{}", "{}", "slack_configs"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.kind);
    CAPTURE(row.block);
    const ReadReceiver team = read(row.kind, row.block, row.global);
    CHECK(team.problems.has_errors());
    CHECK_MESSAGE(team.problems.to_string().find(row.message) != std::string::npos,
                  team.problems.to_string());
    for (const Problem& problem : team.problems.all()) CHECK(problem.position.line > 0);
  }
}

TEST_CASE("URLs are those that Alertmanager takes") {
  for (const std::string url :
       {"http://h", "https://h:8443/x?y=z#f", "http://user:pw@h/", "http://[::1]:80/", "http://my_host/hook",
        "http://h/a|b?c={d}&e=[f]", "http://h/größe", "http://h?a=\"b\""}) {
    CAPTURE(url);
    CHECK(check_http_url(url).has_value());
  }
  for (const std::string url :
       {"", "h", "h:80", "/x", "ftp://h", "http://", "http:///x", "http://a b/", "http://h/a b",
        "http://{h}/", "http://h:port/", "http://h/%zz", "http://h/\n"}) {
    CAPTURE(url);
    CHECK_FALSE(check_http_url(url).has_value());
  }
}

TEST_CASE("receivers need a name of their own") {
  Problems problems;
  const auto receivers = read_list(
      "- name: a\n- name: a\n- {}\n- ~\n- name: b\n  labels: {name: c}\n- name: 'null'\n", problems);
  CHECK(receivers.size() == 5);
  const std::string text = problems.to_string();
  CHECK(text.find("tocsin.yml:2:") != std::string::npos);
  CHECK(text.find("the receiver name \"a\" is used twice") != std::string::npos);
  CHECK(text.find("a receiver needs a name") != std::string::npos);
  CHECK(text.find("this receiver is empty") != std::string::npos);
  CHECK(text.find("cannot be \"c\"") != std::string::npos);
  CHECK(receivers.back().integrations.empty());
}

TEST_CASE("integrations know their place, their wish for resolved alerts, and their configuration") {
  const std::string text =
      "- name: a\n  slack_configs:\n  - api_url: http://h/1\n  - api_url: http://h/2\n  webhook_configs:\n  "
      "- url: http://h\n";
  Problems problems;
  const auto receivers = read_list(text, problems);
  REQUIRE_MESSAGE(!problems.has_errors(), problems.to_string());
  const auto& list = receivers.front().integrations;
  REQUIRE(list.size() == 3);
  CHECK(list[0]->id().to_string() == "a/slack[0]");
  CHECK(list[1]->id().to_string() == "a/slack[1]");
  CHECK_FALSE(list[0]->wants_resolved());
  CHECK(list[2]->wants_resolved());
  CHECK(list[0]->fingerprint() != list[1]->fingerprint());
  CHECK(list[0]->fingerprint().find("http") == std::string::npos);
  const std::string same = "{api_url: 'http://h', channel: c}";
  const auto print = [&](const std::string& block, const std::string& global) {
    return read("slack_configs", block, global).only().fingerprint();
  };
  CHECK(print(same, "{}") == print("{channel: c,   api_url: 'http://h'}", "{}"));
  CHECK(print(same, "{}") == print(same, "{smtp_from: x}"));
  CHECK(print(same, "{}") != print(same, "{http_config: {follow_redirects: false}}"));
}

TEST_CASE("a receiver's own http_config replaces the global one") {
  const std::string global = "{http_config: {proxy_url: 'http://proxy'}}";
  const auto config_of = [&](const std::string& block) {
    return http(build(read("webhook_configs", block, global).only(), many_alerts(1), templates())).config;
  };
  CHECK(config_of("{url: 'http://h'}")->proxy_url == "http://proxy");
  CHECK(config_of("{url: 'http://h', http_config: {follow_redirects: false}}")->proxy_url.empty());
}

TEST_CASE("global keys of receivers not supported yet are accepted") {
  const ReadReceiver team =
      read("webhook_configs", "{url: 'http://h'}", "{opsgenie_api_key: k, telegram_bot_token: t}");
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
}

TEST_CASE("templates of receivers are tried when they are loaded") {
  const auto problems_of = [](const std::string& block) {
    ReadReceiver team = read("slack_configs", block);
    Problems problems;
    check_receiver_templates({team.receiver}, templates(), problems);
    return problems;
  };
  CHECK(problems_of("{api_url: 'http://h'}").empty());
  const Problems broken = problems_of("{api_url: 'http://h', title: '{{ .Nope }}'}");
  CHECK(broken.has_errors());
  CHECK(broken.to_string().find("tocsin.yml:5:") == 0);
  CHECK(broken.to_string().find("the template of title fails") != std::string::npos);
  const Problems sometimes =
      problems_of("{api_url: 'http://h', title: '{{ (index .Alerts.Firing 0).Status }}'}");
  CHECK_FALSE(sometimes.has_errors());
  CHECK_FALSE(sometimes.empty());
}

}  // namespace tocsin

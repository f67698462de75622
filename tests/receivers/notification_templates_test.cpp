#include "receivers/notification_templates.h"

#include "receivers/notification_functions.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;

namespace {

NotificationView view_of(const Notification& what) {
  return {notification_data(what, "http://tocsin:9093"), kNow};
}

Notification mixed() {
  return notification(
      {firing({{"alertname", "Down"}, {"cluster", "eu"}, {"job", "a"}, {"severity", "warning"}},
              {{"runbook", "r"}, {"summary", "s"}}),
       resolved({{"alertname", "Down"}, {"cluster", "eu"}, {"job", "b"}, {"severity", "critical"}},
                {{"runbook", "r"}})});
}

std::string call(const std::string& name, const Notification& what) {
  const auto text = templates().text("{{ template \"" + name + "\" . }}", view_of(what));
  REQUIRE_MESSAGE(text.has_value(), (text ? "" : text.error().message));
  return *text;
}

std::string expand(const std::string& text, const std::string& file = "") {
  Notification what = mixed();
  what.route_labels = {{"owner", "team {{ .Status }}"},
                       {"via", "{{ routeLabels \"owner\" }}!"},
                       {"loop", "{{ routeLabels \"loop\" }}"}};
  const auto out = templates(file).text(text, view_of(what));
  return out ? *out : "error: " + out.error().message;
}

std::string html(const std::string& text, const std::string& file = "") {
  Notification what = mixed();
  what.alerts[0].annotations = Labels{{"link", "javascript:alert(1)"},
                                      {"ok", "https://x/y?a=b&c=d"},
                                      {"evil", "<b>\"x\"'&"},
                                      {"colour", "red"}};
  const auto out = templates(file).html(text, view_of(what));
  return out ? *out : "error: " + out.error().message;
}

const std::string kSource = "Source: http://prometheus:9090/graph?g0.expr=up&g0.tab=1\n";
const std::string kFiringList =
    "Labels:\n - alertname = Down\n - cluster = eu\n - job = a\n - severity = warning\n"
    "Annotations:\n - runbook = r\n - summary = s\n" +
    kSource;
const std::string kResolvedList =
    "Labels:\n - alertname = Down\n - cluster = eu\n - job = b\n - severity = critical\nAnnotations:\n - "
    "runbook = r\n" +
    kSource;
const std::string kFiringMarkdown =
    "\nLabels:\n  - alertname = Down\n  - cluster = eu\n  - job = a\n  - severity = warning\n"
    "\nAnnotations:\n  - runbook = r\n  - summary = s\n\n" +
    kSource + "\n";
const std::string kResolvedMarkdown =
    "\nLabels:\n  - alertname = Down\n  - cluster = eu\n  - job = b\n  - severity = "
    "critical\n\nAnnotations:\n  - runbook = r\n\n" +
    kSource + "\n";

}  // namespace

TEST_CASE("the default templates print what Alertmanager's print") {
  const std::string url = "http://tocsin:9093/#/alerts?receiver=team";
  const std::string compact = "r\nAlerts Firing:\n" + kFiringList + "\nAlerts Resolved:\n" + kResolvedList;
  const std::string sections =
      "\nAlerts Firing:\n" + kFiringList + "\n\n\nAlerts Resolved:\n" + kResolvedList + "\n\n";
  const std::string markdown =
      "\n\n# Alerts Firing:\n" + kFiringMarkdown + "\n\n\n# Alerts Resolved:\n" + kResolvedMarkdown + "\n\n";
  struct Row {
    const char* name;
    std::string text;
  };
  const std::vector<Row> rows = {
      {"__subject", "[FIRING:1] Down (eu)"},
      {"__alertmanagerURL", url},
      {"__description", ""},
      {"slack.default.title", "[FIRING:1] Down (eu)"},
      {"slack.default.fallback", "[FIRING:1] Down (eu) | " + url},
      {"slack.default.color", "danger"},
      {"slack.default.footer", ""},
      {"pagerduty.default.client", "Alertmanager"},
      {"pagerduty.default.clientURL", url},
      {"opsgenie.default.description", compact},
      {"victorops.default.state_message", compact},
      {"wechat.default.message", "[FIRING:1] Down (eu)\n" + compact + "\nAlertmanagerUrl:\n" + url},
      {"pushover.default.message", "r\n" + sections},
      {"sns.default.message", "r\n" + sections},
      {"webex.default.message", "r\n" + sections},
      {"telegram.default.message", "\n" + sections},
      {"discord.default.message", "\n" + sections},
      {"msteams.default.text", markdown},
      {"msteamsv2.default.text", markdown},
      {"jira.default.description", markdown},
      {"mattermost.default.text", markdown},
      {"jira.default.priority", "Medium"},
      {"rocketchat.default.alias", "Alertmanager"},
      {"email.default.subject", "[FIRING:1] Down (eu)"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(call(row.name, mixed()) == row.text);
  }
}

TEST_CASE("the subject of one alert and of a resolved group") {
  CHECK(call("__subject", notification({resolved({{"alertname", "Down"}})})) == "[RESOLVED] Down ");
  CHECK(call("__subject", notification({firing({{"alertname", "Down"}, {"b", "2"}, {"a", "1"}})}, {})) ==
        "[FIRING:1]  (Down 1 2)");
  CHECK(call("jira.default.priority", notification({firing({{"alertname", "Down"}}),
                                                    resolved({{"severity", "critical"}})})) == "High");
  CHECK(call("jira.default.priority", notification({firing({{"severity", "none"}})})) == "");
  CHECK(call("slack.default.color", notification({resolved({{"alertname", "Down"}})})) == "good");
}

TEST_CASE("every name of Alertmanager's default templates exists") {
  for (const char* name : {"slack.default.username",
                           "slack.default.callbackid",
                           "slack.default.pretext",
                           "slack.default.titlelink",
                           "slack.default.iconemoji",
                           "slack.default.iconurl",
                           "slack.default.text",
                           "pagerduty.default.description",
                           "opsgenie.default.message",
                           "opsgenie.default.source",
                           "wechat.default.to_user",
                           "wechat.default.to_party",
                           "wechat.default.to_tag",
                           "wechat.default.agent_id",
                           "victorops.default.entity_display_name",
                           "victorops.default.monitoring_tool",
                           "pushover.default.title",
                           "pushover.default.url",
                           "sns.default.subject",
                           "discord.default.content",
                           "discord.default.title",
                           "msteams.default.summary",
                           "msteams.default.title",
                           "msteamsv2.default.title",
                           "jira.default.summary",
                           "rocketchat.default.title",
                           "rocketchat.default.titlelink",
                           "rocketchat.default.emoji",
                           "rocketchat.default.iconurl",
                           "rocketchat.default.text",
                           "mattermost.default.color",
                           "mattermost.default.username",
                           "mattermost.default.title",
                           "mattermost.default.titlelink",
                           "mattermost.default.fallback",
                           "email.default.html"}) {
    CAPTURE(name);
    call(name, mixed());
  }
  const auto list =
      templates().text("{{ template \"pagerduty.default.instances\" .Alerts.Firing }}", view_of(mixed()));
  CHECK(list.value_or("") == kFiringList);
}

TEST_CASE("templates see the data that Alertmanager documents") {
  struct Row {
    const char* text;
    std::string result;
  };
  for (const Row& row : std::vector<Row>{
           {"{{ .Receiver }} {{ .Status }} {{ .NotificationReason }} {{ .ExternalURL }}",
            "team firing first notification http://tocsin:9093"},
           {"{{ .Alerts.Firing | len }} {{ len .Alerts.Resolved }} {{ len .Alerts }}", "1 1 2"},
           {"{{ .CommonLabels }} {{ .CommonLabels.SortedPairs }}",
            "alertname=Down, cluster=eu alertname=Down, cluster=eu"},
           {"{{ .CommonLabels.Names.Join \"+\" }} {{ .CommonLabels.Values | join \"-\" }}",
            "alertname+cluster Down-eu"},
           {"{{ (.CommonLabels.Remove (stringSlice \"cluster\")).Names }}", "[alertname]"},
           {"{{ (index .Alerts 0).Labels.job }} {{ index .CommonLabels \"nothing\" }}{{ "
            ".CommonLabels.nothing }}",
            "a "},
           {"{{ range $i, $p := .GroupLabels.SortedPairs }}{{ $i }}{{ $p.Name }}={{ .Value }}{{ end }}",
            "0alertname=Down"},
           {"{{ with index .Alerts 1 }}{{ .EndsAt.Sub .StartsAt }} {{ .StartsAt.Format \"15:04\" }}{{ end }}",
            "4m0s 02:59"},
           {"{{ (index .Alerts 0).EndsAt.IsZero }}", "true"},
           {"{{ (index .Alerts 0).Fingerprint | len }}", "16"},
           {"{{ routeLabels \"via\" }} {{ routeLabels \"none\" }}", "team firing! "},
       }) {
    CAPTURE(row.text);
    CHECK(expand(row.text) == row.result);
  }
  CHECK(expand("{{ routeLabels \"loop\" }}").find("in a circle: loop -> loop") != std::string::npos);
}

TEST_CASE("the functions of notification templates") {
  struct Row {
    const char* text;
    std::string result;
  };
  for (const Row& row : std::vector<Row>{
           {"{{ toUpper \"äb\" }} {{ toLower \"ÄB\" }} {{ title \"fOO don't bar-baz äx\" }}",
            "ÄB äb Foo Don't Bar-Baz Äx"},
           {"[{{ trimSpace \" \\n a b \" }}]", "[a b]"},
           {"{{ join \",\" (stringSlice \"a\" \"b\") }}", "a,b"},
           {"{{ match \"^a.c$\" \"abc\" }} {{ match \"b\" \"abc\" }} {{ match \"^b\" \"abc\" }}",
            "true true false"},
           {"{{ reReplaceAll \"(a)(?P<x>b)\" \"$2${x}$1$$\" \"ab-ab\" }}", "bba$-bba$"},
           {"{{ reReplaceAll \"a*\" \"-\" \"baac\" }} {{ reReplaceAll \"(.)\" \"$1x\" \"ab\" }}|", "-b-c- |"},
           {"{{ urlUnescape \"a%20b+c\" }}", "a b c"},
           {"{{ base64encode \"?>~?a\" }} {{ base64decode \"Pz5-P2E=\" }}", "Pz5-P2E= ?>~?a"},
           {"{{ date \"2006-01-02\" now }} {{ now | tz \"Europe/Berlin\" | date \"15:04 MST\" }}",
            "2026-01-02 04:04 CET"},
           {"{{ since (index .Alerts 0).StartsAt }} {{ humanizeDuration (since (index .Alerts 0).StartsAt) "
            "}}",
            "5m0s 5m 0s"},
           {"{{ humanizeDuration 90 }} {{ humanizeDuration \"0.25\" }}", "1m 30s 250ms"},
           {"{{ (toDate \"2006\" \"x\").IsZero }} {{ (mustToDate \"2006\" \"2020\").Year }}", "true 2020"},
           {"{{ toJson (list 1 \"<\" true (dict \"b\" 1.5 \"a\" (stringSlice \"x\"))) }}",
            R"([1,"\u003c",true,{"a":["x"],"b":1.5}])"},
           {"{{ toJson .CommonLabels }} {{ toJson .GroupLabels.SortedPairs }}",
            R"({"alertname":"Down","cluster":"eu"} [{"Name":"alertname","Value":"Down"}])"},
           {"{{ append (list 1) 2 3 | len }} {{ len (list) }}", "3 0"},
           {"{{ (dict \"k\" \"v\").k }}", "v"},
       }) {
    CAPTURE(row.text);
    CHECK(expand(row.text) == row.result);
  }
  for (const char* text :
       {"{{ match \"(\" \"a\" }}", "{{ reReplaceAll \"(\" \"a\" \"b\" }}", "{{ urlUnescape \"%zz\" }}",
        "{{ urlUnescape \"%a\" }}", "{{ base64decode \"?\" }}", "{{ tz \"Mars/Base\" now }}",
        "{{ mustToDate \"2006\" \"x\" }}", "{{ dict \"a\" }}", "{{ dict 1 2 }}",
        "{{ humanizeDuration \"x\" }}", "{{ nothing }}", "{{ .Nope }}"}) {
    CAPTURE(text);
    CHECK(expand(text).find("error: ") == 0);
  }
}

TEST_CASE("a user's file redefines and adds templates") {
  CHECK(expand("{{ template \"slack.default.title\" . }}", "{{ define \"__subject\" }}mine{{ end }}") ==
        "mine");
  CHECK(expand("{{ template \"own\" .Alerts }}", "{{ define \"own\" }}{{ len . }}{{ end }}") == "2");
}

TEST_CASE("mistakes in template files are reported with file and line, all at once") {
  Problems problems;
  NotificationTemplates::make({{"a.tmpl", "line\n{{ if }}{{ end }}"},
                               {"b.tmpl", "{{ define \"x\" }}{{ nothing }}{{ end }}"},
                               {"c.tmpl", "{{ define \"bad\" }}\n{{ .Nope.Deep }}{{ end }}"},
                               {"d.tmpl",
                                "{{ define \"one\" }}{{ .Labels.x }}{{ template \"two\" .Labels }}{{ end "
                                "}}{{ define \"two\" }}{{ .Names }}{{ end }}"}},
                              problems);
  const std::string text = problems.to_string();
  CHECK(text.find("a.tmpl:2: error: ") != std::string::npos);
  CHECK(text.find("b.tmpl:1: error: ") != std::string::npos);
  CHECK(text.find("c.tmpl:2:") != std::string::npos);
  CHECK(text.find("the template \"bad\" fails on sample alerts") != std::string::npos);
  CHECK(text.find("d.tmpl") == std::string::npos);
  CHECK(text.find("built-in") == std::string::npos);
}

TEST_CASE("HTML templates escape by place") {
  const std::string alert = "{{ with index .Alerts 0 }}";
  struct Row {
    std::string text, result;
  };
  for (const Row& row : std::vector<Row>{
           {"<p>{{ .Annotations.evil }}</p>", "<p>&lt;b&gt;&#34;x&#34;&#39;&amp;</p>"},
           {"<p>{{ safeHtml \"<i>\" }}</p>", "<p><i></p>"},
           {"<p title=\"{{ .Annotations.evil }}\">", "<p title=\"&lt;b&gt;&#34;x&#34;&#39;&amp;\">"},
           {"<p title='{{ safeHtml \"<i>a</i>'\" }}'>", "<p title='a&#39;'>"},
           {"<p title={{ .Annotations.evil }}>", "<p title=&lt;b&gt;&#34;x&#34;&#39;&amp;>"},
           {"<p {{ .Annotations.colour }}>", "<p red>"},
           {"<p {{ .Annotations.evil }}>", "<p ZgotmplZ>"},
           {"<p onclick=\"f({{ .Annotations.colour }})\">", "<p onclick=\"f(&#34;red&#34;)\">"},
           {"<script>f({{ .Labels }}, {{ .StartsAt }}, [{{ .Annotations.evil }}]);</script>",
            "<script>f(\"alertname=Down, cluster=eu, job=a, severity=warning\", \"2026-01-02T02:59:05Z\", "
            "[\"\\u003cb\\u003e\\\"x\\\"'\\u0026\"]);</script>"},
           {"<script>var a = {{ $.GroupLabels.SortedPairs | toJson }};</script>",
            "<script>var a = \"[{\\\"Name\\\":\\\"alertname\\\",\\\"Value\\\":\\\"Down\\\"}]\";</script>"},
           {"<style>p { color: {{ .Annotations.colour }} }</style>", "<style>p { color: red }</style>"},
           {"<!-- {{ .Annotations.evil }} -->", ""},
           {"<title>{{ .Annotations.evil }}</title>", "<title>&lt;b&gt;&#34;x&#34;&#39;&amp;</title>"},
           {"<a href=\"{{ .Annotations.link }}\">x</a>", "<a href=\"#ZgotmplZ\">x</a>"},
           {"<a href=\"{{ safeUrl .Annotations.link }}\">x</a>", "<a href=\"javascript:alert%281%29\">x</a>"},
           {"<a href=\"{{ .Annotations.ok }}\">x</a>", "<a href=\"https://x/y?a=b&amp;c=d\">x</a>"},
           {"<a href=\"/s?q={{ .Annotations.ok }}\">x</a>",
            "<a href=\"/s?q=https%3a%2f%2fx%2fy%3fa%3db%26c%3dd\">x</a>"},
           {"<a href=\"/s?q={{ .Annotations.evil | urlquery }}\">x</a>",
            "<a href=\"/s?q=%3Cb%3E%22x%22%27%26\">x</a>"},
           {"<b style=\"color: {{ .Annotations.colour }}\">", "<b style=\"color: red\">"},
           {"<b style=\"color: {{ .Annotations.link }}\">", "<b style=\"color: ZgotmplZ\">"},
           {"<td {{ if eq .Status \"firing\" }}bgcolor=\"red\"{{ end }}>{{ .Status }}</td>",
            "<td bgcolor=\"red\">firing</td>"},
           {"<style>p { color: red }</style>{{ .Status }}", "<style>p { color: red }</style>firing"},
           {"{{ .Annotations.evil | html }}", "&lt;b&gt;&#34;x&#34;&#39;&amp;"},
           {"{{ $x := .Status }}{{ $x }}", "firing"},
       }) {
    CAPTURE(row.text);
    CHECK(html(alert + row.text + "{{ end }}") == row.result);
  }
}

TEST_CASE("HTML templates that leave a tag, a quote or a script open are refused") {
  for (const auto& [text, problem] : std::vector<std::pair<const char*, const char*>>{
           {"{{ if .Status }}<p title=\"{{ end }}x\">",
            "html/template::1:6: {{if}} branches end in different contexts: {stateAttr delimDoubleQuote "},
           {"<p title=\"{{ .Status }}",
            "html/template: ends in a non-text context: {stateAttr delimDoubleQuote "},
           {"<script>var x = {{ .Status }};", "html/template: ends in a non-text context: {stateJS "},
           {"{{ template \"nobody\" }}", "html/template::1:12: no such template \"nobody\""},
           {"{{ .Status | html | toUpper }}",
            "html/template::1:3: predefined escaper \"html\" disallowed in template"}}) {
    CAPTURE(text);
    CHECK(html(text).starts_with(std::string("error: ") + problem));
  }
}

TEST_CASE("a definition that cannot be escaped stops only those who call it") {
  const std::string file =
      "{{ define \"mine\" }}<{{ .ExternalURL }}|x>{{ end }}{{ define \"open\" }}<a {{ end }}";
  CHECK(html("<p>{{ .Status }}</p>", file) == "<p>firing</p>");
  CHECK(html("{{ template \"mine\" . }}", file) == "&lt;http://tocsin:9093|x>");
  CHECK(html("{{ template \"open\" . }}", file).find("non-text context") != std::string::npos);
  CHECK(html("{{ template \"open\" . }}href=\"{{ .ExternalURL }}\">", file) ==
        "<a href=\"http://tocsin:9093\">");
  // One that is defined anew where it is used counts as it is there.
  CHECK(html("{{ define \"open\" }}<b title=\"{{ end }}{{ template \"open\" }}{{ .Status }}\">", file) ==
        "<b title=\"firing\">");
}

TEST_CASE("a definition is escaped for each place that it is called in") {
  const std::string file = "{{ define \"name\" }}{{ . }}{{ end }}";
  const std::string text =
      "{{ with $x := \"a b'/+\" }}<p title='{{ template \"name\" . }}'>{{ template \"name\" . }}</p>"
      "<a href=\"/?q={{ template \"name\" . }}\"><script>f('{{ template \"name\" . }}')</script>{{ end }}";
  CHECK(html(text, file) ==
        "<p title='a b&#39;/&#43;'>a b&#39;/&#43;</p><a href=\"/?q=a%20b%27%2f%2b\">"
        "<script>f('a b\\u0027\\/\\u002b')</script>");
}

TEST_CASE("the default mail shows both kinds of alerts and escapes what it shows") {
  Notification what = mixed();
  what.alerts[0] = firing({{"alertname", "Down"}, {"job", "<script>"}}, {{"summary", "a & b"}});
  const auto page = templates().html("{{ template \"email.default.html\" . }}", view_of(what));
  REQUIRE_MESSAGE(page.has_value(), (page ? "" : page.error().message));
  CHECK(page->find("2 alerts for alertname=Down") != std::string::npos);
  CHECK(page->find("[1] Firing") != std::string::npos);
  CHECK(page->find("[1] Resolved") != std::string::npos);
  CHECK(page->find("job = &lt;script&gt;<br>") != std::string::npos);
  CHECK(page->find("summary = a &amp; b<br>") != std::string::npos);
  CHECK(page->find("View in Alertmanager") != std::string::npos);
  CHECK(page->find("href=\"http://tocsin:9093/#/alerts?receiver=team\"") != std::string::npos);
  CHECK(page->find("href=\"http://prometheus:9090/graph?g0.expr=up&amp;g0.tab=1\"") != std::string::npos);
  CHECK(page->find("<script>") == std::string::npos);
}

}  // namespace tocsin

// Tocsin's own page: what it says, and that every limit cuts alerts and says how many.
#include "receivers/page.h"

#include "receivers/page_html.h"
#include "receivers/page_text.h"
#include "receivers/text_limits.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;

namespace {

Alert gpu(int number, std::string severity = "warning") {
  Alert alert =
      firing({{"alertname", "HighInferenceLatency"},
              {"cluster", "eu1"},
              {"instance", "gpu-" + std::to_string(number)},
              {"job", "inference"},
              {"model", "llama-70b"},
              {"severity", severity}},
             {{"summary", "Inference is slow"}, {"runbook_url", "https://runbooks.example.com/slow"}});
  alert.starts_at = kNow - std::chrono::minutes(number);
  return alert;
}

// Two new, one resolved, two unchanged, told once before.
Notification five() {
  Notification out = notification({gpu(1), gpu(3), gpu(5), gpu(7), gpu(9)},
                                  {{"alertname", "HighInferenceLatency"}, {"model", "llama-70b"}});
  out.alerts[1].ends_at = kNow - std::chrono::minutes(1);
  out.changes = {AlertChange::kUnchanged, AlertChange::kResolved, AlertChange::kUnchanged, AlertChange::kNew,
                 AlertChange::kNew};
  out.reason = NotifyReason::kNewAlerts;
  out.first_fired_at = kNow - std::chrono::minutes(12);
  out.times_notified = 1;
  return out;
}

Page page_of(const Notification& what, const std::string& external_url = "http://tocsin:9093") {
  return make_page(notification_data(what, external_url), kNow);
}

Notification storm(int count) {
  std::vector<Alert> alerts;
  for (int i = 0; i < count; ++i) alerts.push_back(gpu(i));
  return notification(std::move(alerts));
}

std::string rendered(const std::string& template_text, const Notification& what) {
  Result<std::string> out =
      templates().text(template_text, NotificationView(notification_data(what, "http://tocsin:9093"), kNow));
  return out ? *out : "error: " + out.error().message;
}

}  // namespace

TEST_CASE("a page's title, delta and table say what changed and where") {
  const Page page = page_of(five());
  CHECK(page.title(300) ==
        "🟡 [FIRING 4 of 5] HighInferenceLatency — model=llama-70b, cluster=eu1, job=inference");
  CHECK(page.summary == "Inference is slow");
  CHECK(page.delta() ==
        "+2 new (gpu-7, gpu-9), 1 resolved (gpu-3), 2 unchanged; first fired 12 min ago; notified: 2nd time");
  CHECK(page.common == "severity=warning");
  CHECK(table_lines(page, 5) == std::vector<std::string>{"          instance  for",    //
                                                         "new       gpu-7     7 min",  //
                                                         "new       gpu-9     9 min",  //
                                                         "          gpu-1     1 min",  //
                                                         "          gpu-5     5 min",  //
                                                         "resolved  gpu-3     2 min"});
  CHECK(page.footer == "Tocsin · receiver team · {}:{alertname=\"Down\"}");
}

TEST_CASE("the symbol shows the worst severity of what fires, and green when all is over") {
  Notification what = notification({gpu(1, "info"), gpu(2, "page")});
  CHECK(page_of(what).symbol == "🔴");
  what.alerts[1].ends_at = kNow;
  CHECK(page_of(what).symbol == "🔵");
  what.alerts[0].ends_at = kNow;
  CHECK(page_of(what).symbol == "🟢");
  CHECK(page_of(notification({firing({{"alertname", "A"}})})).symbol == "🟠");
}

TEST_CASE("a resolved page says how long it was, and offers no silence") {
  Notification what = five();
  what.reason = NotifyReason::kAllResolved;
  what.changes.assign(5, AlertChange::kResolved);
  what.first_fired_at = kNow - std::chrono::minutes(19);
  for (Alert& alert : what.alerts) alert.ends_at = kNow - std::chrono::minutes(1);
  const Page page = page_of(what);
  CHECK(page.title(40) == "🟢 [RESOLVED 5] HighInferenceLatency — m…");
  CHECK(page.delta() == "5 resolved; resolved after 18 min; notified: 2nd time");
  for (const PageLink& link : page.links) CHECK(link.text != "Silence");
}

TEST_CASE("a page about one alert has no table, and one about many rules names some") {
  const Page one = page_of(notification({gpu(1)}));
  CHECK_FALSE(one.has_table());
  CHECK(one.state == "FIRING");
  CHECK(one.delta() == "+1 new; notified: 1st time");
  std::vector<Alert> alerts;
  for (const char* name : {"E", "A", "B", "D", "C"})
    alerts.push_back(firing({{"alertname", name}, {"job", "j"}}));
  const Page many = page_of(notification(std::move(alerts), {}));
  CHECK(many.title(200) == "🟠 [FIRING 5] A, B, C and 2 more — job=j");
}

TEST_CASE("links are percent-encoded, whatever the labels hold") {
  Notification what = notification({firing({{"alertname", "A b"}, {"path", "/a+b?c=\"d\"&e#f%"}},
                                           {{"dashboard_url", "https://grafana.example.com/d/1"},
                                            {"runbook_url", "javascript:alert(1)"}})},
                                   {{"alertname", "A b"}});
  const Page page = page_of(what);
  std::vector<std::string> texts;
  for (const PageLink& link : page.links) texts.push_back(link.text);
  CHECK(texts == std::vector<std::string>{"Graph", "Dashboard", "Silence", "This group", "Why?"});
  const NotificationData data = notification_data(what, "http://tocsin:9093/");
  CHECK(silence_url(data) ==
        "http://tocsin:9093/#/silences/"
        "new?filter=%7Balertname%3D%22A%20b%22%2C%20path%3D%22%2Fa%2Bb%3Fc%3D%5C%22"
        "d%5C%22%26e%23f%25%22%7D");
  CHECK(group_url(data) == "http://tocsin:9093/#/alerts?receiver=team&filter=%7Balertname%3D%22A%20b%22%7D");
  CHECK(explain_url(data) == "http://tocsin:9093/api/tocsin/v1/explain?filter=%7Balertname%3D%22A%20b%22%7D");
  CHECK(page_of(what, "").links.size() == 2);
}

TEST_CASE("durations and ordinals are said as people say them") {
  using std::chrono::seconds;
  const std::vector<std::pair<int, std::string>> rows = {
      {0, "0 s"},           {59, "59 s"},        {60, "1 min"},           {3599, "59 min"},
      {3600, "1 h"},        {3660, "1 h 1 min"}, {86'399, "23 h 59 min"}, {86'400, "1 d"},
      {183'600, "2 d 3 h"}, {-5, "0 s"}};
  for (const auto& [count, said] : rows) CHECK(spoken_duration(seconds(count)) == said);
  const std::vector<std::pair<int, std::string>> numbers = {
      {1, "1st"},   {2, "2nd"},   {3, "3rd"},   {4, "4th"},     {11, "11th"},
      {12, "12th"}, {13, "13th"}, {21, "21st"}, {102, "102nd"}, {111, "111th"}};
  for (const auto& [number, said] : numbers) CHECK(ordinal(number) == said);
}

TEST_CASE("a page as text keeps to its limit by leaving out alerts, and says how many") {
  const Page page = page_of(storm(57));
  for (const PageMarkup markup : {PageMarkup::kPlain, PageMarkup::kMarkdown, PageMarkup::kMarkdownList,
                                  PageMarkup::kTelegramHtml, PageMarkup::kSlack}) {
    const std::string whole = page_text(page, markup, {40'000});
    CHECK(page_text(page, markup).find(" more") == std::string::npos);
    CHECK(whole.find("… 37 more") != std::string::npos);
    CHECK(whole.find("gpu-19") != std::string::npos);
    const std::size_t length = count_runes(whole);
    for (const int off : {-1, 0, 1}) {
      CAPTURE(off);
      const std::size_t limit = length + static_cast<std::size_t>(off);
      const std::string cut = page_text(page, markup, {limit});
      CHECK(count_runes(cut) <= limit);
      CHECK((cut == whole) == (off >= 0));
      CHECK(cut.find(off < 0 ? "… 38 more" : "… 37 more") != std::string::npos);
    }
    for (std::size_t limit = 1; limit < length; limit += 7) {
      const std::string cut = page_text(page, markup, {limit});
      CHECK(count_runes(cut) <= limit);
      CHECK_FALSE(cut.empty());
      const std::string bytes = page_text(page, markup, {limit, TextLimit::Unit::kBytes});
      CHECK(bytes.size() <= limit);
    }
  }
}

TEST_CASE("no markup comes out of labels") {
  Notification what =
      notification({firing({{"alertname", "A"}, {"x", "a</pre><b>`*_"}}, {{"summary", "1 < 2 & 3"}}),
                    firing({{"alertname", "A"}, {"x", "```"}}, {{"summary", "1 < 2 & 3"}})});
  const Page page = page_of(what);
  const std::string telegram = page_text(page, PageMarkup::kTelegramHtml);
  CHECK(telegram.find("<b>1 &lt; 2 &amp; 3</b>") == 0);
  CHECK(telegram.find("a&lt;/pre&gt;&lt;b&gt;`*_") != std::string::npos);
  const std::string markdown = page_text(page, PageMarkup::kMarkdown);
  CHECK(markdown.find("a</pre><b>'*_") != std::string::npos);
  CHECK(markdown.find("\\`\\*\\_") != std::string::npos);  // in the delta line
  const std::string html = page_html(page);
  CHECK(html.find("a&lt;/pre&gt;&lt;b&gt;`*_") != std::string::npos);
  CHECK(html.find("<b>`") == std::string::npos);
}

TEST_CASE("templates find the page and what changed under .Tocsin, and Alertmanager's data is as it was") {
  const Notification what = five();
  CHECK(rendered("{{ .Tocsin.Title 20 }}", what) == "🟡 [FIRING 4 of 5] H…");
  CHECK(rendered("{{ .Tocsin.Title }}", what).find("job=inference") != std::string::npos);
  CHECK(rendered("{{ .Tocsin.Delta }}", what).find("+2 new (gpu-7, gpu-9)") == 0);
  CHECK(rendered("{{ range .Tocsin.New }}{{ .Labels.instance }} {{ end }}", what) == "gpu-7 gpu-9 ");
  CHECK(rendered("{{ range .Alerts }}{{ .Change }},{{ end }}", what) ==
        "unchanged,resolved,unchanged,new,new,");
  CHECK(rendered("{{ len .Tocsin.Resolved }} {{ len .Tocsin.Unchanged }} {{ .Tocsin.TimesNotified }}",
                 what) == "1 2 2");
  CHECK(rendered("{{ .Tocsin.FirstFired.Unix }} {{ .Tocsin.Severity }}{{ .Tocsin.Trend }}", what) ==
        "1767322325 warning");
  CHECK(rendered("{{ .Tocsin.Text 100 }}", what).size() < 200);
  CHECK(rendered("{{ .Tocsin.Text 0 }}", what).find("greater than 0") != std::string::npos);
  CHECK(rendered("{{ .Tocsin.Text 9 \"miles\" }}", what).find("only \"bytes\"") != std::string::npos);
  CHECK(rendered("{{ toJson . }}", what).find("Tocsin") == std::string::npos);
  CHECK(rendered("{{ . }}", what).find("unchanged") == std::string::npos);
}

TEST_CASE("a page has the trend where there is one") {
  Notification what = five();
  what.trend = rising_trend();
  const std::string words = "▁█ 2.4 (threshold 2, last hour)";
  CHECK(page_text(page_of(what), PageMarkup::kPlain).find(words) != std::string::npos);
  const std::string html = page_html(page_of(what));
  CHECK(html.find(words) != std::string::npos);
  CHECK(html.find("<img") == std::string::npos);
  Page pictured = page_of(what);
  pictured.trend_picture = "a@b";
  CHECK(page_html(pictured).find("<img src=\"cid:a@b\"") != std::string::npos);
  CHECK(rendered("{{ .Tocsin.Trend }}", what).ends_with(words));

  Trend of_one = *what.trend;
  of_one.fingerprint = what.alerts.back().labels.fingerprint_hex();
  what.trend = std::make_shared<const Trend>(of_one);
  const std::string name = page_of(what).trend.substr(0, page_of(what).trend.find(": "));
  CHECK_FALSE(name.empty());
  CHECK(page_of(what).trend_words == name + ": 2.4 (threshold 2, last hour)");
}

TEST_CASE("a page about a storm is made quickly and shows its first hundred") {
  const Page page = page_of(storm(5000));
  CHECK(page.rows.size() == kMostPageRows);
  CHECK(page.total == 5000);
  const std::string html = page_html(page);
  CHECK(html.find("… 4900 more") != std::string::npos);
}

TEST_CASE("severity words of many teams become four grades") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"critical", "critical"}, {"Page", "critical"}, {"P1", "critical"},  {"SEV1", "critical"},
      {"high", "error"},        {"error", "error"},   {"warn", "warning"}, {"ticket", "warning"},
      {"Info", "info"},         {"none", "info"}};
  for (const auto& [word, grade] : rows) {
    CAPTURE(word);
    REQUIRE(parse_severity(word).has_value());
    CHECK(to_string(*parse_severity(word)) == grade);
  }
  CHECK_FALSE(parse_severity("purple").has_value());
  CHECK_FALSE(parse_severity("").has_value());
}

}  // namespace tocsin

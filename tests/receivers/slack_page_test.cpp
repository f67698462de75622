// Slack in Tocsin's own style: Block Kit within Slack's limits, blocks of the user's own, and conversations
// in threads.
#include "receivers/slack_page.h"

#include "receivers/slack.h"
#include "receivers/text_limits.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Outcome = DeliveryResult::Outcome;

namespace {

constexpr const char* kTocsin = "{message_style: tocsin}";

const std::vector<std::pair<std::string, std::string>> kJson = {{"content-type", "application/json"}};

OutboundAnswer posted(const std::string& ts) {
  return answer(200, R"({"ok":true,"channel":"C1","ts":")" + ts + "\"}", kJson);
}
OutboundAnswer refused(const std::string& error) {
  return answer(200, R"({"ok":false,"error":")" + error + "\"}", kJson);
}

// What Slack documents about the blocks of a message, and the sum that it does not document.
struct Seen {
  std::size_t blocks = 0, characters = 0;
  std::string text;  // of all blocks
};

void look_at(const JsonValue& block, Seen& seen) {
  ++seen.blocks;
  const std::string type = block.text("type");
  const auto take = [&](const JsonValue& text, std::size_t limit) {
    const std::string& content = text.text("text");
    CHECK_FALSE(content.empty());
    CHECK(count_runes(content) <= limit);
    seen.characters += count_runes(content);
    seen.text += content + "\n";
  };
  if (type == "header") {
    CHECK(block.find("text").text("type") == "plain_text");
    take(block.find("text"), 150);
  } else if (type == "section") {
    take(block.find("text"), 3000);
  } else {
    REQUIRE(type == "context");
    CHECK(block.find("elements").array().size() <= 10);
    for (const JsonValue& element : block.find("elements").array()) take(element, 3000);
  }
}

Seen look_at(const JsonValue& body) {
  Seen seen;
  for (const JsonValue& block : body.find("blocks").array()) look_at(block, seen);
  if (body.find("attachments").kind() == JsonValue::Kind::kArray) {
    for (const JsonValue& attachment : body.find("attachments").array())
      for (const JsonValue& block : attachment.find("blocks").array()) look_at(block, seen);
  }
  CHECK(seen.blocks <= 50);
  CHECK(seen.characters <= 13'200);
  CHECK(count_runes(body.text("text")) <= 4000);
  return seen;
}

JsonValue body_of(const ReadReceiver& team, const Notification& what) {
  return json(http(build(team.only(), what, templates())).body);
}

Alert on(const std::string& instance, const std::string& severity = "warning") {
  return firing({{"alertname", "Down"}, {"instance", instance}, {"severity", severity}},
                {{"summary", "It is & down"}});
}

// A group in the middle of its life: posted before as message "C1 100.1".
Notification later(std::vector<Alert> alerts, std::vector<AlertChange> changes, NotifyReason reason) {
  Notification out = notification(std::move(alerts));
  out.changes = std::move(changes);
  out.reason = reason;
  out.message_ref = "C1 100.1";
  out.times_notified = 1;
  out.first_fired_at = kNow - std::chrono::minutes(12);
  return out;
}

ReadReceiver threaded() {
  return read("slack_configs", "{app_token: xoxb-1, channel: '#ops', threads: true, send_resolved: true}",
              kTocsin);
}

}  // namespace

TEST_CASE("Slack shows a page in blocks, with a text for lock screens and a bar in the severity's colour") {
  const ReadReceiver team = read("slack_configs", "{api_url: 'https://hooks.slack.com/x'}", kTocsin);
  Notification what = notification({on("a<1>"), on("b")});
  what.trend = rising_trend();
  const JsonValue body = body_of(team, what);
  CHECK(body.text("username") == "Tocsin");
  CHECK(body.text("text") == "🟡 [FIRING 2] Down\nIt is &amp; down");
  const auto& blocks = body.find("blocks").array();
  REQUIRE(blocks.size() == 3);
  CHECK(blocks[0].find("text").text("text") == "🟡 [FIRING 2] Down");
  CHECK(blocks[1].find("text").text("text") == "*It is &amp; down*");
  CHECK(blocks[2].find("text").text("text") ==
        "+2 new (a&lt;1&gt;, b); notified: 1st time\n`▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁█ 2.4 (threshold 2, last hour)`");
  const JsonValue& attachment = body.find("attachments").array().at(0);
  CHECK(attachment.text("color") == "#ecb22e");
  const auto& below = attachment.find("blocks").array();
  REQUIRE(below.size() == 3);
  CHECK(below[0].find("text").text("text") ==
        "```\n     instance  for\nnew  a&lt;1&gt;      5 min\nnew  b         5 min\n```");
  CHECK(below[1].find("text").text("text").find(
            "<http://prometheus:9090/graph?g0.expr=up&amp;g0.tab=1|Graph> · ") == 0);
  CHECK(below[1].find("text").text("text").find("|Silence>") != std::string::npos);
  CHECK(
      below[2].find("elements").array().at(0).text("text").find("severity=warning\nTocsin · receiver team") ==
      0);
}

TEST_CASE("a Slack page keeps to every limit, whatever a group holds") {
  const ReadReceiver team = read("slack_configs", "{api_url: 'https://hooks.slack.com/x'}", kTocsin);
  for (const int count : {1, 2, 20, 21, 101}) {
    for (const std::size_t length :
         {std::size_t{0}, std::size_t{140}, std::size_t{2999}, std::size_t{3001}, std::size_t{40'000}}) {
      std::vector<Alert> alerts;
      for (int i = 0; i < count; ++i) {
        alerts.push_back(
            firing({{"alertname", "A"}, {"x", "<" + std::to_string(i) + std::string(length % 4000, '&')}},
                   {{"summary", std::string(length, '<')}, {"description", std::string(length, 'd')}}));
      }
      CAPTURE(count);
      CAPTURE(length);
      const Seen seen = look_at(body_of(team, notification(std::move(alerts))));
      if (count > 100) CHECK(seen.text.find("more") != std::string::npos);
    }
  }
}

TEST_CASE("a title is a header up to Slack's 150 characters, and a section beyond") {
  const ReadReceiver team = read("slack_configs", "{api_url: 'https://hooks.slack.com/x'}", kTocsin);
  const std::size_t around = count_runes("🟠 [FIRING] ");
  for (const std::size_t length : {std::size_t{149}, std::size_t{150}, std::size_t{151}}) {
    const Labels labels{{"alertname", std::string(length - around, 'A')}};
    const JsonValue block =
        body_of(team, notification({firing(labels)}, labels)).find("blocks").array().at(0);
    CHECK(block.text("type") == (length <= 150 ? "header" : "section"));
    CHECK(block.find("text").text("text").find(std::string(length - around, 'A')) != std::string::npos);
  }
}

TEST_CASE("an attachment that the user worded stays an attachment in any style") {
  const ReadReceiver team =
      read("slack_configs", "{api_url: 'https://hooks.slack.com/x', text: '{{ .Status }}'}", kTocsin);
  const JsonValue body = body_of(team, many_alerts(2));
  CHECK(body.find("blocks").is_null());
  const JsonValue& attachment = body.find("attachments").array().at(0);
  CHECK(attachment.text("text") == "firing");
  CHECK(attachment.text("title") == "🟠 [FIRING 2] Down");
}

TEST_CASE("blocks that Slack refuses are said in plain words instead") {
  const ReadReceiver team = read("slack_configs", "{api_url: 'https://hooks.slack.com/x'}", kTocsin);
  const NextStep step = next(team.only(), many_alerts(2), {answer(400, "invalid_blocks")});
  const JsonValue body = json(http(step).body);
  CHECK(body.find("blocks").is_null());
  CHECK(body.text("text").find("[FIRING:2] Down\nfiring: Down (instance=host-0)") == 0);
  CHECK(std::get<BuiltRequest>(step).warning.find("Slack refused the blocks") != std::string::npos);
  CHECK(
      result(next(team.only(), many_alerts(2), {answer(400, "invalid_blocks"), answer(200, "ok")})).outcome ==
      Outcome::kDelivered);
  CHECK(result(
            next(team.only(), many_alerts(2), {answer(400, "invalid_blocks"), answer(400, "invalid_blocks")}))
            .outcome == Outcome::kRejected);
  CHECK(result(next(team.only(), many_alerts(2), {answer(503)})).outcome == Outcome::kFailed);
}

TEST_CASE("in threads, news edit the message, go into its thread and are broadcast where they are worse") {
  const ReadReceiver team = threaded();
  REQUIRE_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  const Notification first = notification({on("a")});
  const HttpRequest parent = http(build(team.only(), first, templates()));
  CHECK(parent.url == "https://slack.com/api/chat.postMessage");
  CHECK(json(parent.body).text("channel") == "#ops");
  CHECK(json(parent.body).text("thread_ts").empty());
  CHECK(result(next(team.only(), first, {posted("100.1")})).message_ref == "C1 100.1");

  struct Row {
    Notification what;
    bool broadcast;
    std::string said;
  };
  const auto over = [](Alert alert) {
    alert.ends_at = kNow;
    return alert;
  };
  const std::vector<Row> rows = {
      {later({on("a"), on("b")}, {AlertChange::kUnchanged, AlertChange::kNew}, NotifyReason::kNewAlerts),
       true, "🟡 *Down*\n+1 new (b), 1 unchanged; first fired 12 min ago; notified: 2nd time"},
      {later({on("a"), over(on("b"))}, {AlertChange::kUnchanged, AlertChange::kResolved},
             NotifyReason::kSomeResolved),
       false, "1 resolved (b), 1 unchanged"},
      {later({on("a")}, {AlertChange::kUnchanged}, NotifyReason::kRepeat), false, "🟡 still firing: *Down"},
      {later({on("a", "critical")}, {AlertChange::kUnchanged}, NotifyReason::kRepeat), true,
       "🔴 still firing: *Down"},
      {later({over(on("a"))}, {AlertChange::kResolved}, NotifyReason::kAllResolved), false,
       "resolved after 12 min; notified: 2nd time"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.said);
    const HttpRequest change = http(build(team.only(), row.what, templates()));
    CHECK(change.url == "https://slack.com/api/chat.update");
    CHECK(json(change.body).text("channel") == "C1");
    CHECK(json(change.body).text("ts") == "100.1");
    CHECK(json(change.body).text("client_msg_id").empty());
    const HttpRequest reply = http(next(team.only(), row.what, {posted("100.1")}));
    CHECK(reply.url == "https://slack.com/api/chat.postMessage");
    const JsonValue body = json(reply.body);
    CHECK(body.text("channel") == "C1");
    CHECK(body.text("thread_ts") == "100.1");
    CHECK(body.boolean("reply_broadcast") == row.broadcast);
    CHECK_MESSAGE(body.text("text").find(row.said) != std::string::npos, body.text("text"));
    CHECK(body.find("blocks").is_null());
    const DeliveryResult done = result(next(team.only(), row.what, {posted("100.1"), posted("100.2")}));
    CHECK(done.outcome == Outcome::kDelivered);
    CHECK(done.message_ref == "C1 100.1");
  }
}

TEST_CASE("a message is changed where it was posted") {
  const ReadReceiver team = read(
      "slack_configs",
      "{app_token: x, channel: c, threads: true, app_url: 'https://slack-gov.com/api/chat.postMessage'}");
  const Notification what = later({on("a")}, {AlertChange::kUnchanged}, NotifyReason::kRepeat);
  CHECK(http(build(team.only(), what, templates())).url == "https://slack-gov.com/api/chat.update");
}

TEST_CASE("a changed message whose blocks are refused loses the old ones") {
  const Notification what = later({on("a")}, {AlertChange::kUnchanged}, NotifyReason::kRepeat);
  const JsonValue body = json(http(next(threaded().only(), what, {refused("invalid_blocks")})).body);
  CHECK(body.text("ts") == "100.1");
  CHECK(body.find("blocks").array().empty());
  CHECK(body.find("attachments").kind() == JsonValue::Kind::kArray);
  CHECK(body.text("text").find("[FIRING:1] Down") == 0);
}

TEST_CASE("after all was resolved, a new matter gets a message of its own") {
  Notification what = later({on("a")}, {AlertChange::kNew}, NotifyReason::kFirstNotification);
  CHECK(http(build(threaded().only(), what, templates())).url == "https://slack.com/api/chat.postMessage");
}

TEST_CASE("a message that is gone is posted anew in the same delivery") {
  const ReadReceiver team = threaded();
  const Notification what =
      later({on("a"), on("b")}, {AlertChange::kUnchanged, AlertChange::kNew}, NotifyReason::kNewAlerts);
  for (const char* error : {"message_not_found", "edit_window_closed", "cant_update_message"}) {
    const HttpRequest anew = http(next(team.only(), what, {refused(error)}));
    CHECK(anew.url == "https://slack.com/api/chat.postMessage");
    CHECK(json(anew.body).text("channel") == "#ops");
    CHECK(json(anew.body).text("thread_ts").empty());
    const DeliveryResult done = result(next(team.only(), what, {refused(error), posted("200.1")}));
    CHECK(done.message_ref == "C1 200.1");
    CHECK_FALSE(done.message_ref_is_gone);
    const DeliveryResult lost = result(next(team.only(), what, {refused(error), answer(503)}));
    CHECK(lost.outcome == Outcome::kFailed);
    CHECK(lost.message_ref_is_gone);
  }
}

TEST_CASE("a thread that takes no reply keeps no news from people, and a lost answer is tried again") {
  const ReadReceiver team = threaded();
  const Notification what =
      later({on("a"), on("b")}, {AlertChange::kUnchanged, AlertChange::kNew}, NotifyReason::kNewAlerts);
  const OutboundAnswer locked = refused("restricted_action_thread_locked");
  const HttpRequest anew = http(next(team.only(), what, {posted("100.1"), locked}));
  CHECK(json(anew.body).text("thread_ts").empty());
  CHECK(result(next(team.only(), what, {posted("100.1"), locked, posted("300.1")})).message_ref ==
        "C1 300.1");
  OutboundAnswer lost;
  lost.result = TransportResult::kTimedOut;
  const DeliveryResult failed = result(next(team.only(), what, {posted("100.1"), lost}));
  CHECK(failed.outcome == Outcome::kFailed);
  CHECK(failed.message.find("the message was changed, the reply in its thread was not posted") == 0);
  CHECK(result(next(team.only(), what, {refused("ratelimited")})).reason == "rateLimited");
}

TEST_CASE("what is tried again says by its id that it is the same, unless it names other alerts") {
  const ReadReceiver team = threaded();
  const auto id_of = [&](const Notification& what) {
    return json(http(build(team.only(), what, templates())).body).text("client_msg_id");
  };
  Notification what = notification({on("a")});
  const std::string id = id_of(what);
  CHECK(id.size() == 36);
  what.at += std::chrono::seconds(30);
  CHECK(id_of(what) == id);
  what.alerts.push_back(on("b"));
  CHECK(id_of(what) != id);
  const HttpRequest without = http(next(team.only(), what, {refused("duplicate_message_not_found")}));
  CHECK(json(without.body).text("client_msg_id").empty());
  const ReadReceiver plain = read("slack_configs", "{app_token: x, channel: c}");
  CHECK(json(http(build(plain.only(), what, templates())).body).text("client_msg_id").empty());
}

TEST_CASE("threads are only for Slack's own API, and say so") {
  const std::string message = "threads needs Slack's API, which an incoming webhook is not";
  check_loading("slack_configs",
                {{"{threads: true, api_url: 'https://hooks.slack.com/x'}", "{}", message},
                 {"{threads: true, app_token: t, app_url: 'http://proxy/x'}", "{}", message},
                 {"{threads: true, app_token: t, app_url: 'http://proxy/api/chat.postMessage'}", "{}", ""},
                 {"{threads: true, app_token: t}", "{}", ""},
                 {"{threads: true}", "{slack_app_token: t}", ""},
                 {"{threads: false, api_url: 'https://hooks.slack.com/x'}", "{}", ""}});
}

TEST_CASE("threads work with an attachment too") {
  const ReadReceiver team = read("slack_configs", "{app_token: x, channel: c, threads: true}");
  const Notification what = later({on("a")}, {AlertChange::kUnchanged}, NotifyReason::kRepeat);
  const JsonValue change = body_of(team, what);
  CHECK(change.find("attachments").array().at(0).text("title") == "[FIRING:1] Down (a warning)");
  CHECK(json(http(next(team.only(), what, {posted("100.1")})).body).text("thread_ts") == "100.1");
}

TEST_CASE("blocks of the user's own are templates, and a template may make several or none") {
  const ReadReceiver team =
      read("slack_configs", R"({api_url: 'https://hooks.slack.com/x', message_text: '{{ .Status }}', blocks: [
      {type: header, text: {type: plain_text, text: '{{ .CommonLabels.alertname }} 5'}},
      {type: section, text: {type: mrkdwn, text: 'true'}, expand: true},
      '{{ range .Alerts }}{{ end }}',
      '[{{ range $i, $a := .Alerts }}{{ if $i }},{{ end }}{"type":"divider","block_id":{{ $a.Labels.instance | toJson }}}{{ end }}]']})");
  REQUIRE_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  const JsonValue body = body_of(team, many_alerts(2));
  CHECK(body.text("text") == "firing");
  CHECK(body.find("attachments").is_null());
  const auto& blocks = body.find("blocks").array();
  REQUIRE(blocks.size() == 4);
  CHECK(blocks[0].find("text").text("text") == "Down 5");
  CHECK(blocks[1].find("text").text("text") == "true");
  CHECK(blocks[1].boolean("expand"));
  CHECK(blocks[3].text("block_id") == "host-1");
}

TEST_CASE("blocks are kept within Slack's limits by cutting the last ones, which is said") {
  const std::string each =
      R"([{{ range $i, $a := .Alerts }}{{ if $i }},{{ end }}{"type":"section","text":{"type":"mrkdwn","text":{{ $a.Annotations.description | toJson }}}}{{ end }}])";
  const ReadReceiver team =
      read("slack_configs", "{api_url: 'https://hooks.slack.com/x', blocks: '" + each + "'}");
  REQUIRE_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  struct Row {
    int alerts;
    std::size_t length, blocks;
  };
  for (const Row& row : {Row{49, 10, 49}, Row{50, 10, 50}, Row{51, 10, 50}, Row{4, 2999, 4}, Row{4, 3000, 4},
                         Row{4, 3001, 4}, Row{5, 3000, 5}, Row{13, 1000, 13}, Row{14, 1000, 13}}) {
    CAPTURE(row.alerts);
    CAPTURE(row.length);
    const auto built = build(team.only(), many_alerts(row.alerts, std::string(row.length, 'd')), templates());
    const JsonValue body = json(http(built).body);
    const Seen seen = look_at(body);
    CHECK(seen.blocks == row.blocks);
    const bool cut = row.alerts > 50 ||
                     static_cast<std::size_t>(row.alerts) * std::min<std::size_t>(row.length, 3000) > 13'000;
    CHECK((seen.text.find("more blocks") != std::string::npos) == cut);
    CHECK(built->warning.empty() == (!cut && row.length <= 3000));
  }
}

TEST_CASE("blocks whose template fails cost the wording, not the page") {
  for (const std::string blocks :
       {"'{{ .Nope }}'", "'no list'", "[{type: '{{ .Nope }}'}]", "['[{\"x\":1}]{{ /**/ }}']"}) {
    CAPTURE(blocks);
    const ReadReceiver team =
        read("slack_configs", "{api_url: 'https://hooks.slack.com/x', blocks: " + blocks + "}");
    if (team.problems.has_errors()) continue;  // found at load, which is better
    const auto built = build(team.only(), many_alerts(2), templates());
    const JsonValue body = json(http(built).body);
    CHECK(body.find("blocks").array().at(0).text("type") == "header");
    CHECK(body.text("text").find("Tocsin: the template of blocks failed") != std::string::npos);
    CHECK(built->warning.find("the template of blocks failed") != std::string::npos);
  }
}

TEST_CASE("mistakes in blocks are found when the configuration is loaded") {
  const std::string url = "api_url: 'https://hooks.slack.com/x', ";
  const std::string long_text(3001, 'x');
  check_loading("slack_configs",
                {{"{" + url + "blocks: text}", "{}", "blocks must be a list"},
                 {"{" + url + "blocks: {type: header}}", "{}", "blocks must be a list"},
                 {"{" + url + "blocks: [{text: x}]}", "{}", "a Slack block needs a type"},
                 {"{" + url + "blocks: [{type: section, text: {type: mrkdwn, text: " + long_text + "}}]}",
                  "{}", "longer than Slack's 3000 characters"},
                 {"{" + url + "blocks: [{type: header, text: {type: plain_text, text: " + long_text + "}}]}",
                  "{}", "longer than Slack's 150 characters"},
                 {"{" + url + "blocks: [{type: header, text: {type: plain_text, text: '{{ .Status }}" +
                      long_text + "'}}]}",
                  "{}", ""},
                 {"{" + url + "blocks: [{type: divider}]}", "{}", ""}});
  const ReadReceiver strange = read("slack_configs", "{" + url + "title: t, blocks: [{type: sektion}]}");
  CHECK_FALSE(strange.problems.has_errors());
  CHECK(strange.problems.to_string().find("\"sektion\" is no type of Slack block") != std::string::npos);
  CHECK(strange.problems.to_string().find("title has no effect next to blocks") != std::string::npos);
}

}  // namespace tocsin

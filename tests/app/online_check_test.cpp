// `tocsin check --prometheus`, with a server of the test's making: what is asked of it, how much, and what
// becomes of answers that are none.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "app/check_command.h"
#include "app/prometheus_desk.h"
#include "core/json.h"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

const TimePoint kNow = *parse_rfc3339("2026-06-15T12:00:00Z");

// Answers by the path of the request; what it does not know it answers with 404.
class FakeServer final : public Transport {
 public:
  using Reply = std::function<OutboundAnswer(const HttpRequest&)>;
  std::map<std::string, Reply> replies;
  Reply otherwise;

  void send(OutboundRequest request, Done done) override {
    const auto& http = std::get<HttpRequest>(request);
    const std::size_t begin = http.url.find("/api/");
    const std::string path = http.url.substr(begin, http.url.find('?') - begin);
    Reply reply = otherwise;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(http);
      most_at_once_ = std::max(most_at_once_, ++at_once_);
      if (const auto found = replies.find(path); found != replies.end()) reply = found->second;
    }
    OutboundAnswer answer;
    if (reply) {
      answer = reply(http);
    } else {
      answer.status = 404;
      answer.body = "404 page not found";
    }
    {
      const std::lock_guard lock(mutex_);
      --at_once_;
    }
    done(std::move(answer));
  }
  void stop() override {}

  std::vector<HttpRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::size_t most_at_once() const {
    const std::lock_guard lock(mutex_);
    return most_at_once_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
  std::size_t at_once_ = 0, most_at_once_ = 0;
};

FakeServer::Reply says(int status, std::string body) {
  return [=](const HttpRequest&) {
    OutboundAnswer answer;
    answer.status = status;
    answer.body = body;
    return answer;
  };
}
FakeServer::Reply data(const std::string& json) {
  return says(200, R"({"status":"success","data":)" + json + "}");
}
FakeServer::Reply fails(TransportResult result, std::string words) {
  return [=](const HttpRequest&) {
    OutboundAnswer answer;
    answer.result = result;
    answer.error = words;
    return answer;
  };
}

constexpr const char* kNothing = R"({"resultType":"vector","result":[]})";

// A Prometheus that has scraped nothing.
void play_empty(FakeServer& server) {
  server.replies["/api/v1/status/buildinfo"] = data(R"({"version":"2.42.0"})");
  server.replies["/api/v1/status/flags"] = data(R"({"storage.tsdb.path":"data"})");
  server.replies["/api/v1/status/config"] = data(R"({"yaml":"global: {scrape_interval: 15s}"})");
  server.replies["/api/v1/status/runtimeinfo"] = data(R"({"storageRetention":"15d"})");
  server.replies["/api/v1/targets"] = data(R"({"activeTargets":[]})");
  server.replies["/api/v1/metadata"] = data("{}");
  server.replies["/api/v1/label/__name__/values"] = data(R"([])");
  server.replies["/api/v1/query"] = data(kNothing);
  server.replies["/api/v1/query_range"] = data(R"({"resultType":"matrix","result":[]})");
}

std::string rule(const std::string& expression, const std::string& above = "") {
  return "groups:\n- name: g\n  rules:\n" + above + "  - alert: A\n    expr: " + expression +
         "\n    for: 5m\n";
}

struct Desk {
  MemoryFiles files;
  CheckOptions options;
  FakeServer server;

  Desk() {
    options.online.url = "http://prometheus:9090";
    play_empty(server);
  }
  CommandOutput run(const std::string& rules) {
    files.files["r.yml"] = rules;
    options.files = {"r.yml"};
    return check(options, {"/home/me", false, kNow, &server}, files);
  }
  // The codes in order of place.
  std::string codes(const std::string& rules) {
    options.format = "json";
    std::string text;
    const JsonValue report = JsonValue::parse(run(rules).out).value();
    for (const JsonValue& one : report.find("problems").array())
      text += (text.empty() ? "" : " ") + one.text("code");
    return text;
  }
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

Question about(const std::string& expression) {
  return {Question::Kind::kValue, expression, ""};
}

OnlineFlags flags() {
  OnlineFlags out;
  out.url = "http://prometheus:9090/prefix/";
  out.concurrency = 1;
  return out;
}

}  // namespace

TEST_CASE("a check against a server finds what only the server can tell") {
  Desk desk;
  CHECK(desk.codes(rule("errors > 0")) == "promql/series");
  CHECK(desk.codes(rule("errors_total > 0")) == "promql/counter promql/series");
  desk.options.online.url.clear();
  CHECK(desk.codes(rule("errors > 0")) == "");
}

TEST_CASE("comments suppress these findings too, and those that hide nothing are told once all is known") {
  Desk desk;
  CHECK(desk.codes(rule("errors > 0", "  # tocsin disable promql/series\n")) == "");
  CHECK(desk.codes(rule("errors > 0", "  # pint disable promql/series(errors)\n")) == "");
  CHECK(desk.codes(rule("errors > 0", "  # pint disable promql/series(errors{job=\"a\"})\n")) == "");
  CHECK(desk.codes(rule("errors > 0", "  # pint disable promql/series(error)\n")) == "");  // a server
  CHECK(desk.codes(rule("errors > 0 and other > 0", "  # pint disable promql/series(other)\n")) ==
        "promql/series");
  CHECK(desk.codes(rule("errors > 0", "  # tocsin disable promql/series(error)\n")) ==
        "tocsin/comment promql/series");
  CHECK(desk.codes("# tocsin file/disable promql/series\n" + rule("errors > 0")) == "");
  CHECK(desk.codes(rule("errors > 0", "  # tocsin disable query/cost\n")) == "tocsin/comment promql/series");
  desk.server.replies["/api/v1/query"] = says(500, "boom");
  CHECK(desk.codes(rule("errors > 0", "  # tocsin disable query/cost\n")) == "server/unknown");
}

TEST_CASE("what is found by name and by the server is said once") {
  Desk desk;
  desk.server.replies["/api/v1/metadata"] = data(R"({"errors_total":[{"type":"counter"}]})");
  CHECK(desk.codes(rule("errors_total > 0")) == "promql/counter promql/series");
}

TEST_CASE(
    "rules of a configuration are evaluated by Tocsin: the server's external labels do not concern them") {
  Desk desk;
  desk.server.replies["/api/v1/status/config"] = data(R"({"yaml":"global: {external_labels: {team: x}}"})");
  const std::string rules = rule("up == 0") + "    labels: {team: db}\n";
  CHECK(contains(desk.codes(rules), "labels/conflict"));
  desk.files.files["tocsin.yml"] =
      "prometheus: [{url: 'http://localhost:9090', rule_files: [r.yml]}]\nroute: {receiver: a}\nreceivers: "
      "[{name: a}]\n";
  desk.options.files = {"tocsin.yml"};
  const std::string out = check(desk.options, {"/home/me", false, kNow, &desk.server}, desk.files).out;
  CHECK(contains(out, "promql/series"));
  CHECK(!contains(out, "labels/conflict"));
  // Named itself as well, the file is still the configuration's.
  desk.files.files["./r.yml"] = rules;
  desk.options.files.push_back("./r.yml");
  CHECK(!contains(check(desk.options, {"/home/me", false, kNow, &desk.server}, desk.files).out,
                  "labels/conflict"));
}

TEST_CASE("the clock of the server counts, not that of who asks") {
  Desk desk;
  desk.server.replies["/api/v1/query"] = [](const HttpRequest& request) {
    return data(contains(request.body, "query=time%28%29")
                    ? R"({"resultType":"scalar","result":[1,"1700000000"]})"
                    : kNothing)(request);
  };
  desk.run(rule("errors > 0"));
  std::size_t with_time = 0;
  for (const HttpRequest& request : desk.server.requests()) {
    if (!contains(request.body, "&time=")) continue;
    ++with_time;
    CHECK(contains(request.body, "&time=1700000000.000&"));
  }
  CHECK(with_time >= 2);
}

TEST_CASE("a server that nobody reaches is one warning, and everything else is checked all the same") {
  Desk desk;
  desk.server.replies.clear();
  desk.server.otherwise = fails(TransportResult::kUnreachable, "http://prometheus:9090: connection refused");
  CHECK(desk.codes(rule("errors_total > 0")) == "server/unreachable promql/counter");
  CHECK(desk.server.requests().size() == 1);
  desk.options.format = "text";
  const CommandOutput output = desk.run(rule("errors > 0"));
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out,
                 "r.yml: warning: nothing was checked against http://prometheus:9090: connection refused ("));
  desk.options.fail_on = Severity::kWarning;
  CHECK(desk.run(rule("errors > 0")).exit_code == 1);
}

TEST_CASE("a server that answers errors makes no findings, one note, and is soon left alone") {
  Desk desk;
  desk.server.replies.clear();
  desk.server.otherwise = says(500, "boom");
  std::string rules = "groups:\n- name: g\n  rules:\n";
  for (int i = 0; i < 50; ++i)
    rules += "  - {alert: A" + std::to_string(i) + ", expr: 'x" + std::to_string(i) + " > 0', for: 5m}\n";
  desk.options.online.concurrency = 1;
  CHECK(desk.codes(rules) == "server/unknown server/unknown");
  CHECK(desk.server.requests().size() == 8);
  desk.options.format = "text";
  const std::string out = desk.run(rules).out;
  CHECK(contains(
      out, "not everything was checked against the server: the server answers HTTP status 500: boom ("));
  CHECK(contains(
      out,
      "not everything was checked against the server: 8 questions in a row failed, and no more were asked"));
}

TEST_CASE("a server that wants a login, or that has only a part of the API, is said to") {
  Desk desk;
  desk.server.otherwise = says(401, "who are you?");
  desk.server.replies.clear();
  desk.options.format = "text";
  CHECK(contains(desk.run(rule("errors > 0")).out, "--http.config.file names a file with logins"));
  play_empty(desk.server);
  desk.server.otherwise = nullptr;
  desk.server.replies.erase("/api/v1/metadata");
  const std::string out = desk.run(rule("errors > 0")).out;
  CHECK(contains(out,
                 "checked against the server: the server answers HTTP status 404: 404 page not found (1 "
                 "check not made; "));
  CHECK(contains(out, "promql/series"));
}

TEST_CASE("the budget of questions bounds what is asked, and what is left open is counted") {
  Desk desk;
  desk.options.online.max_queries = 3;
  CHECK(desk.codes(rule("errors > 0")) == "server/unknown");
  CHECK(desk.server.requests().size() == 3);
  desk.options.format = "text";
  CHECK(contains(desk.run(rule("errors > 0")).out,
                 "the budget of 3 questions is spent (3 checks not made; --prometheus-max-queries allows "
                 "more) [server/unknown]"));
}

TEST_CASE("a budget that is too small for all rules serves the first ones entirely") {
  Desk desk;
  std::string rules = "groups:\n- name: g\n  rules:\n";
  for (int i = 0; i < 300; ++i)
    rules += "  - {alert: A" + std::to_string(i) + ", expr: 'x" + std::to_string(i) + " > 0', for: 5m}\n";
  desk.options.online.max_queries = 400;
  desk.options.format = "text";
  const std::string out = desk.run(rules).out;
  CHECK(contains(out, "alert A0: the server has no metric x0"));
  CHECK(contains(out, "alert A99: the server has no metric x99"));
  CHECK(!contains(out, "alert A250: "));
  CHECK(contains(out, "the budget of 400 questions is spent"));
}

TEST_CASE("a wrong URL or a faulty file of credentials is wrong usage") {
  Desk desk;
  desk.options.online.url = "ftp://prometheus";
  CommandOutput output = desk.run(rule("errors > 0"));
  CHECK(output.exit_code == 2);
  CHECK(contains(output.err, "tocsin: --prometheus: the URL of the server begins with ftp://"));
  desk.options.online.url = "http://prometheus:9090";
  desk.options.online.http_config_file = "/nowhere/http.yml";
  output = desk.run(rule("errors > 0"));
  CHECK(output.exit_code == 2);
  CHECK(contains(output.err, "/nowhere/http.yml"));
}

TEST_CASE("questions are put to the API below the path of the URL, with a login in it that is not shown") {
  FakeServer server;
  play_empty(server);
  OnlineFlags with_login = flags();
  with_login.url = "https://me:secret@prometheus/prefix/";
  const auto place = find_prometheus(with_login);
  REQUIRE(place);
  CHECK(place->name == "https://prometheus");
  PrometheusDesk desk(*place, with_login, {kNow, 7 * 24h, 5min}, server);
  desk.ask({about("up"), {Question::Kind::kLabels, "up", ""}});
  const auto requests = server.requests();
  CHECK(requests.at(0).method == "POST");
  CHECK(requests.at(0).url == "https://me:secret@prometheus/prefix/api/v1/query");
  CHECK(contains(requests.at(0).body, "query=up&"));
  CHECK(requests.at(1).method == "GET");
  CHECK(contains(requests.at(1).url, "/prefix/api/v1/labels?match%5B%5D=up&start="));
}

TEST_CASE("a server that takes no POST is asked by GET, from then on at once") {
  FakeServer server;
  server.otherwise = [](const HttpRequest& request) {
    return request.method == "POST" ? says(405, "no")(request) : data(kNothing)(request);
  };
  PrometheusDesk desk(*find_prometheus(flags()), flags(), {kNow}, server);
  for (const Answer& answer : desk.ask({about("a"), about("b")}))
    CHECK(std::holds_alternative<Evaluated>(answer));
  CHECK(server.requests().size() == 3);
}

TEST_CASE("no more questions are under way than allowed") {
  FakeServer server;
  std::atomic<int> inside = 0;
  // The first waits until as many as are allowed have come.
  server.otherwise = [&](const HttpRequest& request) {
    ++inside;
    while (inside < 3) std::this_thread::yield();
    return data(kNothing)(request);
  };
  OnlineFlags three = flags();
  three.concurrency = 3;
  PrometheusDesk desk(*find_prometheus(three), three, {kNow}, server);
  std::vector<Question> questions;
  for (int i = 0; i < 30; ++i) questions.push_back(about("x" + std::to_string(i)));
  CHECK(desk.ask(questions).size() == 30);
  CHECK(server.most_at_once() == 3);
}

TEST_CASE("once the time is over nothing more is asked, and the last question has only what is left of it") {
  FakeServer server;
  std::chrono::steady_clock::time_point now{};
  server.otherwise = [&](const HttpRequest& request) {
    now += 40s;
    return data(kNothing)(request);
  };
  OnlineFlags minute = flags();
  minute.max_time = 1min;
  PrometheusDesk desk(*find_prometheus(minute), minute, {kNow}, server, [&] { return now; });
  const std::vector<Answer> answers = desk.ask({about("a"), about("b"), about("c")});
  CHECK(std::holds_alternative<Evaluated>(answers[1]));
  REQUIRE(std::holds_alternative<NoAnswer>(answers[2]));
  CHECK(std::get<NoAnswer>(answers[2]) ==
        NoAnswer{NoAnswerReason::kTimeSpent, "the time of 1m for questions is over"});
  CHECK(server.requests().at(0).timeout == 31s);
  CHECK(server.requests().at(1).timeout == 21s);
}

TEST_CASE("failures in a row end the asking; one that is answered in between does not count as such") {
  FakeServer server;
  int number = 0;
  server.otherwise = [&](const HttpRequest& request) {
    return ++number == 5 ? data(kNothing)(request) : fails(TransportResult::kTimedOut, "")(request);
  };
  PrometheusDesk desk(*find_prometheus(flags()), flags(), {kNow}, server);
  std::vector<Question> questions;
  for (int i = 0; i < 30; ++i) questions.push_back(about("x" + std::to_string(i)));
  const std::vector<Answer> answers = desk.ask(questions);
  CHECK(server.requests().size() == 13);
  CHECK(std::get<NoAnswer>(answers[12]).reason == NoAnswerReason::kTimedOut);
  CHECK(std::get<NoAnswer>(answers[13]).reason == NoAnswerReason::kGivenUp);
}

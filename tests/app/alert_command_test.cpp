// `tocsin alert` against a server that is a function, and how commands find their server.
#include "app/alert_command.h"

#include <doctest/doctest.h>

#include "app/matcher_arguments.h"

using namespace tocsin;

namespace {

constexpr const char* kListed =
    R"([{"annotations":{"summary":"später"},"endsAt":"2026-01-02T05:00:00.000Z","startsAt":)"
    R"("2026-01-02T04:00:00.000Z","status":{"state":"suppressed"},"labels":{"alertname":"B","a":"1"}},)"
    R"({"annotations":{},"endsAt":"2026-01-02T05:00:00.000Z","startsAt":"2026-01-02T03:00:00.000Z",)"
    R"("status":{"state":"active"},"generatorURL":"http://p","labels":{"alertname":"Alpha"}}])";

struct Server {
  std::string asked;
  ApiAnswer answer = kListed;
  AlertSurroundings around() {
    return {[this](const std::string& method, const std::string& path, const std::string& body) {
              asked = method + " " + path + (body.empty() ? "" : " " + body);
              return answer;
            },
            {}};
  }
};

}  // namespace

TEST_CASE("alerts are listed as amtool lists them, the oldest first") {
  ApiSettings settings;
  CHECK(alerts_text(kListed, settings) ==
        "Alertname  Starts At                Summary  State\n"
        "Alpha      2026-01-02 03:00:00 UTC           active\n"
        "B          2026-01-02 04:00:00 UTC  später   suppressed\n");
  settings.output = OutputForm::kExtended;
  settings.date_format = "15:04";
  CHECK(alerts_text(kListed, settings) ==
        "Labels               Annotations       Starts At  Ends At  Generator URL  State\n"
        "alertname=\"Alpha\"                      03:00      05:00    http://p       active\n"
        "a=\"1\" alertname=\"B\"  summary=\"später\"  04:00      05:00                   suppressed\n");
  settings.output = OutputForm::kJson;
  CHECK(alerts_text(kListed, settings) == std::string(kListed) + "\n");
  CHECK(!alerts_text("<html>", settings));
}

TEST_CASE("a query asks for active alerts unless it names states") {
  Server server;
  CHECK(query_alerts({}, server.around()).exit_code == 0);
  CHECK(server.asked == "GET /api/v2/alerts?active=true&inhibited=false&silenced=false&unprocessed=false");
  AlertQueryOptions options;
  options.silenced = true;
  options.receiver = "a|b";
  options.matchers = {"Oven"};
  query_alerts(options, server.around());
  CHECK(server.asked ==
        "GET /api/v2/alerts?active=false&inhibited=false&silenced=true&unprocessed=false&receiver=a%7Cb"
        "&filter=alertname%3D%22Oven%22");
  server.answer = tl::unexpected(ApiFailure{400, "no"});
  CHECK(query_alerts(options, server.around()).err == "no\n");
}

TEST_CASE("an alert is sent as its labels say, and its mistakes are said at once") {
  Server server;
  AlertAddOptions options;
  options.labels = {"Oven", "node=\"a b\""};
  options.annotations = {"summary=too hot"};
  options.start = "2026-01-02T03:04:05Z";
  options.generator_url = "http://p";
  CHECK(add_alert(options, server.around()).exit_code == 0);
  CHECK(
      server.asked ==
      R"(POST /api/v2/alerts [{"labels":{"alertname":"Oven","node":"a b"},"annotations":{"summary":"too hot"},)"
      R"("startsAt":"2026-01-02T03:04:05Z","generatorURL":"http://p"}])");
  options.labels = {"Oven", "node"};
  options.end = "soon";
  options.annotations = {"a=~b"};
  const CommandOutput output = add_alert(options, server.around());
  CHECK(output.exit_code == 2);
  for (const char* part : {"label \"node\"", "annotation \"a=~b\"", "--end: "}) {
    CHECK_MESSAGE(output.err.find(part) != std::string::npos, part);
  }
}

TEST_CASE("a first argument without operator is an alertname, and a faulty matcher never is") {
  struct Case {
    std::vector<std::string> arguments;
    const char* read;  // "": refused
  };
  const Case cases[] = {
      {{"Oven"}, "{alertname=\"Oven\"}"},
      {{"too hot", "a=b"}, "{alertname=\"too hot\",a=\"b\"}"},
      {{"alertname=~Ov.*"}, "{alertname=~\"Ov.*\"}"},
      {{"node!=a", "env!~x|y"}, "{node!=\"a\",env!~\"x|y\"}"},
      {{"a=\"b c\""}, "{a=\"b c\"}"},
      {{}, "{}"},
      {{"a=b", "Oven"}, ""},
      {{"alertname=~("}, ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.read);
    const auto matchers = read_matcher_arguments(one.arguments);
    CHECK((matchers ? to_string(*matchers) : "") == one.read);
  }
}

TEST_CASE("the server is the flag's, else the environment's, else that of amtool's configuration") {
  MemoryFiles files;
  files.files["/home/me/.config/amtool/config.yml"] =
      "alertmanager.url: http://am:1\nauthor: me\ncomment_required: false\noutput: extended\n";
  files.files["/etc/amtool/config.yml"] = "author: other\ntimeout: 5s\n";
  std::map<std::string, std::string> variables{{"HOME", "/home/me"}};
  const Environment environment = [&](const char* name) { return variables[name]; };
  const auto config = read_amtool_config(amtool_config_paths(environment), files);
  REQUIRE(config);
  ApiFlags flags;
  auto settings = settle(flags, *config, environment);
  REQUIRE(settings);
  CHECK(settings->client.url == "http://am:1");
  CHECK(settings->client.timeout == std::chrono::seconds(5));
  CHECK(settings->author == "me");
  CHECK_FALSE(settings->require_comment);
  CHECK(settings->output == OutputForm::kExtended);
  variables["ALERTMANAGER_URL"] = "http://environment";
  CHECK(settle(flags, *config, environment)->client.url == "http://environment");
  variables["TOCSIN_URL"] = "http://tocsin";
  CHECK(settle(flags, *config, environment)->client.url == "http://tocsin");
  flags.url = "http://flag";
  flags.output = "json";
  CHECK(settle(flags, *config, environment)->client.url == "http://flag");
  CHECK(settle(flags, *config, environment)->output == OutputForm::kJson);
  CHECK(settle({}, {}, [](const char*) { return ""; })->client.url == "http://localhost:9093");

  files.files["/etc/amtool/config.yml"] = "[a list]";
  CHECK(!read_amtool_config(amtool_config_paths(environment), files));
}

// `tocsin silence` against a server that is a function: what is asked, what is printed, how it exits.
#include "app/silence_command.h"

#include <doctest/doctest.h>

#include <vector>

#include "app/silence_wish.h"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

constexpr const char* kListed =
    R"([{"id":"b","status":{"state":"active"},"updatedAt":"2026-01-02T03:00:00.000Z","comment":"two\nlines",)"
    R"("createdBy":"me","endsAt":"2026-01-02T06:00:00.000Z","matchers":[{"isEqual":false,"isRegex":true,)"
    R"("name":"env","value":"dev|test"},{"isRegex":false,"name":"team","value":"db"}],)"
    R"("startsAt":"2026-01-02T03:00:00.000Z","expireWhenIdle":"2h"},)"
    R"({"id":"a","status":{"state":"expired"},"updatedAt":"2026-01-02T02:00:00.000Z","comment":"over",)"
    R"("createdBy":"you","endsAt":"2026-01-02T02:00:00.000Z","matchers":[{"isEqual":true,"isRegex":false,)"
    R"("name":"alertname","value":"Oven"}],"startsAt":"2026-01-01T00:00:00.000Z"}])";

TimePoint at(const char* text) {
  return parse_rfc3339(text).value();
}

// Keeps what it was asked as "METHOD PATH BODY"; answers from a list, then "{}".
struct Server {
  std::vector<std::string> asked;
  std::vector<ApiAnswer> answers;
  SilenceSurroundings around() {
    SilenceSurroundings around;
    around.ask = [this](const std::string& method, const std::string& path, const std::string& body) {
      asked.push_back(method + " " + path + (body.empty() ? "" : " " + body));
      return asked.size() <= answers.size() ? answers[asked.size() - 1] : ApiAnswer("{}");
    };
    around.now = at("2026-01-02T03:04:05Z");
    around.user = "root";
    return around;
  }
};

ApiAnswer refused(int status) {
  return tl::unexpected(ApiFailure{status, "no"});
}

SilenceAddOptions oven() {
  SilenceAddOptions options;
  options.matchers = {"Oven", "node!~a|b"};
  options.comment = "why";
  return options;
}

}  // namespace

TEST_CASE("a silence is made of what the command line says, and its id is printed") {
  Server server;
  server.answers = {R"({"silenceID":"an id"})"};
  SilenceAddOptions options = oven();
  options.duration = "90m";
  options.annotations = {"ticket=OPS-1"};
  options.until_resolved = true;
  options.expire_when_idle = "2h";
  const CommandOutput output = add_silence(options, server.around());
  CHECK(output.out == "an id\n");
  CHECK(output.exit_code == 0);
  CHECK(server.asked.at(0) ==
        R"(POST /api/v2/silences {"annotations":{"ticket":"OPS-1"},"comment":"why","createdBy":"root",)"
        R"("endsAt":"2026-01-02T04:34:05Z","matchers":[{"isEqual":true,"isRegex":false,"name":"alertname",)"
        R"("value":"Oven"},{"isEqual":false,"isRegex":true,"name":"node","value":"a|b"}],)"
        R"("startsAt":"2026-01-02T03:04:05Z","untilResolved":true,"expireWhenIdle":"2h"})");
}

TEST_CASE("the author is who the command line names, else amtool's configuration, else the user") {
  ApiSettings settings;
  SilenceAddOptions options = oven();
  CHECK(read_silence_wish(options, settings, TimePoint{}, "root")->created_by == "root");
  settings.author = "configured";
  CHECK(read_silence_wish(options, settings, TimePoint{}, "root")->created_by == "configured");
  options.author = "me";
  CHECK(read_silence_wish(options, settings, TimePoint{}, "root")->created_by == "me");
}

TEST_CASE("everything that is wrong with a wanted silence is said at once, and nobody is asked") {
  Server server;
  SilenceAddOptions options;
  options.matchers = {"a=~("};
  options.duration = "soon";
  options.start = "today";
  options.annotations = {"x!=y"};
  options.expire_when_idle = "-";
  const CommandOutput output = add_silence(options, server.around());
  CHECK(output.exit_code == 2);
  CHECK(server.asked.empty());
  for (const char* part : {"matcher \"a=~(\": ", "--duration: ", "--start: ", "annotation \"x!=y\": ",
                           "--expire-when-idle: ", "no comment"}) {
    CHECK_MESSAGE(output.err.find(part) != std::string::npos, part);
  }
}

TEST_CASE("times of a wanted silence have to make sense") {
  struct Case {
    const char* start;
    const char* end;
    const char* duration;
    const char* said;  // "": fine
  };
  const Case cases[] = {
      {"", "", "1h", ""},
      {"2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z", "1h", ""},
      {"", "", "0s", "longer than nothing"},
      {"", "", "-1h", "longer than nothing"},
      {"2026-02-01T00:00:00Z", "2026-01-02T00:00:00Z", "1h", "not after its start"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.said);
    SilenceAddOptions options = oven();
    options.start = one.start;
    options.end = one.end;
    options.duration = one.duration;
    const auto wish = read_silence_wish(options, {}, at("2026-01-02T03:04:05Z"), "root");
    CHECK(wish.has_value() == (*one.said == '\0'));
    if (!wish) CHECK(wish.error().message.find(one.said) != std::string::npos);
  }
}

TEST_CASE("a silence that mutes nearly everything needs a yes") {
  Server server;
  SilenceAddOptions options = oven();
  options.matchers = {"node=~.+"};
  server.answers = {R"({"matched":7,"total":8})"};
  const CommandOutput output = add_silence(options, server.around());
  CHECK(output.exit_code == 1);
  CHECK(output.out.empty());
  CHECK(output.err.find("would mute 7 of 8 firing alerts") != std::string::npos);
  CHECK(server.asked.at(0).starts_with("POST /api/tocsin/v1/silences/preview "));
  CHECK(server.asked.size() == 1);

  Server alertmanager;
  alertmanager.answers = {refused(404)};
  CHECK(add_silence(options, alertmanager.around()).exit_code == 1);

  Server willing;
  willing.answers = {R"({"silenceID":"an id"})"};
  options.yes = true;
  CHECK(add_silence(options, willing.around()).out == "an id\n");
}

TEST_CASE("a preview says how many and which, and makes nothing") {
  Server server;
  server.answers = {
      R"({"matched":3,"total":9,"alerts":[{"alertname":"Oven","node":"a \"b\""},{"alertname":"Oven"}],)"
      R"("broad":false})"};
  SilenceAddOptions options = oven();
  options.preview = true;
  options.comment = "";
  const CommandOutput output = add_silence(options, server.around());
  CHECK(output.out ==
        "would mute 3 of 9 firing alerts\n"
        "  alertname=\"Oven\" node=\"a \\\"b\\\"\"\n"
        "  alertname=\"Oven\"\n"
        "  and 1 more\n");
  CHECK(server.asked.size() == 1);
}

TEST_CASE("silences are listed as amtool lists them") {
  const char* simple =
      "ID  Matchers                   Ends At                                       Created By  Comment\n"
      "b   env!~\"dev|test\" team=\"db\"  2026-01-02 06:00:00 UTC, or when idle for 2h  me          two "
      "lines\n";
  Server server;
  server.answers.assign(9, ApiAnswer(kListed));
  SilenceSurroundings around = server.around();
  SilenceQueryOptions options;
  const std::string out = query_silences(options, around).out;
  CHECK(out == simple);
  CHECK(server.asked.at(0) == "GET /api/v2/silences");

  options.expired = true;
  around.settings.output = OutputForm::kExtended;
  around.settings.date_format = "15:04";
  CHECK(query_silences(options, around).out ==
        "ID  Matchers            Starts At  Ends At  Updated At  Created By  Comment\n"
        "a   {alertname=\"Oven\"}  00:00      02:00    02:00       you         over\n");
  around.settings.output = OutputForm::kJson;
  CHECK(query_silences(options, around).out.starts_with(R"([{"id":"a","status":{"state":"expired"},)"));

  struct Case {
    SilenceQueryOptions options;
    const char* ids;
  };
  const auto with = [](auto change) {
    SilenceQueryOptions filtered;
    filtered.quiet = true;
    change(filtered);
    return filtered;
  };
  const Case cases[] = {
      {with([](auto& o) { o.created_by = "me"; }), "b\n"},
      {with([](auto& o) { o.created_by = "you"; }), ""},
      {with([](auto& o) { o.id = "a"; }), ""},
      {with([](auto& o) { o.within = "2h"; }), ""},
      {with([](auto& o) { o.within = "3h"; }), "b\n"},
      {with([](auto& o) { o.within = "2h", o.expired = true; }), "a\n"},
      {with([](auto& o) { o.within = "1h", o.expired = true; }), ""},
  };
  for (const Case& one : cases) {
    Server listing;
    listing.answers = {kListed};
    CHECK(query_silences(one.options, listing.around()).out == one.ids);
  }
}

TEST_CASE("matchers of a query go to the server in one way of writing them") {
  Server server;
  server.answers = {"[]"};
  SilenceQueryOptions options;
  options.matchers = {"Oven", "team=db"};
  CHECK(query_silences(options, server.around()).exit_code == 0);
  CHECK(server.asked.at(0) == "GET /api/v2/silences?filter=alertname%3D%22Oven%22&filter=team%3D%22db%22");
}

TEST_CASE("an update changes what was named and keeps the rest") {
  const std::string one = std::string(kListed).substr(1, std::string(kListed).find("},{\"id\""));
  Server server;
  server.answers = {one, R"({"silenceID":"b"})", one};
  SilenceUpdateOptions options;
  options.ids = {"b"};
  options.duration = "5h";
  options.comment = "again";
  options.quiet = true;
  const CommandOutput output = update_silences(options, server.around());
  CHECK(output.out == "b\n");
  CHECK(server.asked.at(0) == "GET /api/v2/silence/b");
  CHECK(server.asked.at(1) ==
        R"(POST /api/v2/silences {"id":"b","createdBy":"me","matchers":[{"isEqual":false,"isRegex":true,)"
        R"("name":"env","value":"dev|test"},{"isRegex":false,"name":"team","value":"db"}],)"
        R"("startsAt":"2026-01-02T03:00:00.000Z","expireWhenIdle":"2h","comment":"again",)"
        R"("endsAt":"2026-01-02T08:00:00Z"})");
}

TEST_CASE("one silence that is gone does not keep the others from being expired") {
  Server server;
  server.answers = {refused(404), ApiAnswer("")};
  const CommandOutput output = expire_silences({{}, {"gone", "here"}}, server.around());
  CHECK(output.err == "there is no silence gone\n");
  CHECK(output.exit_code == 1);
  CHECK(server.asked.at(1) == "DELETE /api/v2/silence/here");
}

TEST_CASE("silences are imported under their ids, or as new ones where the server does not know them") {
  Server server;
  server.answers = {R"({"silenceID":"x"})", refused(404), R"({"silenceID":"y"})", refused(400)};
  SilenceSurroundings around = server.around();
  around.input = R"([{"id":"x","status":{}},{"id":"q","comment":"c"},{"id":"bad"}])";
  const CommandOutput output = import_silences({}, around);
  CHECK(output.out == "x\ny\n");
  CHECK(output.err == "silence \"bad\": no\n1 of 3 silences could not be imported\n");
  CHECK(server.asked.at(2) == R"(POST /api/v2/silences {"comment":"c","id":""})");
  around.input = "{}";
  CHECK(import_silences({}, around).exit_code == 1);
}

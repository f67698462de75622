// What a server's JSON comes to, and how questions are put to it.
#include "rules/online/answer.h"

#include <doctest/doctest.h>

#include "rules/online/question_call.h"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

using Kind = Question::Kind;

Answer read(Kind kind, const std::string& data) {
  return read_answer({kind, "x", "l"}, 200, R"({"status":"success","data":)" + data + "}");
}

NoAnswerReason reason(Kind kind, int status, const std::string& body) {
  const Answer answer = read_answer({kind, "x", "l"}, status, body);
  REQUIRE(std::holds_alternative<NoAnswer>(answer));
  return std::get<NoAnswer>(answer).reason;
}

}  // namespace

TEST_CASE("values, with the job that they carry, and what a query has cost") {
  const auto vector = std::get<Evaluated>(read(
      Kind::kCost,
      R"({"resultType":"vector","result":[{"metric":{"job":"a"},"value":[1,"2"]},{"metric":{},"value":[1,"0.5"]}],
                       "stats":{"timings":{"evalTotalTime":0.25},"samples":{"totalQueryableSamples":120,"peakSamples":7}}})"));
  CHECK(vector.series.size() == 2);
  CHECK(vector.series[0].job == "a");
  CHECK(vector.sum() == 2.5);
  CHECK(vector.samples == 120);
  CHECK(vector.peak_samples == 7);
  CHECK(vector.seconds == 0.25);
  const auto scalar = std::get<Evaluated>(read(Kind::kValue, R"({"resultType":"scalar","result":[1,"3"]})"));
  CHECK(scalar.sum() == 3);
  CHECK(scalar.samples < 0);
  CHECK(std::holds_alternative<NoAnswer>(read(Kind::kValue, R"({"resultType":"string","result":[1,"3"]})")));
}

TEST_CASE("that a rule's expression is refused, or fails, is an answer; to any other question it is none") {
  const std::string bad = R"({"status":"error","errorType":"bad_data","error":"parse error"})";
  const auto refused = std::get<Evaluated>(read_answer({Kind::kCost, "x", ""}, 400, bad));
  CHECK(refused.failed());
  CHECK(refused.error == "parse error");
  CHECK(reason(Kind::kValue, 400, bad) == NoAnswerReason::kRefused);
  CHECK(reason(Kind::kSeen, 400, bad) == NoAnswerReason::kRefused);
  CHECK(reason(Kind::kExists, 400, bad) == NoAnswerReason::kRefused);
}

TEST_CASE("what is no answer has a reason") {
  CHECK(reason(Kind::kConfig, 401, "who?") == NoAnswerReason::kUnauthorized);
  CHECK(reason(Kind::kConfig, 403, "no") == NoAnswerReason::kUnauthorized);
  CHECK(reason(Kind::kConfig, 404, "404 page not found") == NoAnswerReason::kNotFound);
  CHECK(reason(Kind::kValue, 500, "boom") == NoAnswerReason::kServerFailed);
  CHECK(reason(Kind::kValue, 503, R"({"status":"error","errorType":"timeout","error":"query timed out"})") ==
        NoAnswerReason::kTooSlow);
  CHECK(reason(Kind::kValue, 200, "<html>Sign in</html>") == NoAnswerReason::kUnreadable);
  CHECK(reason(Kind::kValue, 200, "") == NoAnswerReason::kUnreadable);
  CHECK(reason(Kind::kValue, 200, R"({"status":"success","data":{}})") == NoAnswerReason::kUnreadable);
  CHECK(reason(Kind::kTargets, 200, R"({"status":"success","data":[]})") == NoAnswerReason::kUnreadable);
  CHECK(reason(Kind::kConfig, 200, R"({"status":"success","data":{"yaml":"a: [b"}})") ==
        NoAnswerReason::kUnreadable);
}

TEST_CASE("the configuration of a server: external labels, intervals, data beyond its own") {
  const auto config = std::get<ServerConfig>(
      read(Kind::kConfig, R"({"yaml":"global:\n  scrape_interval: 30s\n  external_labels:\n    cluster: eu\n)"
                          R"(scrape_configs:\n- job_name: a\n  scrape_interval: 5s\n- job_name: b\n"})"));
  CHECK(config.scrape_interval == 30s);
  CHECK(config.external_labels == std::map<std::string, std::string>{{"cluster", "eu"}});
  CHECK(config.by_job_name == std::map<std::string, Duration>{{"a", 5s}, {"b", 30s}});
  CHECK(!config.reads_remotely);
  CHECK(std::get<ServerConfig>(read(Kind::kConfig, R"({"yaml":"remote_read:\n- url: http://x\n"})"))
            .reads_remotely);
  CHECK(std::get<ServerConfig>(read(Kind::kConfig, R"({"yaml":""})")).scrape_interval == 1min);
}

TEST_CASE("targets tell the interval of their job, the shortest of several") {
  const auto targets = std::get<ScrapeIntervals>(read(
      Kind::kTargets,
      R"({"activeTargets":[{"labels":{"job":"a"},"scrapeInterval":"1m"},{"labels":{"job":"a"},"scrapeInterval":"15s"},
                          {"labels":{},"scrapeInterval":"1s"},{"labels":{"job":"old"}}]})"));
  CHECK(targets.by_job == std::map<std::string, Duration>{{"a", 15s}});
}

TEST_CASE("how long a server keeps samples") {
  const auto kept = [](const std::string& text) {
    return std::get<ServerRuntime>(read(Kind::kRuntime, "{\"storageRetention\":\"" + text + "\"}")).retention;
  };
  CHECK(kept("15d") == 15 * 24h);
  CHECK(kept("2w1d or 10GiB") == 15 * 24h);
  CHECK(kept("10GiB") == 0s);
  CHECK(kept("") == 0s);
}

TEST_CASE("times at which there were series, of all of a matrix; types of metrics, each once; names") {
  const auto seen = std::get<Seen>(read(
      Kind::kSeen,
      R"({"resultType":"matrix","result":[{"metric":{},"values":[[300,"1"],[600.5,"1"]]},{"metric":{},"values":[[0,"1"],[300,"2"]]}]})"));
  CHECK(seen.at == std::vector<std::int64_t>{0, 300, 600});
  const auto metadata = std::get<Metadata>(
      read(Kind::kMetadata,
           R"({"a":[{"type":"gauge"},{"type":"gauge"}],"b":[{"type":"gauge"},{"type":"counter"}]})"));
  CHECK(metadata.types.at("a") == std::vector<std::string>{"gauge"});
  CHECK(metadata.types.at("b").size() == 2);
  CHECK(std::get<Names>(read(Kind::kMetrics, R"(["a","b"])")).names == std::vector<std::string>{"a", "b"});
  CHECK(std::get<Names>(read(Kind::kExists, "null")).names.empty());
}

TEST_CASE("each question has its place in the API") {
  const QuestionTime time{TimePoint(1'700'000'000s), 7 * 24h, 5min};
  const auto call = [&](Kind kind) { return call_for({kind, "a{b=\"c\"}", "l"}, time, 30s); };
  CHECK(call(Kind::kBuild).path == "/api/v1/status/buildinfo");
  CHECK(call(Kind::kTargets).parameters == "state=active");
  CHECK(call(Kind::kCost).posts);
  CHECK(call(Kind::kCost).parameters ==
        "query=a%7Bb%3D%22c%22%7D&time=1700000000.000&timeout=30s&stats=true");
  CHECK(call(Kind::kValue).parameters == "query=a%7Bb%3D%22c%22%7D&time=1700000000.000&timeout=30s");
  CHECK(call(Kind::kSeen).path == "/api/v1/query_range");
  CHECK(
      call(Kind::kSeen).parameters ==
      "query=count%28a%7Bb%3D%22c%22%7D%29&start=1699395200.000&end=1700000000.000&step=300.000&timeout=30s");
  CHECK(!call(Kind::kExists).posts);
  CHECK(call(Kind::kExists).path == "/api/v1/label/__name__/values");
  CHECK(call(Kind::kExists).parameters ==
        "match%5B%5D=a%7Bb%3D%22c%22%7D&start=1699395200.000&end=1700000300.000");
  CHECK(call(Kind::kLabels).path == "/api/v1/labels");
  CHECK(call(Kind::kLabelValues).path == "/api/v1/label/l/values");
  CHECK(call(Kind::kMetrics).parameters == "start=1699395200.000&end=1700000300.000");
  CHECK(call(Kind::kTime).parameters == "query=time%28%29");
}

#include <doctest/doctest.h>

#include <cmath>

#include "evaluator/prometheus_client.h"

using namespace tocsin;
using Failure = QueryResult::Failure;

namespace {

OutboundAnswer answered(int status, std::string body) {
  OutboundAnswer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

QueryResult read(std::string body) {
  return read_query_answer(answered(200, std::move(body)));
}

std::string vector_of(const std::string& elements) {
  return R"({"status":"success","data":{"resultType":"vector","result":[)" + elements + "]}}";
}

PrometheusServer server_at(std::string url) {
  PrometheusServer server;
  server.name = "main";
  server.url = std::move(url);
  return server;
}

constexpr TimePoint kAt{std::chrono::milliseconds(1'700'000'000'123)};

}  // namespace

TEST_CASE("a query is posted as a form with the evaluation time to the millisecond") {
  const HttpRequest request = instant_query_request(server_at("http://localhost:9090"),
                                                    "up{job=\"a b\"} == 0", kAt, std::chrono::seconds(30));
  CHECK(request.method == "POST");
  CHECK(request.url == "http://localhost:9090/api/v1/query");
  CHECK(request.body == "query=up%7Bjob%3D%22a+b%22%7D+%3D%3D+0&time=1700000000.123&timeout=30s");
  CHECK(request.timeout > std::chrono::seconds(30));
  bool form = false;
  for (const auto& [name, value] : request.headers)
    form |= name == "Content-Type" && value == "application/x-www-form-urlencoded";
  CHECK(form);
}

TEST_CASE("parameters of the server go into the URL, under its path") {
  PrometheusServer server = server_at("http://thanos/prometheus/");
  server.query_params = {{"dedup", "true"}, {"partial_response", "false"}};
  const HttpRequest post = instant_query_request(server, "up", kAt, std::chrono::seconds(5));
  CHECK(post.url == "http://thanos/prometheus/api/v1/query?dedup=true&partial_response=false");
  const HttpRequest get = instant_query_get_request(server, "up", kAt, std::chrono::seconds(5));
  CHECK(get.method == "GET");
  CHECK(get.body.empty());
  CHECK(get.url ==
        "http://thanos/prometheus/api/v1/"
        "query?dedup=true&partial_response=false&query=up&time=1700000000.123&timeout=5s");
}

TEST_CASE("only 405 and 501 say that a server takes no POST") {
  CHECK(refuses_post(answered(405, "")));
  CHECK(refuses_post(answered(501, "")));
  CHECK(!refuses_post(answered(400, "")));
  CHECK(!refuses_post(answered(200, "{}")));
}

TEST_CASE("a vector becomes samples with their labels and values") {
  const QueryResult result = read(vector_of(
      R"({"metric":{"__name__":"up","job":"a\"b"},"value":[1700000000.123,"1.5"]},{"metric":{},"value":[1700000000,"+Inf"]},)"
      R"({"value":[1700000000,"NaN"],"metric":{"z":"1","a":"2"}},{"metric":{"j":"x"},"value":[0,"-1e-07"]},{"metric":{"k":""},"value":[0,"-Inf"]})"));
  REQUIRE(result.ok());
  REQUIRE(result.samples.size() == 5);
  CHECK(result.samples[0].labels == Labels{{"__name__", "up"}, {"job", "a\"b"}});
  CHECK(result.samples[0].value == 1.5);
  CHECK(result.samples[1].labels.empty());
  CHECK(std::isinf(result.samples[1].value));
  CHECK(std::isnan(result.samples[2].value));
  CHECK(result.samples[2].labels == Labels{{"a", "2"}, {"z", "1"}});
  CHECK(result.samples[3].value == -1e-07);
  CHECK(result.samples[4].labels.empty());
  CHECK(result.samples[4].value < 0);
}

TEST_CASE("an empty vector is an answer") {
  CHECK(read(vector_of("")).ok());
  CHECK(read(vector_of("")).samples.empty());
  CHECK(read(R"({"status":"success","data":{"resultType":"vector","result":null}})").ok());
}

TEST_CASE("a scalar becomes one sample without labels") {
  const QueryResult result =
      read(R"({"status":"success","data":{"resultType":"scalar","result":[1700000000,"42"]}})");
  REQUIRE(result.ok());
  REQUIRE(result.samples.size() == 1);
  CHECK(result.samples[0].labels.empty());
  CHECK(result.samples[0].value == 42);
}

TEST_CASE("keys of an answer may come in any order and unknown ones are ignored") {
  const QueryResult result = read(
      R"({"isPartial":false,"data":{"result":[{"metric":{"a":"b"},"value":[1,"2"],"extra":[1,{"x":null}]}],"analysis":{},"resultType":"vector"},)"
      R"("infos":["i"],"warnings":["store 1 did not answer"],"status":"success"} )");
  REQUIRE(result.ok());
  REQUIRE(result.samples.size() == 1);
  CHECK(result.samples[0].value == 2);
  CHECK(result.warnings == std::vector<std::string>{"store 1 did not answer"});
}

TEST_CASE("of equal keys the last wins, as in Go") {
  const QueryResult result = read(
      R"({"status":"error","status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"1","a":"2"},"value":[1,"1"]}],"result":[{"metric":{"a":"3","a":"4"},"value":[1,"2"]}]}})");
  REQUIRE(result.ok());
  REQUIRE(result.samples.size() == 1);
  CHECK(result.samples[0].labels == Labels{{"a", "4"}});
}

TEST_CASE("a native histogram keeps its text and counts as 0") {
  const QueryResult result = read(vector_of(
      R"({"metric":{"a":"b"},"histogram":[1700000000,{"count":"11","sum":"1000000","buckets":[[1,"-2","-1","1"],[3,"-0.001","0.001","4"],[0,"0.5","1","6"]]}]})"));
  REQUIRE(result.ok());
  REQUIRE(result.samples.size() == 1);
  CHECK(result.samples[0].is_histogram);
  CHECK(result.samples[0].value == 0);
  CHECK(result.samples[0].histogram_text == "{count:11, sum:1e+06, [-2,-1):1, [-0.001,0.001]:4, (0.5,1]:6}");
}

TEST_CASE("a matrix and a string cannot be a rule's result") {
  for (
      const char* body :
      {R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1,"2"],[2,"3"]]}]}})",
       R"({"status":"success","data":{"resultType":"matrix","result":[]}})",
       R"({"status":"success","data":{"resultType":"string","result":[1700000000,"abc"]}})"}) {
    CAPTURE(body);
    const QueryResult result = read(body);
    CHECK(result.failure == Failure::kWrongType);
    CHECK(result.error == "rule result is not a vector or scalar");
    CHECK(result.samples.empty());
  }
}

TEST_CASE("the errorType decides whether the query or the server is to blame") {
  const struct {
    int status;
    const char* type;
    Failure failure;
  } cases[] = {
      {400, "bad_data", Failure::kQuery},   {422, "execution", Failure::kQuery},
      {499, "canceled", Failure::kServer},  {503, "timeout", Failure::kServer},
      {500, "internal", Failure::kServer},  {500, "unavailable", Failure::kServer},
      {404, "not_found", Failure::kServer}, {406, "not_acceptable", Failure::kServer},
  };
  for (const auto& c : cases) {
    CAPTURE(c.type);
    const QueryResult result =
        read_query_answer(answered(c.status, std::string(R"({"status":"error","errorType":")") + c.type +
                                                 R"(","error":"parse error at char 3"})"));
    CHECK(result.failure == c.failure);
    CHECK(result.error == std::string(c.type) + ": parse error at char 3");
  }
}

TEST_CASE("an answer that is not JSON names its first words") {
  const QueryResult proxy = read("<html>\n  <body>Please log in</body></html>");
  CHECK(proxy.failure == Failure::kBadAnswer);
  CHECK(proxy.error.find("<html> <body>Please log in") != std::string::npos);
  CHECK(proxy.error.find("proxy") != std::string::npos);

  const QueryResult gateway = read_query_answer(answered(502, "Bad Gateway"));
  CHECK(gateway.failure == Failure::kServer);
  CHECK(gateway.error == "the server answered HTTP status 502: \"Bad Gateway\"");

  CHECK(read("").failure == Failure::kBadAnswer);
  CHECK(read_query_answer(answered(401, "")).failure == Failure::kServer);
  CHECK(read(std::string(5000, 'x')).error.size() < 400);
}

TEST_CASE("malformed answers are refused, also where nobody reads the value") {
  const std::string head = R"({"status":"success","data":{"resultType":"vector","result":[]},"extra":)";
  for (const std::string& body :
       {head + "NaN}", head + "01}", head + "[1,2,}}", head + "[1,]}", head + "tru}", head + "\"\\ud800\"}",
        head + "\"a}", head + "1}x", head + "1}{}", head + "1", head + R"({"a":1,})", head + "\"\xff\"}",
        std::string("[]"), std::string("null"), std::string("3"), std::string("\xEF\xBB\xBF{}"),
        vector_of(R"({"metric":{"a":1},"value":[1,"2"]})"), vector_of(R"({"metric":{},"value":[1,2]})"),
        std::string(R"({"status":5})")}) {
    CAPTURE(body);
    CHECK(read(body).failure == Failure::kBadAnswer);
  }
  CHECK(read(head + "1}").ok());
  std::string deep = head;
  for (int i = 0; i < 500; ++i) deep += "[";
  for (int i = 0; i < 500; ++i) deep += "]";
  CHECK(read(deep + "}").failure == Failure::kBadAnswer);
}

TEST_CASE("half an answer is never taken for a whole one") {
  const std::string body =
      R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"b\u00e9"},"value":[1.5,"2"]},)"
      R"({"metric":{},"histogram":[1,{"count":"1","sum":"2","buckets":[[0,"1","2","1"]]}]}]},"warnings":["w"],"x":[{"y":1}]})";
  REQUIRE(read(body).samples.size() == 2);
  for (std::size_t length = 0; length < body.size(); ++length) {
    CAPTURE(length);
    CHECK(read(body.substr(0, length)).failure == Failure::kBadAnswer);
  }
}

TEST_CASE("a result that does not fit its type is refused") {
  for (const std::string& body :
       {std::string(R"({"status":"success","data":{"resultType":"vector","result":[1,"2"]}})"),
        std::string(R"({"status":"success","data":{"resultType":"scalar","result":[]}})"),
        std::string(R"({"status":"success","data":{"resultType":"scalar","result":[1,"abc"]}})"),
        std::string(R"({"status":"success","data":{"resultType":"scalar","result":[1,"2",3]}})"),
        std::string(R"({"status":"success","data":{"resultType":"tensor","result":[]}})"),
        std::string(R"({"status":"success","data":{}})"), std::string(R"({"status":"success"})"),
        vector_of(R"({"metric":{"a":"b"}})"), vector_of(R"({"metric":{},"value":[1,"abc"]})"),
        vector_of(R"({"metric":{},"value":["2"]})"),
        vector_of(R"({"metric":{},"value":[1,"1"]},{"metric":{},"values":[]})"),
        vector_of(R"({"metric":{},"value":[1,"1"]},3)")}) {
    CAPTURE(body);
    const QueryResult result = read(body);
    CHECK(result.failure == Failure::kBadAnswer);
    CHECK(!result.error.empty());
    CHECK(result.samples.empty());
  }
}

TEST_CASE("a body with room behind it is read in place, one without is copied") {
  std::string body = vector_of(R"({"metric":{"a":"b"},"value":[1,"2"]})");
  std::string roomy = body;
  roomy.reserve(body.size() + 1000);
  body.shrink_to_fit();
  CHECK(read_query_answer(answered(200, roomy)).samples.size() == 1);
  CHECK(read_query_answer(answered(200, body)).samples.size() == 1);
}

TEST_CASE("a transport that brought no answer says what happened") {
  const struct {
    TransportResult transport;
    Failure failure;
    const char* words;
  } cases[] = {
      {TransportResult::kUnreachable, Failure::kUnreachable, "cannot be reached"},
      {TransportResult::kTimedOut, Failure::kUnreachable, "in time"},
      {TransportResult::kTlsFailed, Failure::kUnreachable, "secure"},
      {TransportResult::kClosedEarly, Failure::kUnreachable, "cannot be reached"},
      {TransportResult::kTooLarge, Failure::kBadAnswer, "too large"},
      {TransportResult::kMisconfigured, Failure::kUnreachable, "configured"},
  };
  for (const auto& c : cases) {
    OutboundAnswer answer;
    answer.result = c.transport;
    answer.error = "connection refused";
    const QueryResult result = read_query_answer(answer);
    CHECK(result.failure == c.failure);
    CHECK(result.error.find(c.words) != std::string::npos);
    CHECK(result.error.find("connection refused") != std::string::npos);
  }
}

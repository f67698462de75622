// What evaluations and trends have in common when they ask a Prometheus.
#include "app/query_workers.h"

#include <doctest/doctest.h>

#include <future>
#include <vector>

using namespace tocsin;
using Taken = QueryWorkers::Taken;

namespace {

// Takes no POST at the one URL.
struct Servers final : Transport {
  void send(OutboundRequest request, Done done) override {
    const auto& http = std::get<HttpRequest>(request);
    asked.push_back(http.method + " " + http.url);
    OutboundAnswer answer;
    answer.status = http.method == "POST" && http.url == "http://old/" ? 405 : 200;
    done(std::move(answer));
  }
  void stop() override {}
  std::vector<std::string> asked;
};

int ask(QueryWorkers& workers, const std::string& url) {
  const auto by = [&](const char* method) {
    return [method, url] {
      HttpRequest request;
      request.method = method;
      request.url = url;
      return request;
    };
  };
  return workers.ask(url, by("POST"), by("GET")).status;
}

}  // namespace

TEST_CASE("a server that takes no POST is asked by GET, and not by POST again") {
  Servers servers;
  QueryWorkers workers(servers, 1);
  CHECK(ask(workers, "http://old/") == 200);
  CHECK(ask(workers, "http://old/") == 200);
  CHECK(ask(workers, "http://new/") == 200);
  CHECK(servers.asked == std::vector<std::string>{"POST http://old/", "GET http://old/", "GET http://old/",
                                                  "POST http://new/"});
}

TEST_CASE("a server that hangs has a line of its own, and the line has an end") {
  Servers servers;
  std::promise<void> begun, answers, other_answered;
  QueryWorkers workers(servers, 1);  // last: its threads use the others
  REQUIRE(workers.submit("slow", [&, answer = answers.get_future().share()] {
    begun.set_value();
    answer.wait();
  }) == Taken::kYes);
  begun.get_future().wait();
  CHECK(workers.submit(
            "slow", [] {}, 1) == Taken::kYes);
  CHECK(workers.submit(
            "slow", [] {}, 1) == Taken::kLineTooLong);
  CHECK(workers.submit(
            "other", [&] { other_answered.set_value(); }, 1) == Taken::kYes);
  other_answered.get_future().wait();
  answers.set_value();
}

TEST_CASE("who has closed takes nothing, and what is under way can tell") {
  Servers servers;
  std::promise<void> begun, closing;
  std::promise<bool> saw_it;
  QueryWorkers workers(servers, 1);  // last: its threads use the others
  REQUIRE(workers.submit("main", [&, closed = closing.get_future().share()] {
    begun.set_value();
    closed.wait();
    saw_it.set_value(workers.closed());
  }) == Taken::kYes);
  begun.get_future().wait();
  CHECK_FALSE(workers.closed());
  workers.close();
  closing.set_value();
  CHECK(saw_it.get_future().get());
  CHECK(workers.submit("main", [] {}) == Taken::kClosed);
}

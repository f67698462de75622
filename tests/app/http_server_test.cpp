#include "app/http_server.h"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/raw_http_client.h"

using namespace tocsin;
using namespace std::chrono_literals;
using tocsin::test::RawHttpAnswer;
using tocsin::test::RawHttpClient;

namespace {

const std::string kHello = "GET /hello HTTP/1.1\r\nHost: t\r\n\r\n";

HttpServerOptions options() {
  HttpServerOptions options;
  options.address = "127.0.0.1:0";
  options.threads = 2;
  return options;
}

HttpAnswer text(std::string body, int status = 200) {
  return {status, "text/plain", std::move(body), {}};
}

std::unique_ptr<HttpServer> serve(HttpServerOptions with, HttpHandler handler) {
  auto server = HttpServer::listen(std::move(with), std::move(handler));
  if (!server) throw std::runtime_error(server.error().message);
  return std::move(*server);
}

// Answers with what it was asked: "GET /path".
std::unique_ptr<HttpServer> serve(HttpServerOptions with = options()) {
  return serve(std::move(with), [](const HttpQuery& query) { return text(query.method + " " + query.path); });
}

// Handlers wait in it until the test opens it, and the test waits until a handler has arrived.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void wait_for_arrivals(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrived_ >= count; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;
  bool open_ = false;
};

// Declared after the server, so that a failing test does not leave it waiting for its handlers.
struct OpenAtEnd {
  Gate& gate;
  ~OpenAtEnd() { gate.open(); }
};

bool readable_within(const RawHttpClient& client, std::chrono::milliseconds time) {
  pollfd wanted{client.socket(), POLLIN, 0};
  return poll(&wanted, 1, static_cast<int>(time.count())) > 0;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string gunzip(const std::string& packed) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  std::string unpacked(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(unpacked.data());
  stream.avail_out = static_cast<uInt>(unpacked.size());
  const int ended = inflate(&stream, Z_FINISH);
  unpacked.resize(stream.total_out);
  inflateEnd(&stream);
  REQUIRE(ended == Z_STREAM_END);
  return unpacked;
}

class TemporaryFolder {
 public:
  TemporaryFolder() { REQUIRE(mkdtemp(path_.data()) != nullptr); }
  ~TemporaryFolder() { rmdir(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/tocsin-http-XXXXXX";
};

}  // namespace

TEST_CASE("a handler sees the request decoded, and its answer arrives whole") {
  HttpQuery seen;
  auto server = serve(options(), [&](const HttpQuery& query) {
    seen = query;
    return HttpAnswer{409, "application/json", "{}", {{"X-Reason", "conflict"}}};
  });
  RawHttpClient client(server->address());
  const RawHttpAnswer answer = client.ask(
      "POST /api/v2/a%20lert?filter=a%3D1&filter=b=2&q=x?y HTTP/1.1\r\nHost: t\r\nX-Thing: "
      "One\r\nContent-Length: 4\r\n\r\nbody");
  CHECK(answer.status == 409);
  CHECK(answer.head.starts_with("HTTP/1.1 409 Conflict\r\n"));
  CHECK(answer.header("Content-Type") == "application/json");
  CHECK(answer.header("X-Reason") == "conflict");
  CHECK(answer.header("Content-Length") == "2");
  CHECK(answer.header("Keep-Alive") == "");
  CHECK(answer.body == "{}");
  CHECK(seen.method == "POST");
  CHECK(seen.path == "/api/v2/a lert");
  CHECK(seen.raw_target == "/api/v2/a%20lert?filter=a%3D1&filter=b=2&q=x?y");
  CHECK(seen.all_params("filter") == std::vector<std::string_view>{"a=1", "b=2"});
  CHECK(seen.param("q") == "x?y");
  CHECK(seen.header("x-thing") == "One");
  CHECK(seen.body == "body");
  CHECK(seen.remote_address == "127.0.0.1");
}

TEST_CASE("every method reaches the handler, and an answer to HEAD has its length but no body") {
  auto server = serve();
  RawHttpClient client(server->address());
  for (const std::string method : {"PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "get"}) {
    CHECK(client.ask(method + " /x HTTP/1.1\r\nHost: t\r\n\r\n").body == method + " /x");
  }
  const RawHttpAnswer head = client.ask("HEAD /x HTTP/1.1\r\nHost: t\r\n\r\n");
  CHECK(head.header("Content-Length") == "7");
  CHECK(head.header("Accept-Ranges") == "");
  CHECK(client.ask(kHello).body == "GET /hello");
}

TEST_CASE("a body may be chunked, of any method, and large") {
  auto server =
      serve(options(), [](const HttpQuery& query) { return text(std::to_string(query.body.size())); });
  RawHttpClient client(server->address());
  CHECK(client
            .ask("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: "
                 "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
            .body == "5");
  CHECK(client.ask("GET / HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nhi").body == "2");
  const std::string large(5 << 20, 'x');
  CHECK(client
            .ask("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(large.size()) + "\r\n\r\n" +
                 large)
            .body == std::to_string(large.size()));
}

TEST_CASE("a keep-alive connection serves any number of requests, none delayed by Nagle's algorithm") {
  auto server = serve();
  RawHttpClient client(server->address());
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 300; ++i) REQUIRE(client.ask(kHello).body == "GET /hello");
  // With Nagle's algorithm and two sends, each answer takes 40 ms: 12 s.
  CHECK(std::chrono::steady_clock::now() - start < 8s);
}

TEST_CASE("pipelined requests are all answered, in their order") {
  auto server = serve();
  RawHttpClient client(server->address());
  std::string requests;
  for (int i = 0; i < 200; ++i) {
    requests += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc";
  }
  client.send(requests);
  for (int i = 0; i < 200; ++i) REQUIRE(client.read_answer().body == "POST /" + std::to_string(i));
}

TEST_CASE("a thousand idle connections hold no thread and burn no CPU") {
  auto server = serve();
  std::vector<RawHttpClient> idle;
  for (int i = 0; i < 1000; ++i) {
    idle.emplace_back(server->address());
    REQUIRE(idle.back().ask(kHello).status == 200);
  }
  RawHttpClient another(server->address());
  CHECK(another.ask(kHello).body == "GET /hello");
  const double before = cpu_seconds();
  CHECK_FALSE(readable_within(another, 300ms));
  CHECK(cpu_seconds() - before < 0.05);
  CHECK(server->counters().connections_open == 1001);
  CHECK(server->counters().connections_parked == 1001);
  CHECK(idle.front().ask(kHello).status == 200);
}

TEST_CASE("more slow clients than threads stop nobody, and trickling does not move their deadline") {
  HttpServerOptions with = options();
  with.header_deadline = 800ms;
  auto server = serve(with);
  std::vector<RawHttpClient> slow;
  for (int i = 0; i < 10; ++i) {
    slow.emplace_back(server->address());
    slow.back().send("GET /slow HTTP/1.1\r\nHost: t\r\nX-Slow: ");
  }
  RawHttpClient quick(server->address());
  CHECK(quick.ask(kHello).status == 200);
  for (int i = 0; i < 1000 && !readable_within(slow[0], 10ms); ++i) slow[0].try_send("x");
  for (RawHttpClient& client : slow) {
    CHECK(client.read_answer().status == 408);
    client.finish_sending();
    CHECK(client.read_to_end() == "");
  }
  CHECK(server->counters().refused["too_slow"] == 10);
}

TEST_CASE("a body that is not there by its deadline gets 408") {
  HttpServerOptions with = options();
  with.body_deadline = 100ms;
  auto server = serve(with);
  for (const std::string framing :
       {"Content-Length: 100\r\n\r\nonly this", "Transfer-Encoding: chunked\r\n\r\n64\r\nonly"}) {
    RawHttpClient client(server->address());
    CHECK(client.ask("POST / HTTP/1.1\r\nHost: t\r\n" + framing).status == 408);
  }
}

TEST_CASE(
    "a connection that says nothing is closed, at first after the header deadline and later after the idle "
    "timeout") {
  HttpServerOptions hurried = options();
  hurried.header_deadline = 100ms;
  auto hurried_server = serve(hurried);
  RawHttpClient silent(hurried_server->address());
  CHECK(silent.read_to_end() == "");

  HttpServerOptions with = options();
  with.idle_timeout = 100ms;
  auto server = serve(with);
  RawHttpClient idle(server->address());
  CHECK(idle.ask(kHello).status == 200);
  CHECK(idle.read_to_end() == "");
}

TEST_CASE("a client that does not take its answer loses the connection, and nobody waits for it") {
  HttpServerOptions with = options();
  with.threads = 1;
  with.write_deadline = 200ms;
  const std::string large(16 << 20, 'x');
  auto server =
      serve(with, [&](const HttpQuery& query) { return text(query.path == "/large" ? large : "small"); });
  RawHttpClient stuck(server->address());
  stuck.send("GET /large HTTP/1.1\r\nHost: t\r\n\r\n");
  RawHttpClient quick(server->address());
  CHECK(quick.ask(kHello).body == "small");
  // Once the deadline has passed, the connection is gone without anybody having read from it.
  pollfd gone{stuck.socket(), 0, 0};
  while (server->counters().refused["too_slow"] == 0) poll(&gone, 1, 10);
  CHECK(stuck.read_to_end().size() < large.size());
}

TEST_CASE("an answer larger than the socket's buffers arrives whole, and the connection serves on") {
  const std::string large(16 << 20, 'x');
  auto server = serve(options(),
                      [&](const HttpQuery& query) { return text(query.path == "/large" ? large : "small"); });
  RawHttpClient client(server->address());
  client.send("GET /large HTTP/1.1\r\nHost: t\r\n\r\n" + kHello);
  CHECK(client.read_answer().body == large);
  CHECK(client.read_answer().body == "small");
}

TEST_CASE("a head over its budget gets 431, as one line or as many, before it is all there") {
  HttpServerOptions with = options();
  with.max_header_bytes = 8192;
  auto server = serve(with);
  const std::string start = "GET / HTTP/1.1\r\nHost: t\r\n";
  {
    RawHttpClient client(server->address());
    CHECK(client.ask(start + "X: " + std::string(9000, 'x')).status == 431);
  }
  {
    RawHttpClient client(server->address());
    std::string many;
    for (int i = 0; i < 2000; ++i) many += "a: b\r\n";
    CHECK(client.ask(start + many).status == 431);
  }
  {
    RawHttpClient client(server->address());  // far more than the socket buffers hold
    client.try_send(start + "X: " + std::string(8 << 20, 'x'));
    CHECK(server->counters().refused["header_too_large"] == 3);
  }
}

TEST_CASE("a body over its budget gets 413 at once, promised or chunked, and the client can read why") {
  HttpServerOptions with = options();
  with.max_body_bytes = 1 << 20;
  auto server = serve(with);
  {
    RawHttpClient promises(server->address());
    const RawHttpAnswer answer =
        promises.ask("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 52000000\r\n\r\n");
    CHECK(answer.status == 413);
    CHECK(answer.header("Connection") == "close");
    CHECK(answer.body == "the body is larger than 1048576 bytes\n");
  }
  {
    RawHttpClient sends_on(server->address());
    sends_on.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 4000000\r\n\r\n" +
                  std::string(4000000, 'x'));
    CHECK(sends_on.read_answer().status == 413);
  }
  {
    RawHttpClient chunked(server->address());
    CHECK(chunked.ask("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n").status ==
          413);
  }
  CHECK(server->counters().refused["body_too_large"] == 3);
}

TEST_CASE("smuggled, malformed and compressed requests are refused, and what follows them is not read") {
  std::atomic<int> asked{0};
  auto server = serve(options(), [&](const HttpQuery&) {
    ++asked;
    return text("");
  });
  struct Row {
    int status;
    std::string rest;
  };
  const std::vector<Row> rows = {
      {400, "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG"},
      {400, "Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello"},
      {400, "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello"},
      {400, "Transfer-Encoding: chunked\r\n\r\nnonsense\r\n"},
      {400, "X: a\x01z\r\n\r\n"},
      {415, "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rest);
    RawHttpClient client(server->address());
    CHECK(client.ask("POST / HTTP/1.1\r\nHost: t\r\n" + row.rest).status == row.status);
    client.try_send(kHello);
    client.finish_sending();
    CHECK(client.read_to_end() == "");
  }
  CHECK(asked == 0);
}

TEST_CASE("percent signs in header values stay text, so they cannot become a line break") {
  auto server = serve(options(), [](const HttpQuery& query) {
    return HttpAnswer{
        200, "text/plain", std::string(*query.header("X")), {{"Echo", std::string(*query.header("X"))}}};
  });
  RawHttpClient client(server->address());
  const RawHttpAnswer answer = client.ask("GET / HTTP/1.1\r\nHost: t\r\nX: a%0d%0aEvil: 1\r\n\r\n");
  CHECK(answer.body == "a%0d%0aEvil: 1");
  CHECK(answer.header("Echo") == "a%0d%0aEvil: 1");
  CHECK(answer.header("Evil") == "");
}

TEST_CASE("a header of an answer that holds a line break is left out") {
  auto server = serve(options(), [](const HttpQuery& query) {
    return HttpAnswer{302, "", "", {{"Location", query.path}, {"X-Fine", "yes"}}};
  });
  RawHttpClient client(server->address());
  const RawHttpAnswer answer = client.ask("GET /a%0d%0aEvil:%201 HTTP/1.1\r\nHost: t\r\n\r\n");
  CHECK(answer.header("X-Fine") == "yes");
  CHECK(answer.header("Evil") == "");
  CHECK(answer.header("Location") == "");
}

TEST_CASE("the peer's address comes from the socket, whatever a header claims") {
  auto server = serve(options(), [](const HttpQuery& query) { return text(query.remote_address); });
  RawHttpClient client(server->address());
  CHECK(client.ask("GET / HTTP/1.1\r\nHost: t\r\nREMOTE_ADDR: 6.6.6.6\r\nREMOTE_PORT: 1\r\n\r\n").body ==
        "127.0.0.1");
}

TEST_CASE("ranges are ignored, one or forty") {
  auto server = serve();
  RawHttpClient client(server->address());
  std::string many = "0-";
  for (int i = 0; i < 40; ++i) many += ",0-";
  for (const std::string& range : {std::string("0-1"), many, std::string("nonsense")}) {
    const RawHttpAnswer answer =
        client.ask("GET /x HTTP/1.1\r\nHost: t\r\nRange: bytes=" + range + "\r\n\r\n");
    CHECK(answer.status == 200);
    CHECK(answer.body == "GET /x");
    CHECK(answer.header("Content-Range") == "");
  }
}

// Three pieces; with /cut the third fails.
HttpAnswer in_pieces(const HttpQuery& query) {
  HttpAnswer answer = text("one ");
  answer.next_piece = [cut = query.path == "/cut", number = 1]() mutable -> std::string {
    if (++number == 3 && cut) throw std::runtime_error("no third piece");
    return number == 2 ? "two " : number == 3 ? "three" : "";
  };
  return answer;
}

TEST_CASE("a body that is made while it is sent arrives in chunks, and the connection goes on behind it") {
  const auto server = serve(options(), in_pieces);
  RawHttpClient client(server->address());
  const std::string ask = "GET / HTTP/1.1\r\nHost: t\r\n";
  client.send(ask + "\r\n" + ask + "Connection: close\r\n\r\n");
  const std::string all = client.read_to_end();
  const std::string body = "\r\n\r\n4\r\none \r\n4\r\ntwo \r\n5\r\nthree\r\n0\r\n\r\n";
  CHECK(all.find("Content-Length") == std::string::npos);
  CHECK(all.find("Transfer-Encoding: chunked\r\n") < all.find(body));
  const std::string second = all.substr(all.find(body) + body.size());
  CHECK(second.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(second.ends_with(body));
}

TEST_CASE("who knows no chunks, asks for the head only or wants it compressed gets the body in one piece") {
  const auto server = serve(options(), in_pieces);
  RawHttpClient old(server->address());
  const RawHttpAnswer plain = old.ask("GET / HTTP/1.0\r\n\r\n");
  CHECK(plain.header("Content-Length") == "13");
  CHECK(plain.header("Transfer-Encoding") == "");
  CHECK(plain.body == "one two three");
  RawHttpClient client(server->address());
  client.send("HEAD / HTTP/1.1\r\nHost: t\r\n\r\n");
  CHECK(client.read_answer("HEAD").header("Content-Length") == "13");
  const RawHttpAnswer packed = client.ask("GET / HTTP/1.1\r\nHost: t\r\nAccept-Encoding: gzip\r\n\r\n");
  CHECK(packed.header("Content-Encoding") == "gzip");
  CHECK(packed.header("Content-Length") == std::to_string(packed.body.size()));
  CHECK(gunzip(packed.body) == "one two three");
}

TEST_CASE("a body that fails while it is made is cut off, so that nobody takes it for the whole") {
  std::promise<std::string> reported;
  HttpServerOptions with = options();
  with.report_failure = [&](const HttpQuery& query, std::string_view what) {
    reported.set_value(query.path + ": " + std::string(what));
  };
  const auto server = serve(with, in_pieces);
  RawHttpClient client(server->address());
  client.send("GET /cut HTTP/1.1\r\nHost: t\r\n\r\n");
  const std::string all = client.read_to_end();
  CHECK(all.ends_with("4\r\ntwo "));
  CHECK(reported.get_future().get() == "/cut: no third piece");
}

TEST_CASE("large text is compressed with gzip for who accepts it, and never with Brotli") {
  const std::string large(100'000, 'x');
  auto server = serve(options(), [&](const HttpQuery& query) {
    if (query.path == "/packed") return HttpAnswer{200, "text/plain", large, {{"Content-Encoding", "br"}}};
    return HttpAnswer{200,
                      query.path == "/image" ? "image/png" : "application/json",
                      query.path == "/small" ? "{}" : large,
                      {}};
  });
  struct Row {
    std::string path, accepts, encoding;
  };
  const std::vector<Row> rows = {
      {"/", "gzip", "gzip"},
      {"/", "br, gzip, deflate", "gzip"},
      {"/", "br;q=1.0, GZIP;q=0.3", "gzip"},
      {"/", "br", ""},
      {"/", "gzip;q=0", ""},
      {"/", "gzip; q=0.000", ""},
      {"/", "identity", ""},
      {"/small", "gzip", ""},
      {"/image", "gzip", ""},
      {"/packed", "gzip", "br"},
  };
  RawHttpClient client(server->address());
  for (const Row& row : rows) {
    CAPTURE(row.path + " " + row.accepts);
    const RawHttpAnswer answer = client.ask(
        "GET " + row.path + " HTTP/1.1\r\nHost: t\r\nAccept-Encoding: " + row.accepts + "\r\n\r\n");
    CHECK(answer.header("Content-Encoding") == row.encoding);
    CHECK(answer.header("Content-Length") == std::to_string(answer.body.size()));
    if (row.encoding == "gzip") {
      CHECK(answer.body.size() < 1000);
      CHECK(gunzip(answer.body) == large);
    }
    CHECK(answer.header("Vary") == (row.path == "/" ? "Accept-Encoding" : ""));
  }
}

TEST_CASE("what a handler throws goes to the report, the client only learns that it failed") {
  std::vector<std::string> reports;
  HttpServerOptions with = options();
  with.report_failure = [&](const HttpQuery& query, std::string_view what) {
    reports.push_back(query.path + ": " + std::string(what));
  };
  auto server = serve(with, [](const HttpQuery& query) -> HttpAnswer {
    if (query.path == "/odd") throw 42;
    throw std::runtime_error("secret password");
  });
  RawHttpClient client(server->address());
  for (const std::string path : {"/even", "/odd"}) {
    const RawHttpAnswer answer = client.ask("GET " + path + " HTTP/1.1\r\nHost: t\r\n\r\n");
    CHECK(answer.status == 500);
    CHECK(answer.body == "internal error\n");
    CHECK(answer.head.find("secret") == std::string::npos);
    CHECK(answer.head.find("EXCEPTION") == std::string::npos);
  }
  server->stop();
  CHECK(reports == std::vector<std::string>{"/even: secret password", "/odd: an exception without a text"});
}

TEST_CASE("connections that arrive while every thread is busy wait in the backlog") {
  Gate gate;
  HttpServerOptions with = options();
  with.threads = 1;
  auto server = serve(with, [&](const HttpQuery&) {
    gate.pass();
    return text("done");
  });
  const OpenAtEnd open_at_end{gate};
  RawHttpClient first(server->address());
  first.send(kHello);
  gate.wait_for_arrivals(1);
  std::vector<RawHttpClient> waiting;  // with the library's backlog of 5, connecting would stall here
  for (int i = 0; i < 300; ++i) {
    waiting.emplace_back(server->address());
    waiting.back().send(kHello);
  }
  gate.open();
  CHECK(first.read_answer().body == "done");
  for (RawHttpClient& client : waiting) REQUIRE(client.read_answer().body == "done");
}

TEST_CASE("over max_connections a client gets 503, and a place that becomes free is given again") {
  HttpServerOptions with = options();
  with.max_connections = 3;
  auto server = serve(with);
  std::vector<RawHttpClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(server->address());
    CHECK(clients.back().ask(kHello).status == 200);
  }
  RawHttpClient refused(server->address());
  CHECK(refused.read_answer().status == 503);
  refused.finish_sending();
  CHECK(refused.read_to_end() == "");
  CHECK(server->counters().refused["too_many_connections"] == 1);
  clients.front().finish_sending();
  CHECK(clients.front().read_to_end() == "");
  RawHttpClient next(server->address());
  CHECK(next.ask(kHello).status == 200);
}

TEST_CASE(
    "requests that together hold too much memory are refused with 503, small ones before and after are "
    "served") {
  HttpServerOptions with = options();
  with.max_buffered_bytes = 1 << 20;
  auto server = serve(with);
  std::vector<RawHttpClient> hoarders;
  for (int i = 0; i < 4; ++i) {
    hoarders.emplace_back(server->address());
    hoarders.back().send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 900000\r\n\r\n" +
                         std::string(600'000, 'x'));
  }
  // Together 2.4 MB: at least one has to go.
  pollfd nothing{-1, 0, 0};
  while (server->counters().refused["too_much_buffered"] == 0) poll(&nothing, 1, 5);
  hoarders.clear();
  while (server->counters().connections_open > 0) poll(&nothing, 1, 5);
  RawHttpClient small(server->address());
  CHECK(small.ask("POST /s HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nhi").status == 200);
}

TEST_CASE("a second server on the same port fails to start and says what to do") {
  auto server = serve();
  HttpServerOptions with = options();
  with.address = server->address();
  const auto second = HttpServer::listen(with, [](const HttpQuery&) { return text(""); });
  REQUIRE_FALSE(second);
  CHECK(second.error().message ==
        "cannot listen on " + server->address() +
            ": Address already in use; another process serves there: stop it or choose "
            "another --web.listen-address");
}

TEST_CASE("a restart takes the port of a stopped server at once, connections or not") {
  auto server = serve();
  HttpServerOptions with = options();
  with.address = server->address();
  RawHttpClient client(server->address());
  CHECK(client.ask(kHello).status == 200);
  server.reset();
  auto again = serve(with);
  CHECK(again->address() == with.address);
  CHECK(RawHttpClient(again->address()).ask(kHello).status == 200);
}

TEST_CASE("addresses that cannot be listened on are explained") {
  struct Row {
    std::string address, complaint;
  };
  const std::vector<Row> rows = {
      {"", "the port is missing"},
      {"localhost", "the port is missing"},
      {"127.0.0.1:", "the port is not a number from 0 to 65535"},
      {"127.0.0.1:http", "the port is not a number from 0 to 65535"},
      {"127.0.0.1:65536", "the port is not a number from 0 to 65535"},
      {"::1:9093", "an IPv6 address must stand in brackets"},
      {"unix:", "the path must have 1 to 107 bytes"},
      {"203.0.113.7:0", "this machine has no such address"},
  };
  for (const Row& row : rows) {
    HttpServerOptions with = options();
    with.address = row.address;
    const auto server = HttpServer::listen(with, [](const HttpQuery&) { return text(""); });
    REQUIRE_FALSE(server);
    CHECK_MESSAGE(server.error().message.find(row.complaint) != std::string::npos, server.error().message);
  }
}

TEST_CASE("an address without a host serves IPv4 clients by their own address") {
  HttpServerOptions with = options();
  with.address = ":0";
  auto server = serve(with, [](const HttpQuery& query) { return text(query.remote_address); });
  const std::string port = server->address().substr(server->address().rfind(':'));
  CHECK(RawHttpClient("127.0.0.1" + port).ask(kHello).body == "127.0.0.1");
}

TEST_CASE("a Unix socket is for owner and group only, replaces one left behind and leaves none") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/http.sock";
  HttpServerOptions with = options();
  with.address = "unix:" + path;
  {
    auto server = serve(with, [](const HttpQuery& query) { return text(query.remote_address); });
    struct stat file {};
    REQUIRE(stat(path.c_str(), &file) == 0);
    CHECK((file.st_mode & 0777) == 0660);
    CHECK(RawHttpClient(server->address()).ask(kHello).body == "unix");
    CHECK_FALSE(HttpServer::listen(with, [](const HttpQuery&) { return text(""); }));
    CHECK(RawHttpClient(server->address()).ask(kHello).status == 200);
    // As after a crash: a file to which nobody listens.
    REQUIRE(link(path.c_str(), (path + ".left").c_str()) == 0);
  }
  CHECK(access(path.c_str(), F_OK) != 0);
  with.address += ".left";
  auto server = serve(with);
  CHECK(RawHttpClient(server->address()).ask(kHello).status == 200);
}

TEST_CASE("100 Continue invites the body, and a body that would be refused is not invited") {
  auto server = serve(options(), [](const HttpQuery& query) { return text(query.body); });
  RawHttpClient client(server->address());
  const std::string head = "POST / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: ";
  CHECK(client.ask(head + "2\r\n\r\n").status == 100);
  CHECK(client.ask("ok").body == "ok");
  CHECK(client.ask(head + "99999999999\r\n\r\n").status == 413);
}

TEST_CASE("a client may ask for the end of the connection, speak HTTP/1.0 or stop sending early") {
  auto server = serve();
  {
    RawHttpClient client(server->address());
    const RawHttpAnswer answer = client.ask("GET /x HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
    CHECK(answer.header("Connection") == "close");
    CHECK(client.read_to_end() == "");
  }
  {
    RawHttpClient client(server->address());
    CHECK(client.ask("GET /x HTTP/1.0\r\n\r\n").body == "GET /x");
    CHECK(client.read_to_end() == "");
  }
  {
    RawHttpClient client(server->address());
    client.send(kHello);
    client.finish_sending();
    CHECK(client.read_answer().body == "GET /hello");
    CHECK(client.read_to_end() == "");
  }
}

TEST_CASE("stop is quick with idle, silent and closing connections") {
  auto server = serve();
  std::vector<RawHttpClient> clients;
  for (int i = 0; i < 20; ++i) clients.emplace_back(server->address());
  for (int i = 0; i < 10; ++i) CHECK(clients[static_cast<size_t>(i)].ask(kHello).status == 200);
  CHECK(clients[0].ask("GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").status == 200);
  const auto start = std::chrono::steady_clock::now();
  server->stop();
  CHECK(std::chrono::steady_clock::now() - start < 1s);
  for (RawHttpClient& client : clients) CHECK(client.read_to_end() == "");
  CHECK(server->counters().connections_open == 0);
  CHECK(server->counters().connections_parked == 0);
}

TEST_CASE("stop lets a request under way finish, and its answer says that the connection ends") {
  Gate gate;
  auto server = serve(options(), [&](const HttpQuery&) {
    gate.pass();
    return text("finished");
  });
  const OpenAtEnd open_at_end{gate};
  RawHttpClient idle(server->address());
  RawHttpClient client(server->address());
  client.send(kHello);
  gate.wait_for_arrivals(1);
  auto stopped = std::async(std::launch::async, [&] { server->stop(); });
  CHECK(idle.read_to_end() == "");  // stop() has begun
  gate.open();
  const RawHttpAnswer answer = client.read_answer();
  CHECK(answer.body == "finished");
  CHECK(answer.header("Connection") == "close");
  CHECK(client.read_to_end() == "");
  stopped.get();
}

TEST_CASE("stop waits for half a request no longer than the grace") {
  HttpServerOptions with = options();
  with.stop_grace = 100ms;
  auto server = serve(with);
  RawHttpClient half(server->address());
  half.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nhalf");
  RawHttpClient witness(server->address());
  CHECK(witness.ask(kHello).status == 200);
  const auto start = std::chrono::steady_clock::now();
  server->stop();
  CHECK(std::chrono::steady_clock::now() - start < 2s);
  CHECK(half.read_to_end() == "");
}

TEST_CASE("the server stops cleanly while clients hammer it") {
  for (int round = 0; round < 5; ++round) {
    auto server = serve();
    std::atomic<int> answered{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) {
      clients.emplace_back([&answered, address = server->address()] {
        try {
          RawHttpClient client(address);
          while (client.ask(kHello).status == 200) ++answered;
        } catch (const std::runtime_error&) {
          // The server has stopped: that is what ends the loop.
        }
      });
    }
    while (answered < 200) std::this_thread::yield();
    server->stop();
    for (std::thread& client : clients) client.join();
    const HttpServerCounters counters = server->counters();
    CHECK(counters.connections_open == 0);
    CHECK(counters.requests.at(2) >= 200);
  }
}

TEST_CASE("counters tell answers by class, refusals by reason and connections by state") {
  auto server =
      serve(options(), [](const HttpQuery& query) { return text("", query.path == "/missing" ? 404 : 200); });
  RawHttpClient client(server->address());
  CHECK(client.ask(kHello).status == 200);
  CHECK(client.ask("GET /missing HTTP/1.1\r\nHost: t\r\n\r\n").status == 404);
  CHECK(RawHttpClient(server->address()).ask("GET\r\n\r\n").status == 400);
  const HttpServerCounters counters = server->counters();
  CHECK(counters.connections_accepted == 2);
  CHECK(counters.requests == std::map<int, uint64_t>{{2, 1}, {3, 0}, {4, 1}, {5, 0}});
  CHECK(counters.refused.at("malformed") == 1);
  CHECK(counters.refused.at("too_slow") == 0);
}

TEST_CASE("a handler that takes longer than the timeout is answered for, and what it says later is dropped") {
  Gate gate;
  HttpServerOptions with = options();
  with.handler_timeout = 50ms;
  auto server = serve(with, [&](const HttpQuery& query) {
    if (query.path == "/slow") gate.pass();
    return text(query.path);
  });
  const OpenAtEnd end{gate};
  RawHttpClient client(server->address());
  const RawHttpAnswer answer = client.ask("GET /slow HTTP/1.1\r\nHost: t\r\n\r\n");
  CHECK(answer.status == 503);
  CHECK(answer.body == "Exceeded configured timeout of 50ms.\n");
  client.finish_sending();
  CHECK(client.read_to_end() == "");
  gate.open();
  CHECK(RawHttpClient(server->address()).ask(kHello).body == "/hello");
  CHECK(server->counters().refused["too_slow"] == 1);
}

TEST_CASE("a socket that somebody else has opened is served like one of our own") {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  REQUIRE(::listen(socket, 8) == 0);
  HttpServerOptions with = options();
  with.descriptor = socket;
  auto server = serve(with);
  CHECK(server->address().starts_with("0.0.0.0:"));
  const std::string port = server->address().substr(server->address().rfind(':'));
  CHECK(RawHttpClient("127.0.0.1" + port).ask(kHello).body == "GET /hello");

  with.descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  const auto idle = HttpServer::listen(with, [](const HttpQuery&) { return text(""); });
  REQUIRE_FALSE(idle);
  CHECK(idle.error().message.find("is not a listening stream socket") != std::string::npos);
}

#include "app/http_request_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace tocsin;

namespace {

using Progress = HttpRequestReader::Progress;

constexpr size_t kHeaderBytes = 2048;
constexpr size_t kBodyBytes = 1000;

struct Row {
  std::string request;
  int status;  // of the refusal
  HttpRefusalReason reason;
};

std::string post(const std::string& headers, const std::string& body = "") {
  return "POST /api HTTP/1.1\r\nHost: tocsin\r\n" + headers + "\r\n" + body;
}

std::string chunked(const std::string& body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}

}  // namespace

TEST_CASE(
    "a request that two servers could read differently, or that is too large, is refused with its reason") {
  using R = HttpRefusalReason;
  const std::string host = "Host: tocsin\r\n";
  const std::vector<Row> rows = {
      // lengths
      {post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400, R::kAmbiguousLength},
      {post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400, R::kAmbiguousLength},
      {post("Content-Length: 3\r\ncontent-length: 4\r\n", "abc"), 400, R::kAmbiguousLength},
      {post("Content-Length: 3, 3\r\n", "abc"), 400, R::kAmbiguousLength},
      {post("Content-Length: -1\r\n"), 400, R::kAmbiguousLength},
      {post("Content-Length: +3\r\n", "abc"), 400, R::kAmbiguousLength},
      {post("Content-Length: 0x3\r\n", "abc"), 400, R::kAmbiguousLength},
      {post("Content-Length:\r\n"), 400, R::kAmbiguousLength},
      {post("Content-Length: 1001\r\n"), 413, R::kBodyTooLarge},
      {post("Content-Length: 99999999999999999999999\r\n"), 413, R::kBodyTooLarge},
      {post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400, R::kAmbiguousLength},
      {post("Transfer-Encoding: gzip, chunked\r\n"), 501, R::kUnsupported},
      {post("Transfer-Encoding: identity\r\n"), 501, R::kUnsupported},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, R::kAmbiguousLength},
      {post("Content-Length : 3\r\n", "abc"), 400, R::kMalformed},
      {post("Content-Encoding: gzip\r\nContent-Length: 3\r\n", "abc"), 415, R::kUnsupported},
      {post("Content-Encoding: br\r\nContent-Length: 3\r\n", "abc"), 415, R::kUnsupported},
      {post("Expect: 200-ok\r\nContent-Length: 3\r\n"), 417, R::kUnsupported},
      // chunks
      {chunked("-1\r\nabc"), 400, R::kMalformed},
      {chunked("fffffffffffffffff\r\nabc"), 400, R::kMalformed},
      {chunked("0x3\r\nabc\r\n0\r\n\r\n"), 400, R::kMalformed},
      {chunked("+3\r\nabc\r\n0\r\n\r\n"), 400, R::kMalformed},
      {chunked(" 3\r\nabc\r\n0\r\n\r\n"), 400, R::kMalformed},
      {chunked("3 3\r\nabc\r\n0\r\n\r\n"), 400, R::kMalformed},
      {chunked("\r\nabc"), 400, R::kMalformed},
      {chunked("zz\r\nabc"), 400, R::kMalformed},
      {chunked("3\nabc\n0\n\n\r\n"), 400, R::kMalformed},
      {chunked("3\r\nabcd\r\n0\r\n\r\n"), 400, R::kMalformed},
      {chunked("3;a=\x01\r\nabc\r\n0\r\n\r\n"), 400, R::kMalformed},
      {chunked("3;" + std::string(300, 'x')), 400, R::kMalformed},
      {chunked("3e9\r\n"), 413, R::kBodyTooLarge},
      {chunked("ffffffff\r\n"), 413, R::kBodyTooLarge},
      {chunked("3e8\r\n" + std::string(1000, 'x') + "\r\n1\r\n"), 413, R::kBodyTooLarge},
      {chunked("0\r\nX: \x02\r\n\r\n"), 400, R::kMalformed},
      {chunked("0\r\nX: " + std::string(3000, 'x')), 431, R::kHeaderTooLarge},
      // request lines
      {"GET\r\n\r\n", 400, R::kMalformed},
      {"GET /\r\n" + host + "\r\n", 400, R::kMalformed},
      {"GET  / HTTP/1.1\r\n" + host + "\r\n", 400, R::kMalformed},
      {"GET / x HTTP/1.1\r\n" + host + "\r\n", 400, R::kMalformed},
      {"GET / HTTP/1.1 \r\n" + host + "\r\n", 400, R::kMalformed},
      {"G(T / HTTP/1.1\r\n" + host + "\r\n", 400, R::kMalformed},
      {"GET x HTTP/1.1\r\n" + host + "\r\n", 400, R::kMalformed},
      {"GET / HTTP/2.0\r\n" + host + "\r\n", 505, R::kUnsupported},
      {"GET / http/1.1\r\n" + host + "\r\n", 400, R::kMalformed},
      {"GET /" + std::string(3000, 'x'), 431, R::kHeaderTooLarge},
      // header lines
      {"GET / HTTP/1.1\r\n\r\n", 400, R::kMalformed},
      {"GET / HTTP/1.1\r\n" + host + host + "\r\n", 400, R::kMalformed},
      {"GET / HTTP/1.1\n" + host + "\r\n", 400, R::kMalformed},
      {"GET / HTTP/1.1\r\n" + host + "A: b\rC: d\r\n\r\n", 400, R::kMalformed},
      {"GET / HTTP/1.1\r\n" + host + " folded\r\n\r\n", 400, R::kMalformed},
      {"GET / HTTP/1.1\r\n" + host + "no colon\r\n\r\n", 400, R::kMalformed},
      {"GET / HTTP/1.1\r\n" + host + ": nameless\r\n\r\n", 400, R::kMalformed},
      {"GET / HTTP/1.1\r\n" + host + "A: \x01\r\n\r\n", 400, R::kMalformed},
      {"GET / HTTP/1.1\r\n" + host + "A: \x7f\r\n\r\n", 400, R::kMalformed},
      {"GET / HTTP/1.1\r\n" + host + std::string("A: \0\r\n\r\n", 8), 400, R::kMalformed},
      {"\x16\x03\x01\x02", 400, R::kMalformed},  // TLS on a plain port
  };
  for (const Row& row : rows) {
    CAPTURE(row.request);
    for (const bool in_pieces : {false, true}) {
      HttpRequestReader reader(kHeaderBytes, kBodyBytes);
      std::string input;
      Progress progress = Progress::kNeedMore;
      for (size_t at = 0; at < row.request.size() && progress == Progress::kNeedMore;) {
        const size_t piece = in_pieces ? 1 : row.request.size();
        input.append(row.request, at, piece);
        at += piece;
        progress = reader.advance(input);
      }
      REQUIRE(progress == Progress::kRefused);
      CHECK(reader.refusal().status == row.status);
      CHECK(reader.refusal().reason == row.reason);
      CHECK(reader.advance(input) == Progress::kRefused);
    }
  }
}

TEST_CASE("more than 128 header lines are refused though they are short") {
  std::string request = "GET / HTTP/1.1\r\nHost: tocsin\r\n";
  for (int i = 0; i < 127; ++i) request += "a:b\r\n";
  std::string just_enough = request + "\r\n";
  std::string too_many = request + "a:b\r\n\r\n";
  CHECK(HttpRequestReader(kHeaderBytes, kBodyBytes).advance(just_enough) == Progress::kComplete);
  HttpRequestReader reader(kHeaderBytes, kBodyBytes);
  REQUIRE(reader.advance(too_many) == Progress::kRefused);
  CHECK(reader.refusal().status == 431);
}

TEST_CASE("a path over 8000 bytes is refused, a query may be longer") {
  std::string long_path = "GET /" + std::string(8000, 'x') + " HTTP/1.1\r\nHost: t\r\n\r\n";
  HttpRequestReader reader(64 << 10, kBodyBytes);
  REQUIRE(reader.advance(long_path) == Progress::kRefused);
  CHECK(reader.refusal().status == 414);
  std::string long_query = "GET /?" + std::string(20000, 'x') + " HTTP/1.1\r\nHost: t\r\n\r\n";
  CHECK(HttpRequestReader(64 << 10, kBodyBytes).advance(long_query) == Progress::kComplete);
}

TEST_CASE("requests are found one after the other however the bytes are cut") {
  const std::string bytes =
      "\r\nPOST /first HTTP/1.1\r\nHost: a\r\nX-Name:\t spaced value \r\nContent-Length: 5\r\n\r\nhello"
      "POST /second HTTP/1.1\r\nHost: a\r\ntransfer-encoding: Chunked\r\n\r\n"
      "3;ext=1\r\nabc\r\nA \t;x\r\n0123456789\r\n0\r\nTrailer: dropped\r\n\r\n"
      "GET http://proxy.example/third?x=1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, Close\r\n\r\n"
      "GET http://proxy.example?x=1 HTTP/1.0\r\n\r\n"
      "OPTIONS * HTTP/1.1\r\nHost: a\r\nContent-Encoding: identity\r\n\r\n";
  for (size_t piece = 1; piece <= bytes.size(); piece += piece < 70 ? 1 : 37) {
    CAPTURE(piece);
    HttpRequestReader reader(kHeaderBytes, kBodyBytes);
    std::vector<HttpRequestReader::Request> found;
    std::string input;
    for (size_t at = 0; at < bytes.size(); at += piece) {
      input.append(bytes, at, piece);
      while (reader.advance(input) == Progress::kComplete) found.push_back(reader.take());
    }
    REQUIRE(found.size() == 5);
    CHECK(found[0].query.method == "POST");
    CHECK(found[0].query.raw_target == "/first");
    CHECK(found[0].query.header("x-name") == "spaced value");
    CHECK(found[0].query.body == "hello");
    CHECK(found[0].keep_alive);
    CHECK(found[1].query.body == "abc0123456789");
    CHECK(found[1].query.header("Trailer") == std::nullopt);
    CHECK(found[2].query.raw_target == "/third?x=1");
    CHECK_FALSE(found[2].keep_alive);
    CHECK(found[3].query.raw_target == "/?x=1");
    CHECK_FALSE(found[3].keep_alive);
    CHECK(found[4].query.raw_target == "*");
    CHECK(input.empty());
  }
}

TEST_CASE("a client that waits for 100 Continue is told to go on once, and only while its body is missing") {
  const std::string head = post("Expect: 100-continue\r\nContent-Length: 3\r\n");
  HttpRequestReader waiting(kHeaderBytes, kBodyBytes);
  std::string input = head;
  CHECK(waiting.advance(input) == Progress::kNeedMore);
  CHECK(waiting.take_continue());
  CHECK_FALSE(waiting.take_continue());

  HttpRequestReader impatient(kHeaderBytes, kBodyBytes);
  input = head + "a";
  CHECK(impatient.advance(input) == Progress::kNeedMore);
  CHECK_FALSE(impatient.take_continue());
}

TEST_CASE("a query string is decoded in order, and only the first equals sign divides") {
  const HttpFields fields =
      parse_query_string("filter=a%3D%22b%22&filter=c=d&flag&&x=1+2%2&%c3%a9=%E2%82%AC");
  const HttpFields expected = {
      {"filter", "a=\"b\""}, {"filter", "c=d"}, {"flag", ""}, {"x", "1 2%2"}, {"é", "€"}};
  CHECK(fields == expected);
  CHECK(parse_query_string("").empty());
}

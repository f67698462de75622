#include "app/http_server.h"

#include <doctest/doctest.h>
TEST_CASE("placeholder compiles") {
  tocsin::HttpServerOptions options;
  options.address = "127.0.0.1:0";
  auto server = tocsin::HttpServer::listen(options, [](const tocsin::HttpQuery&) { return tocsin::HttpAnswer{200, "text/plain", "hello", {}}; });
  REQUIRE(server);
}

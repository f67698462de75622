// HttpResponder: turns one complete request into the bytes of its answer: asks the handler, compresses, and
// has cpp-httplib decode the path and write the answer. It sees no socket: cpp-httplib talks to a stream in
// memory, and only to a request line that we wrote ourselves, so that none of its own readings of headers,
// ranges, encodings and bodies is ever reached (the list of what they do wrong is long; see the tests of
// http_server). Each thread of the server owns one.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/http_message.h"
#include "app/http_request_reader.h"

namespace tocsin {

// Told what a handler threw, for the log; the client reads only "internal error".
using HttpFailureReport = std::function<void(const HttpQuery&, std::string_view what)>;

class HttpResponder {
 public:
  struct Reply {
    std::string bytes;
    int status = 0;
    bool close = false;     // the connection ends after this answer
    std::string rest = {};  // after `bytes`, where they are too many to be put into one string
    // The chunks of a body that is sent while it is made, until it gives "". nullopt: it has failed, and the
    // answer must end without an end.
    std::function<std::optional<std::string>()> next_chunk = {};
  };

  // Both must outlive the responder.
  HttpResponder(const HttpHandler& handler, const HttpFailureReport& report_failure);
  ~HttpResponder();
  HttpResponder(const HttpResponder&) = delete;
  HttpResponder& operator=(const HttpResponder&) = delete;

  // `stopping` is asked after the handler: once it holds, every answer is the last of its connection.
  Reply answer(HttpRequestReader::Request request, const std::atomic<bool>& stopping);

 private:
  class Library;
  std::unique_ptr<Library> library_;
};

}  // namespace tocsin

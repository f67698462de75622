#include "app/http_responder.h"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <functional>
#include <string>
#include <utility>

#include "app/gzip.h"

namespace tocsin {
namespace {

// From here on a body is sent as it is, after its head: putting both into one string would move it.
constexpr size_t kWorthASendOfItsOwn = 64 << 10;
// Below this, a gzip header and the work cost more than the bytes saved.
constexpr size_t kWorthCompressing = 1024;

// What cpp-httplib reads and writes instead of a socket. Newer versions of the library ask more of a stream
// than 0.11 does, hence methods without `override`.
class MemoryStream : public httplib::Stream {
 public:
  explicit MemoryStream(std::string request) : request_(std::move(request)) {}

  bool is_readable() const { return true; }
  bool is_writable() const { return true; }
  bool wait_readable() const { return true; }
  bool wait_writable() const { return true; }
  time_t duration() const { return 0; }

  ssize_t read(char* bytes, size_t size) override {
    const size_t taken = std::min(size, request_.size() - position_);
    std::memcpy(bytes, request_.data() + position_, taken);
    position_ += taken;
    return static_cast<ssize_t>(taken);
  }
  ssize_t write(const char* bytes, size_t size) override {
    answer_.append(bytes, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return INVALID_SOCKET; }

  std::string take_answer() { return std::move(answer_); }

 private:
  std::string request_;
  std::string answer_;
  size_t position_ = 0;
};

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

bool is_text(std::string_view content_type) {
  constexpr std::array<std::string_view, 5> kMarks = {"text/", "json", "javascript", "xml", "openmetrics"};
  return std::any_of(kMarks.begin(), kMarks.end(), [&](std::string_view mark) {
    return content_type.find(mark) != std::string_view::npos;
  });
}

// "gzip", "br;q=1, gzip;q=0.5", but not "gzip;q=0". Brotli is never spoken: it costs a hundred times as much.
bool accepts_gzip(const HttpQuery& query) {
  for (const auto& [name, value] : query.headers) {
    if (!equal_ignoring_case(name, "Accept-Encoding")) continue;
    std::string_view list = value;
    while (!list.empty()) {
      const size_t comma = std::min(list.find(','), list.size());
      std::string coding(list.substr(0, comma));
      list.remove_prefix(std::min(comma + 1, list.size()));
      std::erase_if(coding, [](char c) { return c == ' ' || c == '\t'; });
      const size_t parameter = std::min(coding.find(';'), coding.size());
      const std::string_view weight = std::string_view(coding).substr(parameter);
      if (!equal_ignoring_case(std::string_view(coding).substr(0, parameter), "gzip")) continue;
      return weight.empty() || weight.find_first_of("123456789") != std::string_view::npos;
    }
  }
  return false;
}

// All of it, where it cannot be sent piece by piece.
void complete(HttpAnswer& answer) {
  const auto next_piece = std::exchange(answer.next_piece, {});
  if (!next_piece) return;
  for (std::string piece = next_piece(); !piece.empty(); piece = next_piece()) answer.body += piece;
}

void compress_if_worth_it(const HttpQuery& query, HttpAnswer& answer) {
  const bool encoded = std::any_of(answer.headers.begin(), answer.headers.end(), [](const auto& header) {
    return equal_ignoring_case(header.first, "Content-Encoding");
  });
  const bool is_long = answer.next_piece || answer.body.size() >= kWorthCompressing;
  if (encoded || !is_long || !is_text(answer.content_type)) return;
  answer.headers.emplace_back("Vary", "Accept-Encoding");
  if (!accepts_gzip(query)) return;
  complete(answer);
  answer.body = gzip(answer.body);
  answer.headers.emplace_back("Content-Encoding", "gzip");
}

HttpAnswer internal_error() {
  return {500, "text/plain; charset=utf-8", "internal error\n", {}};
}

// A name or value with a control character would let whoever supplied it write headers of his own; such a
// header is left out.
void copy_headers(const HttpFields& from, httplib::Headers& to) {
  for (const auto& [name, value] : from) {
    const bool ours = equal_ignoring_case(name, "Content-Length") ||
                      equal_ignoring_case(name, "Connection") ||
                      equal_ignoring_case(name, "Transfer-Encoding");
    if (ours || name.empty() || has_control_character(name) || has_control_character(value)) continue;
    to.emplace(name, value);
  }
}

}  // namespace

class HttpResponder::Library : public httplib::Server {
 public:
  Library(const HttpHandler& handler, const HttpFailureReport& report_failure)
      : handler_(handler), report_failure_(report_failure) {
    // Asked before any routing, so the library's regular expressions, files and body readers stay out of the
    // way.
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      respond(request.path, response);
      return HandlerResponse::Handled;
    });
    // Connections have no request limit, and ranges are not served: both headers would be untrue.
    set_post_routing_handler([this](const httplib::Request&, httplib::Response& response) {
      response.headers.erase("Keep-Alive");
      response.headers.erase("Accept-Ranges");
      close_ = close_ || *stopping_;
      if (close_) response.headers.emplace("Connection", "close");
      // The library knows only the head.
      response.headers.erase("Content-Length");
      if (next_piece_) {
        response.headers.emplace("Transfer-Encoding", "chunked");
      } else {
        response.headers.emplace("Content-Length", std::to_string(body_.size()));
      }
    });
  }

  Reply answer(HttpRequestReader::Request request, const std::atomic<bool>& stopping) {
    query_ = std::move(request.query);
    takes_chunks_ = request.takes_chunks;
    close_ = !request.keep_alive;
    stopping_ = &stopping;
    status_ = 400;  // unless the handler is reached
    const size_t question_mark = std::min(query_.raw_target.find('?'), query_.raw_target.size());
    if (question_mark < query_.raw_target.size()) {
      query_.params = parse_query_string(std::string_view(query_.raw_target).substr(question_mark + 1));
    }
    MemoryStream stream((query_.method == "HEAD" ? "HEAD " : "GET ") +
                        query_.raw_target.substr(0, question_mark) + " HTTP/1.1\r\n\r\n");
    body_.clear();
    next_piece_ = {};
    process(*this, stream);
    Reply reply{stream.take_answer(), status_, close_};
    if (query_.method != "HEAD") add_body(reply);
    body_.clear();
    query_ = {};
    return reply;
  }

 private:
  void add_body(Reply& reply) {
    if (next_piece_) {
      reply.next_chunk = chunks();
    } else if (body_.size() < kWorthASendOfItsOwn) {
      reply.bytes += body_;
    } else {
      reply.rest = std::move(body_);
    }
  }

  std::function<std::optional<std::string>()> chunks() {
    return [this, first = std::move(body_), next_piece = std::move(next_piece_),
            query = query_]() mutable -> std::optional<std::string> {
      if (!first.empty()) return std::exchange(first, {});
      std::optional<std::string> piece;
      guard(query, [&] { piece = next_piece(); });
      return piece;
    };
  }

  // The library's signature has grown; both are the same call for a stream without addresses.
  template <class Self>
  static void process(Self& self, MemoryStream& stream) {
    bool closed = false;
    if constexpr (requires { self.Server::process_request(stream, false, closed, nullptr); }) {
      self.Server::process_request(stream, false, closed, nullptr);
    } else {
      self.Server::process_request(stream, "", 0, "", 0, false, closed, nullptr);
    }
  }

  void respond(const std::string& path, httplib::Response& response) {
    query_.path = path;
    HttpAnswer answer = ask_handler();
    if (answer.status < 200 || answer.status > 599) answer = internal_error();
    if (answer.status == 204 || answer.status == 304) {
      answer.body.clear();
      answer.next_piece = {};
    }
    status_ = answer.status;
    response.status = answer.status;
    copy_headers(answer.headers, response.headers);
    body_ = std::move(answer.body);
    next_piece_ = std::move(answer.next_piece);
    if (!answer.content_type.empty() || !body_.empty()) {
      const std::string type = answer.content_type.empty() ? "text/plain" : answer.content_type;
      copy_headers({{"Content-Type", type}}, response.headers);
    }
  }

  HttpAnswer ask_handler() {
    HttpAnswer answer = internal_error();
    guard(query_, [&] {
      HttpAnswer made = handler_(query_);
      if (!takes_chunks_ || query_.method == "HEAD") complete(made);
      compress_if_worth_it(query_, made);
      answer = std::move(made);
    });
    return answer;
  }

  // What is thrown is for the log only.
  template <class Action>
  void guard(const HttpQuery& query, Action action) {
    std::string what = "an exception without a text";
    try {
      return action();
    } catch (const std::exception& error) {
      what = error.what();
    } catch (...) {
    }
    if (report_failure_) report_failure_(query, what);
  }

  const HttpHandler& handler_;
  const HttpFailureReport& report_failure_;
  HttpQuery query_;   // of the request under way
  std::string body_;  // of its answer, or the first piece: a large one is not copied through the library
  std::function<std::string()> next_piece_;
  bool takes_chunks_ = true;
  int status_ = 0;
  bool close_ = false;
  const std::atomic<bool>* stopping_ = nullptr;
};

HttpResponder::HttpResponder(const HttpHandler& handler, const HttpFailureReport& report_failure)
    : library_(std::make_unique<Library>(handler, report_failure)) {}

HttpResponder::~HttpResponder() = default;

HttpResponder::Reply HttpResponder::answer(HttpRequestReader::Request request,
                                           const std::atomic<bool>& stopping) {
  return library_->answer(std::move(request), stopping);
}

}  // namespace tocsin

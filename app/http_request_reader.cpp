#include "app/http_request_reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace tocsin {
namespace {

constexpr size_t kMaxHeaderLines = 128;
constexpr size_t kMaxMethodBytes = 32;
// The path goes through cpp-httplib, whose limit for a whole request line is 8192 bytes; queries may be
// longer.
constexpr size_t kMaxPathBytes = 8000;
// Memory that a mere promise (Content-Length) may claim; more comes as bytes come.
constexpr size_t kReservedOnPromise = 256 << 10;

constexpr std::string_view kNotARequestLine = "the request's first line is not METHOD TARGET VERSION";

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool is_forbidden(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\r' && c != '\n') || byte == 0x7f;
}

std::string_view trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// A proxy's form, "GET http://host/path HTTP/1.1", means the same as "/path".
std::string without_authority(std::string_view target) {
  constexpr std::string_view kScheme = "http://";
  if (!equal_ignoring_case(target.substr(0, kScheme.size()), kScheme)) return std::string(target);
  const size_t path = target.find_first_of("/?", kScheme.size());
  if (path == std::string_view::npos) return "/";
  return (target[path] == '?' ? "/" : "") + std::string(target.substr(path));
}

}  // namespace

HttpRequestReader::Progress HttpRequestReader::advance(std::string& input) {
  if (refused_) return Progress::kRefused;
  if (complete_) return Progress::kComplete;
  if (!head_done_) {
    const Progress progress = read_head(input);
    if (progress != Progress::kComplete) return progress;
  }
  const Progress progress = read_body(input);
  refused_ = progress == Progress::kRefused;
  complete_ = progress == Progress::kComplete;
  return progress;
}

bool HttpRequestReader::take_continue() {
  return std::exchange(wants_continue_, false);
}

HttpRequestReader::Request HttpRequestReader::take() {
  Request request{std::move(query_), keep_alive_, !old_version_};
  *this = HttpRequestReader(max_header_bytes_, max_body_bytes_);
  return request;
}

HttpRequestReader::Progress HttpRequestReader::read_head(std::string& input) {
  // An empty line before a request is forgiven, as RFC 9112, section 2.2 asks.
  if (scanned_ == 0 && input == "\r") return Progress::kNeedMore;
  if (scanned_ == 0 && input.starts_with("\r\n")) input.erase(0, 2);
  const std::optional<size_t> end = find_head_end(input);
  if (refused_) return Progress::kRefused;
  if (end.value_or(input.size()) > max_header_bytes_) {
    refuse(431, HttpRefusalReason::kHeaderTooLarge,
           "the request's head is larger than " + std::to_string(max_header_bytes_) + " bytes");
    return Progress::kRefused;
  }
  if (!end) return Progress::kNeedMore;
  if (!parse_head(std::string_view(input).substr(0, *end - 2))) return Progress::kRefused;
  input.erase(0, *end);
  head_done_ = true;
  wants_continue_ = wants_continue_ && input.empty();
  return Progress::kComplete;
}

HttpRequestReader::Progress HttpRequestReader::read_body(std::string& input) {
  if (chunks_) {
    switch (chunks_->advance(input, query_.body)) {
      case HttpChunkReader::Progress::kNeedMore:
        return Progress::kNeedMore;
      case HttpChunkReader::Progress::kComplete:
        return Progress::kComplete;
      case HttpChunkReader::Progress::kRefused:
        refusal_ = chunks_->refusal();
        return Progress::kRefused;
    }
  }
  const size_t taken = std::min(length_ - query_.body.size(), input.size());
  if (taken > 0) {
    if (query_.body.empty()) query_.body.reserve(std::min(length_, kReservedOnPromise) + kSpareBodyCapacity);
    query_.body.append(input, 0, taken);
    input.erase(0, taken);
  }
  return query_.body.size() == length_ ? Progress::kComplete : Progress::kNeedMore;
}

std::optional<size_t> HttpRequestReader::find_head_end(std::string_view input) {
  for (; scanned_ < input.size(); ++scanned_) {
    const char c = input[scanned_];
    const char before = scanned_ == 0 ? '\0' : input[scanned_ - 1];
    if (is_forbidden(c)) {
      refuse(400, HttpRefusalReason::kMalformed, "the request's head has a control character");
      return std::nullopt;
    }
    if ((c == '\n') != (before == '\r')) {
      refuse(400, HttpRefusalReason::kMalformed, "the lines of the request's head must end in CR LF");
      return std::nullopt;
    }
    if (c == '\n' && scanned_ >= 3 && input.substr(scanned_ - 3, 4) == "\r\n\r\n") return scanned_ + 1;
  }
  return std::nullopt;
}

bool HttpRequestReader::parse_head(std::string_view head) {
  bool first = true;
  while (!head.empty()) {
    const size_t end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end + 2);
    if (!(first ? parse_request_line(line) : parse_header_line(line))) return false;
    first = false;
  }
  return understand_headers();
}

bool HttpRequestReader::parse_request_line(std::string_view line) {
  const size_t first = line.find(' ');
  const size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) {
    return refuse(400, HttpRefusalReason::kMalformed, std::string(kNotARequestLine));
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, second - first - 1);
  const std::string_view version = line.substr(second + 1);
  if (!is_token(method) || method.size() > kMaxMethodBytes || target.empty() ||
      target.find('\t') != std::string_view::npos) {
    return refuse(400, HttpRefusalReason::kMalformed, std::string(kNotARequestLine));
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    const bool other = version.starts_with("HTTP/") && version.size() == 8;
    return refuse(other ? 505 : 400, other ? HttpRefusalReason::kUnsupported : HttpRefusalReason::kMalformed,
                  "this server speaks HTTP/1.1");
  }
  query_.method = method;
  query_.raw_target = without_authority(target);
  if (!query_.raw_target.starts_with('/') && target != "*" && method != "CONNECT") {
    return refuse(400, HttpRefusalReason::kMalformed, "the request's target does not start with /");
  }
  old_version_ = version == "HTTP/1.0";
  if (std::min(query_.raw_target.find('?'), query_.raw_target.size()) > kMaxPathBytes) {
    return refuse(414, HttpRefusalReason::kHeaderTooLarge,
                  "the path is longer than " + std::to_string(kMaxPathBytes) + " bytes");
  }
  return true;
}

bool HttpRequestReader::parse_header_line(std::string_view line) {
  const size_t colon = line.find(':');
  // A space before the colon or at the start of a line (a folded header) is where parsers disagree; neither
  // is a token.
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return refuse(400, HttpRefusalReason::kMalformed, "a header line is not NAME: VALUE");
  }
  if (query_.headers.size() == kMaxHeaderLines) {
    return refuse(431, HttpRefusalReason::kHeaderTooLarge,
                  "the request has more than " + std::to_string(kMaxHeaderLines) + " header lines");
  }
  query_.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
  return true;
}

bool HttpRequestReader::understand_headers() {
  size_t hosts = 0;
  keep_alive_ = !old_version_;
  for (const auto& [name, value] : query_.headers) {
    if (equal_ignoring_case(name, "Host")) ++hosts;
    if (equal_ignoring_case(name, "Connection") && header_list_has(value, "close")) keep_alive_ = false;
    if (equal_ignoring_case(name, "Content-Encoding") && !equal_ignoring_case(value, "identity")) {
      return refuse(415, HttpRefusalReason::kUnsupported, "send the body without Content-Encoding");
    }
  }
  if (hosts > 1 || (hosts == 0 && !old_version_)) {
    return refuse(400, HttpRefusalReason::kMalformed, "the request must have one Host header");
  }
  return understand_length() && understand_expectation();
}

bool HttpRequestReader::understand_length() {
  std::vector<std::string_view> lengths;
  std::vector<std::string_view> codings;
  for (const auto& [name, value] : query_.headers) {
    if (equal_ignoring_case(name, "Content-Length")) lengths.emplace_back(value);
    if (equal_ignoring_case(name, "Transfer-Encoding")) codings.emplace_back(value);
  }
  if (lengths.size() + codings.size() > 1 || (!codings.empty() && old_version_)) {
    return refuse(400, HttpRefusalReason::kAmbiguousLength,
                  "the request's length is ambiguous: send one Content-Length or one Transfer-Encoding");
  }
  if (!codings.empty()) {
    if (!equal_ignoring_case(codings.front(), "chunked")) {
      return refuse(501, HttpRefusalReason::kUnsupported, "the only transfer coding here is chunked");
    }
    chunks_.emplace(max_body_bytes_, max_header_bytes_);
    return true;
  }
  if (lengths.empty()) return true;
  const std::string_view length = lengths.front();
  if (length.empty() || length.find_first_not_of("0123456789") != std::string_view::npos) {
    return refuse(400, HttpRefusalReason::kAmbiguousLength, "Content-Length is not a number");
  }
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), length_);
  if (error != std::errc() || length_ > max_body_bytes_) {
    return refuse(413, HttpRefusalReason::kBodyTooLarge,
                  "the body is larger than " + std::to_string(max_body_bytes_) + " bytes");
  }
  return true;
}

bool HttpRequestReader::understand_expectation() {
  const std::optional<std::string_view> expectation = query_.header("Expect");
  if (!expectation || old_version_) return true;
  if (!equal_ignoring_case(*expectation, "100-continue")) {
    return refuse(417, HttpRefusalReason::kUnsupported, "the only expectation here is 100-continue");
  }
  wants_continue_ = chunks_.has_value() || length_ > 0;
  return true;
}

bool HttpRequestReader::refuse(int status, HttpRefusalReason reason, std::string message) {
  refusal_ = {status, reason, std::move(message)};
  refused_ = true;
  return false;
}

}  // namespace tocsin

#include "app/http_answer_reader.h"

#include <algorithm>
#include <cctype>
#include <chrono>

namespace tocsin {
namespace {

constexpr std::size_t kMaxHeaderBytes = std::size_t{1} << 20;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

void HttpAnswerReader::start(CURL* handle) {
  handle_ = handle;
  header_bytes_ = 0;
  too_large_ = false;
  last_byte_ = {};
  answer_ = {};
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &HttpAnswerReader::on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &HttpAnswerReader::on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
}

std::size_t HttpAnswerReader::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  return static_cast<HttpAnswerReader*>(self)->take_header({data, size * count}) ? size * count : 0;
}

std::size_t HttpAnswerReader::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  return static_cast<HttpAnswerReader*>(self)->take_body({data, size * count}) ? size * count : 0;
}

bool HttpAnswerReader::take_header(std::string_view line) {
  last_byte_ = std::chrono::steady_clock::now();
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    too_large_ = true;
    return false;
  }
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {  // a new answer: what came before was an interim one
    answer_.headers.clear();
    return true;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return true;
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  answer_.headers.emplace_back(lower(line.substr(0, colon)), value);
  return true;
}

bool HttpAnswerReader::take_body(std::string_view bytes) {
  last_byte_ = std::chrono::steady_clock::now();
  std::string& body = answer_.body;
  if (bytes.size() > max_bytes_ - body.size()) {
    too_large_ = true;
    return false;
  }
  if (body.empty()) {
    curl_off_t announced = 0;
    curl_easy_getinfo(handle_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    // 64 more: room for the padding that simdjson wants, without another copy.
    const auto expected = static_cast<std::size_t>(std::max<curl_off_t>(announced, 0));
    if (expected > max_bytes_) {
      too_large_ = true;  // refused before any of it takes memory
      return false;
    }
    body.reserve(expected + 64);
  }
  body.append(bytes);
  return true;
}

}  // namespace tocsin

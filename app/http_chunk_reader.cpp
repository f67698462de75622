#include "app/http_chunk_reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace tocsin {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
// A chunk's line is its size and, rarely, extensions, which nobody reads.
constexpr size_t kMaxSizeLine = 256;
constexpr size_t kMaxSizeDigits = 8;

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

struct Line {
  bool too_long = false;
  std::optional<std::string_view> text;  // without its CRLF; nothing when it is not all there
};

Line take_line(std::string_view& rest, size_t limit) {
  const size_t end = rest.find(kLineEnd);
  if (std::min(end, rest.size()) > limit) return {true, std::nullopt};
  if (end == std::string_view::npos) return {};
  const std::string_view text = rest.substr(0, end);
  rest.remove_prefix(end + kLineEnd.size());
  return {false, text};
}

// The number in front of a size line, if the line is nothing but it and extensions (";name=value").
std::optional<size_t> parse_size(std::string_view line) {
  const size_t digits = std::min(line.find_first_not_of("0123456789abcdefABCDEF"), line.size());
  if (digits == 0 || digits > kMaxSizeDigits) return std::nullopt;
  const size_t extension = line.find_first_not_of(" \t", digits);
  if (extension == std::string_view::npos ? digits != line.size() : line[extension] != ';')
    return std::nullopt;
  if (has_control_character(line)) return std::nullopt;
  size_t size = 0;
  std::from_chars(line.data(), line.data() + digits, size, 16);
  return size;
}

}  // namespace

HttpChunkReader::Progress HttpChunkReader::advance(std::string& input, std::string& body) {
  std::string_view rest = input;
  Step done = Step::kDone;
  while (done == Step::kDone && part_ != Part::kEnd) done = step(rest, body);
  input.erase(0, input.size() - rest.size());
  if (done == Step::kRefused) return Progress::kRefused;
  return part_ == Part::kEnd ? Progress::kComplete : Progress::kNeedMore;
}

HttpChunkReader::Step HttpChunkReader::step(std::string_view& rest, std::string& body) {
  switch (part_) {
    case Part::kSize:
      return read_size(rest, body.size());
    case Part::kData:
      return read_data(rest, body);
    case Part::kDataEnd:
      return read_data_end(rest);
    case Part::kTrailer:
      return read_trailer(rest);
    case Part::kEnd:
      break;
  }
  return Step::kDone;
}

HttpChunkReader::Step HttpChunkReader::read_size(std::string_view& rest, size_t body_bytes) {
  const Line line = take_line(rest, kMaxSizeLine);
  if (line.too_long) return refuse(400, HttpRefusalReason::kMalformed, "a chunk's size line is too long");
  if (!line.text) return Step::kNeedMore;
  const std::optional<size_t> size = parse_size(*line.text);
  if (!size) return refuse(400, HttpRefusalReason::kMalformed, "a chunk's size is not a hexadecimal number");
  if (*size > max_body_bytes_ - body_bytes) {
    return refuse(413, HttpRefusalReason::kBodyTooLarge,
                  "the body is larger than " + std::to_string(max_body_bytes_) + " bytes");
  }
  left_in_chunk_ = *size;
  part_ = *size == 0 ? Part::kTrailer : Part::kData;
  return Step::kDone;
}

HttpChunkReader::Step HttpChunkReader::read_data(std::string_view& rest, std::string& body) {
  const size_t taken = std::min(left_in_chunk_, rest.size());
  body.append(rest.substr(0, taken));
  rest.remove_prefix(taken);
  left_in_chunk_ -= taken;
  if (left_in_chunk_ > 0) return Step::kNeedMore;
  part_ = Part::kDataEnd;
  return Step::kDone;
}

HttpChunkReader::Step HttpChunkReader::read_data_end(std::string_view& rest) {
  if (!kLineEnd.starts_with(rest.substr(0, kLineEnd.size()))) {
    return refuse(400, HttpRefusalReason::kMalformed, "a chunk is longer than its size");
  }
  if (rest.size() < kLineEnd.size()) return Step::kNeedMore;
  rest.remove_prefix(kLineEnd.size());
  part_ = Part::kSize;
  return Step::kDone;
}

HttpChunkReader::Step HttpChunkReader::read_trailer(std::string_view& rest) {
  const size_t before = rest.size();
  const Line line = take_line(rest, trailer_bytes_left_);
  if (line.too_long) {
    return refuse(431, HttpRefusalReason::kHeaderTooLarge, "the trailers after the last chunk are too long");
  }
  if (!line.text) return Step::kNeedMore;
  if (has_control_character(*line.text)) {
    return refuse(400, HttpRefusalReason::kMalformed, "a trailer has a control character");
  }
  if (line.text->empty()) {
    part_ = Part::kEnd;
    return Step::kDone;
  }
  trailer_bytes_left_ -= std::min(trailer_bytes_left_, before - rest.size());
  return Step::kDone;
}

HttpChunkReader::Step HttpChunkReader::refuse(int status, HttpRefusalReason reason, std::string message) {
  refusal_ = {status, reason, std::move(message)};
  return Step::kRefused;
}

}  // namespace tocsin

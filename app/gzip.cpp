#include "app/gzip.h"

#include <zlib.h>

#include <limits>

#include "core/check.h"

namespace tocsin {
namespace {

// Alerts as JSON shrink to a tenth at every level; the low ones cost a third of zlib's default.
constexpr int kLevel = 3;
constexpr int kGzipWindow = 15 + 16;  // 32 KB window; plus 16 asks for a gzip header
constexpr int kMemoryLevel = 8;

}  // namespace

std::string gzip(std::string_view text) {
  TOCSIN_CHECK(text.size() < std::numeric_limits<uInt>::max() / 2, "answers are far below 2 GiB");
  z_stream stream{};
  TOCSIN_CHECK(
      deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) == Z_OK,
      "zlib starts");
  std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int ended = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  TOCSIN_CHECK(ended == Z_STREAM_END, "deflateBound is a bound");
  return packed;
}

}  // namespace tocsin

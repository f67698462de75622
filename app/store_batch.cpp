#include "app/store_batch.h"

#include <snappy-sinksource.h>
#include <snappy.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

namespace tocsin {
namespace {

constexpr char kFormat = 1;
// Memory beyond this is not kept for the next batch.
constexpr std::size_t kUsual = std::size_t{4} << 20;
enum : char { kGone = 0, kValue = 1 };

// What is written here is appended to a string, or only counted.
struct ByteCount {
  std::size_t size = 0;
  void operator+=(char) { ++size; }
  void operator+=(std::string_view text) { size += text.size(); }
};

template <class Bytes>
void write(std::uint64_t number, Bytes& bytes) {
  while (number >= 0x80) {
    bytes += static_cast<char>(number | 0x80);
    number >>= 7;
  }
  bytes += static_cast<char>(number);
}

template <class Bytes>
void write(std::string_view text, Bytes& bytes) {
  write(std::uint64_t{text.size()}, bytes);
  bytes += text;
}

template <class Bytes>
void write(const Record& record, Bytes& bytes) {
  write(record.bucket, bytes);
  write(record.key, bytes);
  bytes += static_cast<char>(record.value ? kValue : kGone);
  if (record.value) write(*record.value, bytes);
}

template <class Bytes>
void write(const HistoryEntry& line, Bytes& bytes) {
  write(static_cast<std::uint64_t>(line.at.time_since_epoch().count()), bytes);
  write(line.kind, bytes);
  write(line.subject, bytes);
  write(line.json, bytes);
}

// A batch as bytes, of which only the next piece is there.
class BatchBytes final : public snappy::Source {
 public:
  // `piece` is used as memory.
  BatchBytes(std::span<const Record> records, std::span<const HistoryEntry> history, std::string& piece)
      : records_(records), history_(history), piece_(piece) {
    ByteCount all;
    write(std::uint64_t{records.size()}, all);
    write(std::uint64_t{history.size()}, all);
    for (const Record& record : records) write(record, all);
    for (const HistoryEntry& line : history) write(line, all);
    left_ = all.size;
    piece_.clear();
    write(std::uint64_t{records.size()}, piece_);
    if (records.empty()) write(std::uint64_t{history.size()}, piece_);
  }

  std::size_t Available() const override { return left_; }
  const char* Peek(std::size_t* size) override {
    const std::size_t wanted = std::min(left_, kPiece);
    if (piece_.size() - taken_ < wanted) fill(wanted);
    *size = piece_.size() - taken_;
    return piece_.data() + taken_;
  }
  void Skip(std::size_t size) override {
    taken_ += size;
    left_ -= size;
  }

 private:
  // As much as snappy takes at once.
  static constexpr std::size_t kPiece = std::size_t{64} << 10;

  void fill(std::size_t wanted) {
    piece_.erase(0, std::exchange(taken_, 0));
    while (piece_.size() < wanted && !records_.empty()) {
      write(records_.front(), piece_);
      records_ = records_.subspan(1);
      if (records_.empty()) write(std::uint64_t{history_.size()}, piece_);
    }
    while (piece_.size() < wanted && !history_.empty()) {
      write(history_.front(), piece_);
      history_ = history_.subspan(1);
    }
  }

  std::span<const Record> records_;  // not in the piece yet
  std::span<const HistoryEntry> history_;
  std::string& piece_;
  std::size_t taken_ = 0;  // of the piece
  std::size_t left_ = 0;   // of all
};

class AppendingSink final : public snappy::Sink {
 public:
  explicit AppendingSink(std::string& bytes) : bytes_(bytes) {}
  void Append(const char* bytes, std::size_t size) override { bytes_.append(bytes, size); }

 private:
  std::string& bytes_;
};

// Reads what the functions above wrote; after the first mistake it is not good() and reads nothing more.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool good() const { return good_; }
  bool at_end() const { return rest_.empty(); }

  char letter() {
    if (rest_.empty()) return spoil();
    const char first = rest_.front();
    rest_.remove_prefix(1);
    return first;
  }

  std::uint64_t number() {
    std::uint64_t number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(letter());
      number |= std::uint64_t{byte & 0x7fU} << shift;
      if (!good_ || byte < 0x80) return number;
    }
    return static_cast<std::uint64_t>(spoil());
  }

  std::string text() {
    const std::uint64_t size = number();
    if (size > rest_.size()) spoil();
    if (!good_) return "";
    std::string text(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return text;
  }

 private:
  char spoil() {
    good_ = false;
    rest_ = {};
    return 0;
  }
  std::string_view rest_;
  bool good_ = true;
};

Record read_record(Reader& reader) {
  Record record;
  record.bucket = reader.text();
  record.key = reader.text();
  if (reader.letter() == kValue) record.value = reader.text();
  return record;
}

HistoryEntry read_line(Reader& reader) {
  HistoryEntry line;
  line.at = TimePoint(Duration(static_cast<std::int64_t>(reader.number())));
  line.kind = reader.text();
  line.subject = reader.text();
  line.json = reader.text();
  return line;
}

}  // namespace

const std::string& StoreBatchWriter::write(std::span<const Record> records,
                                           std::span<const HistoryEntry> history) {
  if (piece_.capacity() > kUsual) piece_ = {};
  if (compressed_.capacity() > kUsual) compressed_ = {};
  compressed_.clear();
  BatchBytes plain(records, history, piece_);
  AppendingSink compressed(compressed_);
  snappy::Compress(&plain, &compressed);
  compressed_ += kFormat;
  return compressed_;
}

Result<void> read_batch(std::string_view bytes, StoreBatch& batch) {
  std::string plain;
  const bool good = bytes.ends_with(kFormat) && snappy::Uncompress(bytes.data(), bytes.size() - 1, &plain);
  Reader reader(plain);
  for (std::uint64_t left = good ? reader.number() : 0; left > 0 && reader.good(); --left) {
    batch.records.push_back(read_record(reader));
  }
  for (std::uint64_t left = good ? reader.number() : 0; left > 0 && reader.good(); --left) {
    batch.history.push_back(read_line(reader));
  }
  if (!good || !reader.good() || !reader.at_end()) return fail("a stored commit is not readable");
  return {};
}

void keep_last_values(std::vector<Record>& records) {
  const auto name = [](const Record& record) { return std::tie(record.bucket, record.key); };
  std::stable_sort(records.begin(), records.end(),
                   [&](const Record& a, const Record& b) { return name(a) < name(b); });
  auto kept = records.begin();
  for (auto it = records.begin(); it != records.end(); ++it) {
    const auto next = std::next(it);
    if (next != records.end() && name(*next) == name(*it)) continue;
    if (kept != it) *kept = std::move(*it);
    ++kept;
  }
  records.erase(kept, records.end());
}

}  // namespace tocsin

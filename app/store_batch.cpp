#include "app/store_batch.h"

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

void write_number(std::uint64_t number, std::string& bytes) {
  while (number >= 0x80) {
    bytes += static_cast<char>(number | 0x80);
    number >>= 7;
  }
  bytes += static_cast<char>(number);
}

void write_text(std::string_view text, std::string& bytes) {
  write_number(text.size(), bytes);
  bytes += text;
}

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
  if (plain_.capacity() > kUsual) plain_ = {};
  if (compressed_.capacity() > kUsual) compressed_ = {};
  plain_.clear();
  write_number(records.size(), plain_);
  for (const Record& record : records) {
    write_text(record.bucket, plain_);
    write_text(record.key, plain_);
    plain_ += record.value ? kValue : kGone;
    if (record.value) write_text(*record.value, plain_);
  }
  write_number(history.size(), plain_);
  for (const HistoryEntry& line : history) {
    write_number(static_cast<std::uint64_t>(line.at.time_since_epoch().count()), plain_);
    write_text(line.kind, plain_);
    write_text(line.subject, plain_);
    write_text(line.json, plain_);
  }
  snappy::Compress(plain_.data(), plain_.size(), &compressed_);
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

// The protobuf side of Alertmanager's files: field numbers, times, and one message behind the other. Included
// only by what reads them; the library (protozero) and its exceptions stay here and there.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <protozero/exception.hpp>
#include <protozero/pbf_reader.hpp>
#include <protozero/varint.hpp>

#include "app/alertmanager_snapshot.h"

namespace tocsin {

using protozero::pbf_reader;
using protozero::pbf_wire_type;

// Field number and wire type together: a field of an unexpected type is skipped like one that is unknown.
constexpr std::uint32_t bytes_at(std::uint32_t number) {
  return protozero::tag_and_type(number, pbf_wire_type::length_delimited);
}
constexpr std::uint32_t varint_at(std::uint32_t number) {
  return protozero::tag_and_type(number, pbf_wire_type::varint);
}
constexpr std::uint32_t fixed64_at(std::uint32_t number) {
  return protozero::tag_and_type(number, pbf_wire_type::fixed64);
}

// What was read of one message; a text where the message can be read but not used.
using Verdict = std::optional<std::string>;

// Times beyond nanoseconds: Go's zero time is no time, and "forever" is never.
inline TimePoint read_time(pbf_reader message) {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case varint_at(1):
        seconds = message.get_int64();
        break;
      case varint_at(2):
        nanos = message.get_int32();
        break;
      default:
        message.skip();
    }
  }
  constexpr std::int64_t kSecond = 1'000'000'000;
  if (seconds <= std::numeric_limits<std::int64_t>::min() / kSecond) return kNoTime;
  if (seconds >= std::numeric_limits<std::int64_t>::max() / kSecond) return kNever;
  return TimePoint(Duration(seconds * kSecond + std::clamp(nanos, 0, 999'999'999)));
}

// A file is one message after the other, each behind its length. Where one cannot be used the next may be;
// where the bytes make no sense, nothing behind them can be trusted.
template <class T, class ReadEntry>
AlertmanagerSnapshot<T> read_snapshot(std::string_view bytes, ReadEntry&& read_entry) {
  AlertmanagerSnapshot<T> snapshot;
  const char* const begin = bytes.data();
  const char* const end = begin + bytes.size();
  const char* at = begin;
  while (at != end) {
    const auto offset = at - begin;
    try {
      const std::uint64_t length = protozero::decode_varint(&at, end);
      if (length > static_cast<std::uint64_t>(end - at)) throw protozero::end_of_buffer_exception();
      T entry;
      const Verdict wrong = read_entry(pbf_reader(at, length), entry);
      at += length;
      if (wrong) {
        snapshot.problems.push_back(fmt::format("at byte {}: {}", offset, *wrong));
      } else {
        snapshot.entries.push_back(std::move(entry));
      }
    } catch (const protozero::exception& damage) {
      snapshot.problems.push_back(
          fmt::format("at byte {}: the file is damaged from here on ({} of {} bytes are left "
                      "out): {}",
                      offset, end - begin - offset, end - begin, damage.what()));
      break;
    }
  }
  return snapshot;
}

}  // namespace tocsin

#include "app/alertmanager_snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <protozero/exception.hpp>
#include <protozero/pbf_reader.hpp>
#include <protozero/varint.hpp>

namespace tocsin {
namespace {

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
TimePoint read_time(pbf_reader message) {
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

// silencepb.Matcher
Verdict read_matcher(pbf_reader message, Matchers& into) {
  constexpr MatchType kTypes[] = {MatchType::kEqual, MatchType::kRegex, MatchType::kNotEqual,
                                  MatchType::kNotRegex};
  std::uint64_t type = 0;
  std::string name, pattern;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case varint_at(1):
        type = message.get_uint64();
        break;
      case bytes_at(2):
        name = message.get_string();
        break;
      case bytes_at(3):
        pattern = message.get_string();
        break;
      default:
        message.skip();
    }
  }
  if (type >= std::size(kTypes)) return fmt::format("a matcher of the unknown type {}", type);
  auto matcher = Matcher::make(std::move(name), kTypes[type], std::move(pattern));
  if (!matcher) return matcher.error().message;
  into.push_back(std::move(*matcher));
  return std::nullopt;
}

Verdict read_matcher_set(pbf_reader message, Matchers& into) {
  Verdict first;
  while (message.next()) {
    if (message.tag_and_type() != bytes_at(1)) {
      message.skip();
      continue;
    }
    Verdict wrong = read_matcher(message.get_message(), into);
    if (!first) first = std::move(wrong);
  }
  return first;
}

struct OldComment {
  std::string author, comment;
};

OldComment read_comment(pbf_reader message) {
  OldComment comment;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_at(1):
        comment.author = message.get_string();
        break;
      case bytes_at(2):
        comment.comment = message.get_string();
        break;
      default:
        message.skip();
    }
  }
  return comment;
}

void read_annotation(pbf_reader message, std::map<std::string, std::string>& into) {
  std::string key, value;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_at(1):
        key = message.get_string();
        break;
      case bytes_at(2):
        value = message.get_string();
        break;
      default:
        message.skip();
    }
  }
  into[std::move(key)] = std::move(value);
}

// silencepb.Silence, field by field as Alertmanager numbers them.
class SilenceReader {
 public:
  Verdict read(pbf_reader message, Silence& silence) {
    while (message.next()) read_field(message, silence);
    finish(silence);
    if (silence.id.empty()) return "a silence without id";
    std::string what = "silence " + silence.id + ": ";
    if (wrong_) return what + *wrong_;
    if (for_receivers_) return what + "it is meant for some receivers only, which Tocsin cannot do";
    if (auto problems = silence_problems(silence); !problems.empty()) return what + problems.front();
    return std::nullopt;
  }

 private:
  void read_field(pbf_reader& message, Silence& silence) {
    switch (message.tag_and_type()) {
      case bytes_at(1):
        silence.id = message.get_string();
        break;
      case bytes_at(2):
        note(read_matcher(message.get_message(), legacy_));
        break;
      case bytes_at(3):
        silence.starts_at = read_time(message.get_message());
        break;
      case bytes_at(4):
        silence.ends_at = read_time(message.get_message());
        break;
      case bytes_at(5):
        silence.updated_at = read_time(message.get_message());
        break;
      case bytes_at(7): {
        OldComment comment = read_comment(message.get_message());
        if (!old_) old_ = std::move(comment);
        break;
      }
      case bytes_at(8):
        silence.created_by = message.get_string();
        break;
      case bytes_at(9):
        silence.comment = message.get_string();
        break;
      case bytes_at(10):
        read_annotation(message.get_message(), silence.annotations);
        break;
      case bytes_at(11):
        note(read_matcher_set(message.get_message(), silence.matcher_sets.emplace_back()));
        break;
      case bytes_at(12):
        for_receivers_ = true;
        message.skip();
        break;
      default:
        message.skip();
    }
  }

  // As Alertmanager does when it loads the file.
  void finish(Silence& silence) {
    if (silence.matcher_sets.empty() && !legacy_.empty()) silence.matcher_sets.push_back(std::move(legacy_));
    // No start was before every time.
    if (!is_set(silence.starts_at)) silence.starts_at = std::min(TimePoint(), silence.ends_at);
    if (!old_) return;
    silence.created_by = std::move(old_->author);
    silence.comment = std::move(old_->comment);
  }

  void note(Verdict wrong) {
    if (!wrong_) wrong_ = std::move(wrong);
  }

  Verdict wrong_;
  Matchers legacy_;                // field 2: what field 11 was before there were sets
  std::optional<OldComment> old_;  // field 7: the first of what fields 8 and 9 were before 0.15
  bool for_receivers_ = false;
};

// silencepb.MeshSilence; when it may be forgotten is for our own retention to say.
Verdict read_entry(pbf_reader message, Silence& silence) {
  Verdict verdict = "a silence is missing";
  while (message.next()) {
    if (message.tag_and_type() == bytes_at(1)) {
      verdict = SilenceReader().read(message.get_message(), silence);
    } else {
      message.skip();
    }
  }
  return verdict;
}

void read_receiver(pbf_reader message, NflogEntry& entry) {
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_at(1):
        entry.group_name = message.get_string();
        break;
      case bytes_at(2):
        entry.integration = message.get_string();
        break;
      case varint_at(3):
        entry.idx = message.get_uint32();
        break;
      default:
        message.skip();
    }
  }
}

std::string read_data_value(pbf_reader message) {
  std::string value;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_at(1):
        value = message.get_string();
        break;
      case varint_at(2):
        value = std::to_string(message.get_int64());
        break;
      case fixed64_at(3):
        value = fmt::format("{}", message.get_double());
        break;
      default:
        message.skip();
    }
  }
  return value;
}

void read_receiver_data(pbf_reader message, std::map<std::string, std::string>& into) {
  std::string key, value;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_at(1):
        key = message.get_string();
        break;
      case bytes_at(2):
        value = read_data_value(message.get_message());
        break;
      default:
        message.skip();
    }
  }
  into[std::move(key)] = std::move(value);
}

void read_hashes(pbf_reader& message, std::vector<std::uint64_t>& into) {
  for (const std::uint64_t hash : message.get_packed_uint64()) into.push_back(hash);
}

// nflogpb.Entry; fields 3 and 4 were replaced by 6 and 7 long ago.
void read_notification(pbf_reader message, NflogEntry& entry) {
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_at(1):
        entry.group_key = message.get_bytes();
        break;
      case bytes_at(2):
        read_receiver(message.get_message(), entry);
        break;
      case bytes_at(5):
        entry.timestamp = read_time(message.get_message());
        break;
      case bytes_at(6):
        read_hashes(message, entry.firing_alerts);
        break;
      case varint_at(6):
        entry.firing_alerts.push_back(message.get_uint64());
        break;
      case bytes_at(7):
        read_hashes(message, entry.resolved_alerts);
        break;
      case varint_at(7):
        entry.resolved_alerts.push_back(message.get_uint64());
        break;
      case bytes_at(8):
        read_receiver_data(message.get_message(), entry.receiver_data);
        break;
      default:
        message.skip();
    }
  }
}

// nflogpb.MeshEntry
Verdict read_entry(pbf_reader message, NflogEntry& entry) {
  bool found = false;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_at(1):
        read_notification(message.get_message(), entry);
        found = true;
        break;
      case bytes_at(2):
        entry.expires_at = read_time(message.get_message());
        break;
      default:
        message.skip();
    }
  }
  if (!found) return "a notification is missing";
  if (entry.group_key.empty()) return "a notification without group key";
  if (entry.group_name.empty()) return "a notification without receiver";
  return std::nullopt;
}

// A file is one message after the other, each behind its length. Where one cannot be used the next may be;
// where the bytes make no sense, nothing behind them can be trusted.
template <class T>
AlertmanagerSnapshot<T> read_snapshot(std::string_view bytes) {
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

}  // namespace

AlertmanagerSnapshot<Silence> read_silences_snapshot(std::string_view bytes) {
  return read_snapshot<Silence>(bytes);
}

AlertmanagerSnapshot<NflogEntry> read_nflog_snapshot(std::string_view bytes) {
  return read_snapshot<NflogEntry>(bytes);
}

}  // namespace tocsin

// How large a silence is as a protobuf message of Alertmanager (silence/silencepb: MeshSilence), counted
// without writing it.
#include <cstdint>

#include "router/silence.h"
#include "router/time_sum.h"

namespace tocsin {

namespace {

std::size_t varint_bytes(std::uint64_t value) {
  std::size_t bytes = 1;
  for (; value >= 0x80; value >>= 7) ++bytes;
  return bytes;
}

// A field with a length in front. Every field number here is below 16: its tag is one byte.
std::size_t block_bytes(std::size_t content) {
  return 1 + varint_bytes(content) + content;
}

// A scalar field is not written when it is empty.
std::size_t text_bytes(std::string_view text) {
  return text.empty() ? 0 : block_bytes(text.size());
}

std::size_t time_bytes(TimePoint time) {
  auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  auto count = static_cast<std::uint64_t>(seconds.time_since_epoch().count());
  auto rest = static_cast<std::uint64_t>((time - seconds).count());
  std::size_t content = (count == 0 ? 0 : 1 + varint_bytes(count)) + (rest == 0 ? 0 : 1 + varint_bytes(rest));
  return block_bytes(content);
}

std::size_t matcher_bytes(const Matcher& matcher) {
  std::size_t type = matcher.type() == MatchType::kEqual ? 0 : 2;
  return block_bytes(type + text_bytes(matcher.name()) + text_bytes(matcher.value()));
}

}  // namespace

std::size_t silence_bytes(const Silence& silence, Duration retention) {
  std::size_t content = text_bytes(silence.id) + text_bytes(silence.created_by) + text_bytes(silence.comment);
  content += time_bytes(silence.starts_at) + time_bytes(silence.ends_at) + time_bytes(silence.updated_at);
  // Key and value of a map are written even when they are empty.
  for (const auto& [name, value] : silence.annotations) {
    content += block_bytes(block_bytes(name.size()) + block_bytes(value.size()));
  }
  for (const Matchers& set : silence.matcher_sets) {
    std::size_t matchers = 0;
    for (const Matcher& matcher : set) matchers += matcher_bytes(matcher);
    content += block_bytes(matchers);
  }
  return block_bytes(content) + time_bytes(time_sum(silence.ends_at, retention));
}

}  // namespace tocsin

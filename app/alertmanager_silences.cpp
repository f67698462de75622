#include "app/alertmanager_frames.h"

namespace tocsin {
namespace {

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

struct TextPair {
  std::string first, second;
};

// A comment of old (author, text), or an annotation (name, value).
TextPair read_texts(pbf_reader message) {
  TextPair texts;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes_at(1):
        texts.first = message.get_string();
        break;
      case bytes_at(2):
        texts.second = message.get_string();
        break;
      default:
        message.skip();
    }
  }
  return texts;
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
        TextPair comment = read_texts(message.get_message());
        if (!old_) old_ = std::move(comment);
        break;
      }
      case bytes_at(8):
        silence.created_by = message.get_string();
        break;
      case bytes_at(9):
        silence.comment = message.get_string();
        break;
      case bytes_at(10): {
        TextPair annotation = read_texts(message.get_message());
        silence.annotations[std::move(annotation.first)] = std::move(annotation.second);
        break;
      }
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
    silence.created_by = std::move(old_->first);
    silence.comment = std::move(old_->second);
  }

  void note(Verdict wrong) {
    if (!wrong_) wrong_ = std::move(wrong);
  }

  Verdict wrong_;
  Matchers legacy_;              // field 2: what field 11 was before there were sets
  std::optional<TextPair> old_;  // field 7: the first of what fields 8 and 9 were before 0.15
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

}  // namespace

AlertmanagerSnapshot<Silence> read_silences_snapshot(std::string_view bytes) {
  return read_snapshot<Silence>(bytes, read_entry);
}

}  // namespace tocsin

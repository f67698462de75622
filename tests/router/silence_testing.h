// Silences for tests, in few words.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "router/silences.h"
#include "tests/router/router_story.h"

namespace tocsin {

// Matchers as people write them: a="b",c!~"d".
inline Matchers matchers(std::string_view text) {
  return parse_matchers(text, MatcherDialect::kUtf8)->matchers;
}

inline Silence silence(std::string_view text, double start, double end) {
  Silence silence;
  silence.matcher_sets = {matchers(text)};
  silence.starts_at = at(start);
  silence.ends_at = at(end);
  silence.created_by = "ann";
  silence.comment = "deploy";
  return silence;
}

// Silences with the alerts that fire, records that outlive them, and what was said.
struct SilenceStory {
  Silences silences;
  std::vector<Labels> firing;
  std::map<std::string, std::string> records;
  std::vector<Notice> notices;
  int ids = 0;

  Silences::FiringAlerts all_firing() const {
    return [this](const std::function<void(const Labels&)>& tell) {
      for (const Labels& labels : firing) tell(labels);
    };
  }

  template <class Call>
  auto step(Call&& call) {
    RouterOutput out;
    auto finish = [&] {
      for (Record& record : out.records) {
        if (record.value) {
          records[record.key] = *record.value;
        } else {
          records.erase(record.key);
        }
      }
      for (Notice& notice : out.notices) notices.push_back(std::move(notice));
    };
    if constexpr (std::is_void_v<decltype(call(out))>) {
      call(out);
      finish();
    } else {
      auto result = call(out);
      finish();
      return result;
    }
  }

  // New ones are called id1, id2, …
  tl::expected<std::string, SilenceError> sets(Silence wanted, double second) {
    return step([&](RouterOutput& out) {
      return silences.set(std::move(wanted), "id" + std::to_string(++ids), at(second), all_firing(), out);
    });
  }
  tl::expected<void, SilenceError> expires(const std::string& id, double second) {
    return step([&](RouterOutput& out) { return silences.expire(id, at(second), out); });
  }
  void fires(const Labels& labels, double second) {
    firing.push_back(labels);
    step([&](RouterOutput& out) {
      silences.started(labels, at(second), out);
      silences.advance(at(second), out);
    });
  }
  void resolves(const Labels& labels, double second) {
    std::erase(firing, labels);
    step([&](RouterOutput& out) {
      silences.ended(labels, at(second), out);
      silences.advance(at(second), out);
    });
  }
  void advances(double second) {
    step([&](RouterOutput& out) { silences.advance(at(second), out); });
  }
  void restarts(double second) {
    std::vector<Record> kept;
    for (const auto& [key, value] : records) kept.push_back({"silence", key, value});
    silences = Silences();
    step([&](RouterOutput& out) {
      silences.restore(kept, at(second), out);
      for (const Labels& labels : firing) silences.started(labels, at(second), out);
      silences.advance(at(second), out);
    });
  }

  // Kind, id and cause of each notice since the last call.
  std::string said() {
    std::string text;
    for (const Notice& notice : notices) {
      text += std::string(to_string(notice.kind)) + " " + notice.subject;
      if (std::string cause = notice.detail("cause"); !cause.empty()) text += ": " + cause;
      if (notice.detail("change") == "updated") text += ": updated";
      text += "\n";
    }
    notices.clear();
    return text;
  }
};

}  // namespace tocsin

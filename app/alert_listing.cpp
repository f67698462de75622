#include "app/alert_listing.h"

#include <utility>

namespace tocsin {

void AlertListing::take(std::vector<AlertView> views, bool last) {
  const std::lock_guard lock(mutex_);
  parts_.push_back(std::move(views));
  last_taken_ = last;
  changed_.notify_one();
}

bool AlertListing::ends() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !parts_.empty() || last_taken_; });
  return parts_.empty();
}

std::optional<std::vector<AlertView>> AlertListing::next_part() {
  if (ends()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  std::vector<AlertView> part = std::move(parts_.front());
  parts_.pop_front();
  return part;
}

std::string AlertListing::next_piece() {
  if (ended_) return "";
  while (auto part = next_part()) {
    std::string text = write(std::move(*part));
    if (text.empty()) continue;
    if (!std::exchange(begun_, true)) text.front() = '[';
    return text;
  }
  ended_ = true;
  return begun_ ? "]" : "[]";
}

// Those views that the filter takes, each led by a comma. A view is let go of when it is written, while its
// labels are still at hand.
std::string AlertListing::write(std::vector<AlertView> views) {
  constexpr std::size_t kUsualBytes = 700;  // of one alert; what is too much is never touched
  constexpr std::size_t kAhead = 8;
  std::string text;
  text.reserve(views.size() * kUsualBytes);
  for (std::size_t i = 0; i < views.size(); ++i) {
    if (i + kAhead < views.size()) {
      views[i + kAhead].alert.labels.prefetch();
      views[i + kAhead].alert.annotations.prefetch();
    }
    if (filter_.takes(views[i], json_.now()) && filter_.receivers().takes_any(views[i].receivers)) {
      text += ',';
      json_.append(views[i], text);
    }
    views[i] = {};
  }
  return text;
}

}  // namespace tocsin

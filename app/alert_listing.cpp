#include "app/alert_listing.h"

#include <algorithm>
#include <utility>

namespace tocsin {

AlertListing::~AlertListing() {
  {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
  }
  changed_.notify_all();
  if (helper_.joinable()) helper_.join();
}

void AlertListing::take(std::vector<AlertView> views, bool last) {
  const std::lock_guard lock(mutex_);
  parts_.push_back({std::move(views), "", Part::State::kWaiting});
  last_taken_ = last;
  changed_.notify_all();
}

bool AlertListing::ends() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !parts_.empty() || last_taken_; });
  return parts_.empty();
}

void AlertListing::get_help() {
  // A copy of its own, made here: from now on the one that answers writes with json_.
  if (!helper_.joinable()) helper_ = std::thread([this, json = json_] { help(json); });
}

// Leaves the first part alone: whoever needs it next writes it.
void AlertListing::help(AlertJson json) {
  std::unique_lock lock(mutex_);
  while (true) {
    Part* part = nullptr;
    changed_.wait(lock, [&] {
      const auto waits = [](const Part& it) { return it.state == Part::State::kWaiting; };
      const auto found =
          parts_.empty() ? parts_.end() : std::find_if(parts_.begin() + 1, parts_.end(), waits);
      part = found == parts_.end() ? nullptr : &*found;
      return abandoned_ || part != nullptr || (last_taken_ && parts_.size() < 2);
    });
    if (abandoned_ || part == nullptr) return;
    part->state = Part::State::kTaken;
    lock.unlock();
    std::string text = write(std::move(part->views), json);
    lock.lock();
    part->text = std::move(text);
    part->state = Part::State::kWritten;
    changed_.notify_all();
  }
}

// nullopt behind the last.
std::optional<std::string> AlertListing::next_text() {
  std::unique_lock lock(mutex_);
  changed_.wait(
      lock, [this] { return parts_.empty() ? last_taken_ : parts_.front().state != Part::State::kTaken; });
  if (parts_.empty()) return std::nullopt;
  Part part = std::move(parts_.front());
  parts_.pop_front();
  lock.unlock();
  return part.state == Part::State::kWritten ? std::move(part.text) : write(std::move(part.views), json_);
}

std::string AlertListing::next_piece() {
  if (ended_) return "";
  while (auto text = next_text()) {
    if (text->empty()) continue;
    if (!std::exchange(begun_, true)) text->front() = '[';
    return std::move(*text);
  }
  ended_ = true;
  return begun_ ? "]" : "[]";
}

// Those views that the filter takes, each led by a comma. A view is let go of when it is written, while its
// labels are still at hand.
std::string AlertListing::write(std::vector<AlertView> views, AlertJson& json) const {
  constexpr std::size_t kUsualBytes = 700;  // of one alert; what is too much is never touched
  constexpr std::size_t kAhead = 8;
  std::string text;
  text.reserve(views.size() * kUsualBytes);
  for (std::size_t i = 0; i < views.size(); ++i) {
    if (i + kAhead < views.size()) {
      views[i + kAhead].alert.labels.prefetch();
      views[i + kAhead].alert.annotations.prefetch();
    }
    if (filter_.takes(views[i], json.now()) && filter_.receivers().takes_any(views[i].receivers)) {
      text += ',';
      json.append(views[i], text);
    }
    views[i] = {};
  }
  return text;
}

}  // namespace tocsin

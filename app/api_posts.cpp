#include "app/api_posts.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/api_answer.h"
#include "app/posted_alerts_reader.h"
#include "core/utf8.h"

namespace tocsin {
namespace {

constexpr std::size_t kMistakesNamed = 20;  // in one answer; the rest is counted
constexpr std::size_t kLabelRunesShown = 500;

// The reader's mistakes and the router's, in the order of the alerts in the request.
std::vector<PostedMistake> all_mistakes(PostedBatch&& batch, const std::vector<PostedError>& errors) {
  std::vector<PostedMistake> mistakes = std::move(batch.mistakes);
  for (const PostedError& error : errors) {
    mistakes.push_back(
        {batch.indices[error.index], batch.alerts[error.index].labels.to_string(), error.message});
  }
  std::sort(mistakes.begin(), mistakes.end(),
            [](const PostedMistake& a, const PostedMistake& b) { return a.index < b.index; });
  return mistakes;
}

std::string describe(const std::vector<PostedMistake>& mistakes) {
  std::string text;
  for (std::size_t i = 0; i < std::min(mistakes.size(), kMistakesNamed); ++i) {
    const PostedMistake& mistake = mistakes[i];
    if (i > 0) text += "; ";
    text += fmt::format("alert {}", mistake.index);
    if (!mistake.labels.empty()) text += " " + truncate_runes(mistake.labels, kLabelRunesShown);
    text += ": " + truncate_runes(mistake.message, kLabelRunesShown);
  }
  if (mistakes.size() > kMistakesNamed)
    text += fmt::format("; and {} more", mistakes.size() - kMistakesNamed);
  return text;
}

}  // namespace

HttpAnswer post_alerts(ApiBackend& backend, const HttpQuery& query) {
  if (auto refusal = refuse_unless_json(query)) return std::move(*refusal);
  if (query.body.empty()) return v2_schema_error(kCodeRequired, "alerts in body is required");
  auto batch = read_posted_batch(query.body);
  if (!batch) return v2_schema_error(400, batch.error().message);

  const TimePoint now = backend.now();
  PostedAlerts posted =
      read_posted_alerts(batch->alerts, backend.resolve_timeout(), backend.name_scheme(), now);
  const auto mistakes = all_mistakes(std::move(*batch), posted.errors);
  PostedCounts counts;
  counts.invalid = mistakes.size();
  for (const Alert& alert : posted.alerts) ++(alert.resolved_at(now) ? counts.resolved : counts.firing);

  if (!posted.alerts.empty() && backend.offer(std::move(posted.alerts)) == OfferAnswer::kTooBusy) {
    HttpAnswer later = v2_error(429, "too many alerts wait to be taken: send them again later");
    later.headers.emplace_back("Retry-After", "1");
    return later;
  }
  backend.count_posted(counts);
  const auto lacks_labels = [](const PostedMistake& mistake) { return mistake.message == kLabelsMissing; };
  if (std::ranges::any_of(mistakes, lacks_labels)) return v2_schema_error(kCodeRequired, describe(mistakes));
  if (!mistakes.empty()) return v2_error(400, describe(mistakes));
  return {200, "", "", {}};
}

}  // namespace tocsin

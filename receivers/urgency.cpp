#include "receivers/urgency.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <string_view>

#include "receivers/text_limits.h"

namespace tocsin {
namespace {

Urgency urgency_of(const std::string& severity) {
  static const std::map<std::string_view, Urgency> kWords = {
      {"critical", Urgency::kCritical}, {"page", Urgency::kCritical},     {"emergency", Urgency::kCritical},
      {"fatal", Urgency::kCritical},    {"disaster", Urgency::kCritical}, {"error", Urgency::kError},
      {"high", Urgency::kError},        {"major", Urgency::kError},       {"info", Urgency::kInfo},
      {"notice", Urgency::kInfo},       {"low", Urgency::kInfo},          {"debug", Urgency::kInfo},
      {"none", Urgency::kInfo}};
  std::string lower = severity;
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const auto word = kWords.find(lower);
  return word == kWords.end() ? Urgency::kWarning : word->second;
}

}  // namespace

Urgency urgency_of(const NotificationData& data) {
  Urgency out = Urgency::kResolved;
  for (const AlertData& alert : data.alerts) {
    if (!alert.firing) continue;
    const auto severity = alert.labels.find("severity");
    out = std::max(out, urgency_of(severity == alert.labels.end() ? std::string() : severity->second));
  }
  return out;
}

int priority_of(const TemplateField& field, MessageWriter& writer, int least, int most, int by_urgency) {
  if (field.text.empty()) return by_urgency;
  const std::string text = on_one_line(writer.text(field, std::to_string(by_urgency)));
  int number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  if (whole && number >= least && number <= most) return number;
  if (!text.empty()) {
    writer.warn(field.key + " is \"" + cut_to_runes(text, 40) + "\", not a number from " +
                std::to_string(least) + " to " + std::to_string(most));
  }
  return by_urgency;
}

}  // namespace tocsin

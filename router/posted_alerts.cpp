#include "router/posted_alerts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace tocsin {

namespace {

Labels without_empty_values(const Labels& labels) {
  bool any = false;
  for (Label label : labels) any |= label.value.empty();
  if (!any) return labels;
  std::vector<Label> kept;
  for (Label label : labels) {
    if (!label.value.empty()) kept.push_back(label);
  }
  return Labels::from(std::move(kept));
}

bool is_name(std::string_view name, NameScheme scheme) {
  if (scheme == NameScheme::kLegacy) return is_legacy_label_name(name);
  return !name.empty() && is_valid_utf8(name);
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Names are quoted as Go quotes, so that bad bytes show.
std::optional<std::string> mistake(const Labels& labels, std::string_view what, NameScheme scheme) {
  // The rule, and quickly seen: then no piece can be bad UTF-8. Names come in order, an empty one first.
  if (scheme == NameScheme::kUtf8 && is_ascii(labels.values_text()) && is_ascii(labels.names_text()) &&
      (labels.empty() || !labels[0].name.empty()))
    return std::nullopt;
  for (Label label : labels) {
    if (!is_name(label.name, scheme)) return fmt::format("invalid {} name {}", what, go_quote(label.name));
    if (!is_valid_utf8(label.value)) {
      return fmt::format("the value of {} {} is not UTF-8: {}", what, go_quote(label.name),
                         go_quote(label.value));
    }
  }
  return std::nullopt;
}

std::optional<std::string> mistake(const Alert& alert, NameScheme scheme) {
  if (alert.ends_at < alert.starts_at) {
    return fmt::format("endsAt {} is before startsAt {}", format_rfc3339(alert.ends_at),
                       format_rfc3339(alert.starts_at));
  }
  if (alert.labels.empty()) return "at least one label with a value is required";
  if (auto bad = mistake(alert.labels, "label", scheme)) return bad;
  return mistake(alert.annotations, "annotation", scheme);
}

Alert with_defaults(const PostedAlert& posted, Duration resolve_timeout, TimePoint now) {
  Alert alert;
  alert.labels = without_empty_values(posted.labels);
  alert.annotations = posted.annotations;
  alert.generator_url = posted.generator_url;
  alert.updated_at = now;
  alert.origin = AlertOrigin::kExternal;
  alert.starts_at = posted.starts_at;
  alert.ends_at = posted.ends_at;
  if (!is_set(alert.starts_at)) alert.starts_at = is_set(alert.ends_at) ? alert.ends_at : now;
  if (!is_set(alert.ends_at)) {
    alert.ends_at = now + resolve_timeout;
    alert.ends_at_assumed = true;
  }
  return alert;
}

}  // namespace

PostedAlerts read_posted_alerts(std::span<const PostedAlert> posted, Duration resolve_timeout,
                                NameScheme scheme, TimePoint now) {
  PostedAlerts out;
  out.alerts.reserve(posted.size());
  for (std::size_t i = 0; i < posted.size(); ++i) {
    Alert alert = with_defaults(posted[i], resolve_timeout, now);
    if (auto message = mistake(alert, scheme)) {
      out.errors.push_back({i, std::move(*message)});
    } else {
      out.alerts.push_back(std::move(alert));
    }
  }
  return out;
}

}  // namespace tocsin

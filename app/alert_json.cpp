#include "app/alert_json.h"

#include "core/json.h"

namespace tocsin {
namespace {

// What is neither silenced nor inhibited nor muted is active, also before a flush has looked at it:
// Alertmanager judges an alert when it is asked, and its clients take "unprocessed" for something that nobody
// will hear of.
std::string_view state_of(const AlertView& view) {
  return view.status == AlertStatus::kSuppressed ? "suppressed" : "active";
}

void append_names(const SharedNames& names, std::string& out) {
  bool first = true;
  for (const std::string& name : names) {
    if (!first) out += ',';
    first = false;
    append_json_string(out, name);
  }
}

void append_status(const AlertView& view, std::string& out) {
  if (view.inhibited_by.empty() && view.muted_by.empty() && view.silenced_by.empty() &&
      view.status != AlertStatus::kSuppressed) {  // nearly all
    out += R"({"inhibitedBy":[],"mutedBy":[],"silencedBy":[],"state":"active"})";
    return;
  }
  out += R"({"inhibitedBy":[)";
  append_names(view.inhibited_by, out);
  out += R"(],"mutedBy":[)";
  append_names(view.muted_by, out);
  out += R"(],"silencedBy":[)";
  append_names(view.silenced_by, out);
  out += R"(],"state":)";
  append_json_string(out, state_of(view));
  out += '}';
}

}  // namespace

std::string_view AlertJson::write(TimePoint at, Written& last) {
  if (last.text.empty() || last.at != at) last = {at, format_rfc3339_millis(at)};
  return last.text;
}

void AlertJson::append(const AlertView& view, std::string& out) {
  const Alert& alert = view.alert;
  // An alert of our own rules fires until there is evidence that it ended: its end is unknown. Clients expect
  // a time ahead, so they get the one that Prometheus would give: the moment until which it fires if nothing
  // more were heard.
  const TimePoint ends_at = is_set(alert.ends_at) ? alert.ends_at : now_ + resolve_timeout_;
  const TimePoint updated_at = is_set(alert.updated_at) ? alert.updated_at : alert.starts_at;
  out += R"({"annotations":)";
  append_json_labels(out, alert.annotations);
  out += R"(,"endsAt":")";
  out += write(ends_at, ends_at_);
  out += R"(","fingerprint":")";
  out += alert.labels.fingerprint_hex();
  out += R"(","receivers":[)";
  bool first = true;
  for (const std::string& name : view.receivers) {
    out += first ? R"({"name":)" : R"(,{"name":)";
    first = false;
    append_json_string(out, name);
    out += '}';
  }
  out += R"(],"startsAt":")";
  out += write(alert.starts_at, starts_at_);
  out += R"(","status":)";
  append_status(view, out);
  out += R"(,"updatedAt":")";
  out += write(updated_at, updated_at_);
  out += '"';
  if (!alert.generator_url.empty()) {
    out += R"(,"generatorURL":)";
    append_json_string(out, alert.generator_url);
  }
  out += R"(,"labels":)";
  append_json_labels(out, alert.labels);
  out += '}';
}

}  // namespace tocsin

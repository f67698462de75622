#include "app/listed_silence.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/posted_silence_reader.h"
#include "app/text_table.h"
#include "core/duration.h"

namespace tocsin {
namespace {

Result<ListedSilence> read_one(const JsonValue& json) {
  // A silence is listed in the shape in which it is posted, and a few fields more.
  auto silence = read_posted_silence(json_text(json), SilencePurpose::kSet);
  if (!silence) {
    return fail(
        fmt::format("the server's list of silences cannot be understood: {}", json_text(json.find("id"))));
  }
  if (const auto updated = parse_rfc3339(json.text("updatedAt"))) silence->updated_at = *updated;
  return ListedSilence{std::move(*silence), json};
}

std::string matchers_of(const Silence& silence, OutputForm form) {
  std::string text;
  for (const Matchers& set : silence.matcher_sets) {
    if (!text.empty()) text += " or ";
    if (form == OutputForm::kExtended) {
      text += to_string(set);
      continue;
    }
    for (std::size_t i = 0; i < set.size(); ++i) text += (i == 0 ? "" : " ") + set[i].to_string();
  }
  return text;
}

// What may end it earlier than it says belongs to its end.
std::string end_of(const Silence& silence, const ApiSettings& settings) {
  std::string text = format_date(silence.ends_at, settings);
  if (silence.until_resolved) text += ", or when resolved";
  if (silence.expire_when_idle > Duration::zero()) {
    text += ", or when idle for " + format_prometheus_duration(silence.expire_when_idle);
  }
  return text;
}

std::string json_list(const std::vector<ListedSilence>& silences) {
  JsonWriter json;
  json.begin_array();
  for (const ListedSilence& one : silences) json.raw(json_text(one.json));
  return json.end_array().take() + "\n";
}

}  // namespace

Result<std::vector<ListedSilence>> read_listed_silences(std::string_view body) {
  const auto json = JsonValue::parse(body);
  if (!json || json->kind() != JsonValue::Kind::kArray) {
    return fail("the server's answer is no list of silences (does --url name a Tocsin or an Alertmanager?)");
  }
  std::vector<ListedSilence> silences;
  for (const JsonValue& item : json->array()) {
    auto one = read_one(item);
    if (!one) return tl::unexpected(one.error());
    silences.push_back(std::move(*one));
  }
  return silences;
}

Result<ListedSilence> read_listed_silence(std::string_view body) {
  const auto json = JsonValue::parse(body);
  if (!json) return fail("the server's answer is no silence (does --url name a Tocsin or an Alertmanager?)");
  return read_one(*json);
}

std::string silences_text(std::vector<ListedSilence> silences, const ApiSettings& settings) {
  if (settings.output == OutputForm::kJson) return json_list(silences);
  std::stable_sort(silences.begin(), silences.end(), [](const ListedSilence& a, const ListedSilence& b) {
    return a.silence.ends_at < b.silence.ends_at;
  });
  const bool extended = settings.output == OutputForm::kExtended;
  TextTable table(extended ? std::vector<std::string>{"ID", "Matchers", "Starts At", "Ends At", "Updated At",
                                                      "Created By", "Comment"}
                           : std::vector<std::string>{"ID", "Matchers", "Ends At", "Created By", "Comment"});
  for (const ListedSilence& one : silences) {
    const Silence& silence = one.silence;
    std::vector<std::string> cells{silence.id, matchers_of(silence, settings.output)};
    if (extended) cells.push_back(format_date(silence.starts_at, settings));
    cells.push_back(end_of(silence, settings));
    if (extended) cells.push_back(format_date(silence.updated_at, settings));
    cells.push_back(silence.created_by);
    cells.push_back(silence.comment);
    table.add(std::move(cells));
  }
  return table.text();
}

std::string posted_again(const ListedSilence& listed, const std::map<std::string, std::string>& changed) {
  JsonWriter json;
  json.begin_object();
  for (const auto& [name, value] : listed.json.object()) {
    if (name == "status" || name == "updatedAt" || changed.contains(name)) continue;
    json.key(name).raw(json_text(value));
  }
  for (const auto& [name, text] : changed) json.field(name, text);
  return json.end_object().take();
}

}  // namespace tocsin

#include "receivers/notification_objects.h"

#include "receivers/page_object.h"

namespace tocsin {
namespace {

using tmpl::ElementType;
using tmpl::Function;
using tmpl::ListData;
using tmpl::MapData;
using tmpl::Value;
using Pairs = std::vector<std::pair<std::string, std::string>>;
using FunctionPointer = std::shared_ptr<const Function>;

template <class T, class... A>
Value make_object(A&&... arguments) {
  return Value::object(std::make_shared<const T>(std::forward<A>(arguments)...));
}

Value time_value(TimePoint time) {
  return Value::time(is_set(time) ? tmpl::Time(time) : tmpl::Time());
}

// A list of strings with a Join method: {{ .GroupLabels.Values.Join ":" }}.
class StringsObject final : public NotificationObject {
 public:
  explicit StringsObject(std::vector<std::string> items)
      : items_(std::move(items)), list_(values(), ElementType::string) {}
  std::string type_name() const override { return "template.Strings"; }
  const ListData* as_list() const override { return &list_; }
  FunctionPointer method(std::string_view name) const override {
    if (name != "Join") return nullptr;
    return tmpl::make_function([items = items_](const std::string& separator) {
      std::string out;
      for (std::size_t i = 0; i < items.size(); ++i) out += (i == 0 ? "" : separator) + items[i];
      return out;
    });
  }
  void write_json(JsonWriter& json) const override {
    json.begin_array();
    for (const std::string& item : items_) json.string(item);
    json.end_array();
  }

 private:
  Value::List values() const {
    Value::List out;
    for (const std::string& item : items_) out.push_back(Value::string(item));
    return out;
  }
  std::vector<std::string> items_;
  ListData list_;
};

class PairObject final : public NotificationObject {
 public:
  PairObject(std::string name, std::string value) : name_(std::move(name)), value_(std::move(value)) {}
  std::string type_name() const override { return "template.Pair"; }
  Fields fields() const override {
    return {{"Name", Value::string(name_)}, {"Value", Value::string(value_)}};
  }
  void write_json(JsonWriter& json) const override {
    json.begin_object().field("Name", name_).field("Value", value_).end_object();
  }

 private:
  std::string name_, value_;
};

std::string pairs_text(const Pairs& pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) out += (out.empty() ? "" : ", ") + name + "=" + value;
  return out;
}

Value names_of(const Pairs& pairs) {
  std::vector<std::string> out;
  for (const auto& pair : pairs) out.push_back(pair.first);
  return make_object<StringsObject>(std::move(out));
}

Value values_of(const Pairs& pairs) {
  std::vector<std::string> out;
  for (const auto& pair : pairs) out.push_back(pair.second);
  return make_object<StringsObject>(std::move(out));
}

class PairsObject final : public NotificationObject {
 public:
  explicit PairsObject(Pairs pairs) : pairs_(std::move(pairs)), list_(values(), ElementType::any) {}
  std::string type_name() const override { return "template.Pairs"; }
  const ListData* as_list() const override { return &list_; }
  std::optional<std::string> text() const override { return pairs_text(pairs_); }
  FunctionPointer method(std::string_view name) const override {
    if (name == "Names") return tmpl::make_function([pairs = pairs_]() { return names_of(pairs); });
    if (name == "Values") return tmpl::make_function([pairs = pairs_]() { return values_of(pairs); });
    if (name == "String") return tmpl::make_function([pairs = pairs_]() { return pairs_text(pairs); });
    return nullptr;
  }
  void write_json(JsonWriter& json) const override {
    json.begin_array();
    for (const auto& [name, value] : pairs_)
      json.begin_object().field("Name", name).field("Value", value).end_object();
    json.end_array();
  }

 private:
  Value::List values() const {
    Value::List out;
    for (const auto& [name, value] : pairs_) out.push_back(make_object<PairObject>(name, value));
    return out;
  }
  Pairs pairs_;
  ListData list_;
};

class KeyValuesObject final : public NotificationObject {
 public:
  explicit KeyValuesObject(KeyValues pairs)
      : pairs_(std::move(pairs)), map_(entries(), ElementType::string) {}
  std::string type_name() const override { return "template.KV"; }
  const MapData* as_map() const override { return &map_; }
  std::optional<std::string> text() const override { return pairs_text(sorted_pairs(pairs_)); }
  FunctionPointer method(std::string_view name) const override {
    if (name == "SortedPairs") {
      return tmpl::make_function(
          [pairs = pairs_]() { return make_object<PairsObject>(sorted_pairs(pairs)); });
    }
    if (name == "Remove") {
      return tmpl::make_function([pairs = pairs_](const std::vector<std::string>& names) {
        KeyValues kept = pairs;
        for (const std::string& gone : names) kept.erase(gone);
        return make_object<KeyValuesObject>(std::move(kept));
      });
    }
    if (name == "Names")
      return tmpl::make_function([pairs = pairs_]() { return names_of(sorted_pairs(pairs)); });
    if (name == "Values")
      return tmpl::make_function([pairs = pairs_]() { return values_of(sorted_pairs(pairs)); });
    if (name == "String")
      return tmpl::make_function([pairs = pairs_]() { return pairs_text(sorted_pairs(pairs)); });
    return nullptr;
  }
  void write_json(JsonWriter& json) const override { tocsin::write_json(json, pairs_); }

 private:
  Value::Map entries() const {
    Value::Map out;
    for (const auto& [name, value] : pairs_) out.emplace(name, Value::string(value));
    return out;
  }
  KeyValues pairs_;
  MapData map_;
};

class AlertObject final : public NotificationObject {
 public:
  explicit AlertObject(const AlertData& alert)
      : alert_(alert),
        fields_{{"Status", Value::string(alert.firing ? "firing" : "resolved")},
                {"Labels", key_values_object(alert.labels)},
                {"Annotations", key_values_object(alert.annotations)},
                {"StartsAt", time_value(alert.starts_at)},
                {"EndsAt", time_value(alert.ends_at)},
                {"GeneratorURL", Value::string(alert.generator_url)},
                {"Fingerprint", Value::string(alert.fingerprint)}} {}
  std::string type_name() const override { return "template.Alert"; }
  Fields fields() const override { return fields_; }
  std::optional<Value> field(std::string_view name) const override {
    for (const auto& [field_name, value] : fields_) {
      if (field_name == name) return value;
    }
    // Not among the fields: what prints whole alerts prints them as it always did.
    if (name == "Change") return Value::string(std::string(to_string(alert_.change)));
    return std::nullopt;
  }
  void write_json(JsonWriter& json) const override { tocsin::write_json(json, alert_); }
  bool firing() const { return alert_.firing; }
  AlertChange change() const { return alert_.change; }

 private:
  AlertData alert_;
  Fields fields_;
};

class AlertsObject final : public NotificationObject {
 public:
  explicit AlertsObject(const std::vector<AlertData>& alerts) : AlertsObject(objects(alerts)) {}
  std::string type_name() const override { return "template.Alerts"; }
  const ListData* as_list() const override { return &list_; }
  FunctionPointer method(std::string_view name) const override {
    if (name == "Firing") return tmpl::make_function([list = firing_]() { return list; });
    if (name == "Resolved") return tmpl::make_function([list = resolved_]() { return list; });
    return nullptr;
  }
  void write_json(JsonWriter& json) const override {
    json.begin_array();
    for (const auto& alert : alerts_) alert->write_json(json);
    json.end_array();
  }
  Value that_changed(AlertChange change) const {
    Value::List out;
    for (const auto& alert : alerts_) {
      if (alert->change() == change) out.push_back(Value::object(alert));
    }
    return Value::list(std::move(out));
  }

 private:
  using Objects = std::vector<std::shared_ptr<const AlertObject>>;
  enum class Which { kAll, kFiring, kResolved };
  explicit AlertsObject(Objects alerts)
      : alerts_(std::move(alerts)),
        list_(values(Which::kAll), ElementType::any),
        firing_(Value::list(values(Which::kFiring))),
        resolved_(Value::list(values(Which::kResolved))) {}
  static Objects objects(const std::vector<AlertData>& alerts) {
    Objects out;
    for (const AlertData& alert : alerts) out.push_back(std::make_shared<const AlertObject>(alert));
    return out;
  }
  Value::List values(Which which) const {
    Value::List out;
    for (const auto& alert : alerts_) {
      const bool wanted = which == Which::kAll || alert->firing() == (which == Which::kFiring);
      if (wanted) out.push_back(Value::object(alert));
    }
    return out;
  }
  Objects alerts_;
  ListData list_;
  Value firing_, resolved_;
};

// The alerts become objects when a template first asks for them: in a storm they are what costs.
class DataObject final : public NotificationObject {
 public:
  DataObject(std::shared_ptr<const NotificationData> whole, TimePoint now)
      : whole_(std::move(whole)),
        now_(now),
        others_{{"Receiver", Value::string(whole_->receiver)},
                {"Status", Value::string(whole_->firing ? "firing" : "resolved")},
                {"NotificationReason", Value::string(whole_->reason)},
                {"GroupLabels", key_values_object(whole_->group_labels)},
                {"CommonLabels", key_values_object(whole_->common_labels)},
                {"CommonAnnotations", key_values_object(whole_->common_annotations)},
                {"RouteLabels", key_values_object(whole_->route_labels)},
                {"ExternalURL", Value::string(whole_->external_url)}} {}
  std::string type_name() const override { return "*template.Data"; }
  Fields fields() const override {
    Fields out = others_;
    out.insert(out.begin() + 2, {"Alerts", Value::object(alerts())});
    return out;
  }
  std::optional<Value> field(std::string_view name) const override {
    for (const auto& [field_name, value] : others_) {
      if (field_name == name) return value;
    }
    if (name == "Alerts") return Value::object(alerts());
    // What is ours alone can be asked for, but does not show where a template prints the whole.
    if (name == "MessageRef") return Value::string(whole_->message_ref);
    if (name == "GroupKey") return Value::string(whole_->group_key);
    if (name == "NotificationID") return Value::string(whole_->notification_id);
    if (name != "Tocsin") return std::nullopt;
    if (!page_) {
      page_ = page_object(whole_, now_, [whole = whole_](AlertChange change) {
        return AlertsObject(whole->alerts).that_changed(change);
      });
    }
    return page_;
  }
  void write_json(JsonWriter& json) const override {
    const NotificationData& data = *whole_;
    json.begin_object().field("receiver", data.receiver).field("status", data.firing ? "firing" : "resolved");
    alerts()->write_json(json.key("alerts"));
    json.field("notification_reason", data.reason);
    tocsin::write_json(json.key("groupLabels"), data.group_labels);
    tocsin::write_json(json.key("commonLabels"), data.common_labels);
    tocsin::write_json(json.key("commonAnnotations"), data.common_annotations);
    tocsin::write_json(json.key("routeLabels"), data.route_labels);
    json.field("externalURL", data.external_url).end_object();
  }

 private:
  const std::shared_ptr<const AlertsObject>& alerts() const {
    if (!alerts_) alerts_ = std::make_shared<const AlertsObject>(whole_->alerts);
    return alerts_;
  }
  std::shared_ptr<const NotificationData> whole_;
  TimePoint now_;
  Fields others_;
  mutable std::shared_ptr<const AlertsObject> alerts_;
  mutable std::optional<Value> page_;
};

}  // namespace

tmpl::Value key_values_object(const KeyValues& pairs) {
  return make_object<KeyValuesObject>(pairs);
}

tmpl::Value notification_object(std::shared_ptr<const NotificationData> data, TimePoint now) {
  return make_object<DataObject>(std::move(data), now);
}

}  // namespace tocsin

// How templates see a notification: `.Receiver`, `.Alerts.Firing`, `.Labels.SortedPairs` and so on, with the
// types and methods that Alertmanager documents, and `.Tocsin` beside them (page_object). A NotificationView
// is made once per notification and shared by all templates of an integration, on one thread.
#pragma once

#include <memory>
#include <optional>

#include "core/json.h"
#include "core/template/object.h"
#include "core/template/value.h"
#include "receivers/notification_data.h"

namespace tocsin {

// An object of ours in templates, with the JSON that Alertmanager's webhooks have for it.
class NotificationObject : public tmpl::Object {
 public:
  virtual void write_json(JsonWriter&) const = 0;
  std::optional<std::string> json() const override {
    JsonWriter json;
    write_json(json);
    return json.take();
  }
};

tmpl::Value key_values_object(const KeyValues&);
tmpl::Value notification_object(std::shared_ptr<const NotificationData>, TimePoint now);

class NotificationView {
 public:
  NotificationView(NotificationData data, TimePoint now)
      : data_(std::make_shared<const NotificationData>(std::move(data))), now_(now) {}
  const NotificationData& data() const { return *data_; }
  // Made when a template first asks for it: it costs more than the rest of a plain webhook's message.
  const tmpl::Value& value() const {
    if (!value_) value_ = notification_object(data_, now_);
    return *value_;
  }
  TimePoint now() const { return now_; }  // what the functions `now` and `since` go by

 private:
  std::shared_ptr<const NotificationData> data_;
  mutable std::optional<tmpl::Value> value_;
  TimePoint now_;
};

}  // namespace tocsin

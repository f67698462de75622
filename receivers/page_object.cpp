#include "receivers/page_object.h"

#include <limits>

#include "receivers/page_html.h"
#include "receivers/page_text.h"

namespace tocsin {
namespace {

using tmpl::Value;

class PageObject final : public NotificationObject {
 public:
  PageObject(std::shared_ptr<const NotificationData> data, TimePoint now,
             std::function<Value(AlertChange)> alerts_that)
      : data_(std::move(data)), now_(now), alerts_that_(std::move(alerts_that)) {}
  std::string type_name() const override { return "*tocsin.Page"; }
  std::optional<Value> field(std::string_view name) const override;
  std::shared_ptr<const tmpl::Function> method(std::string_view name) const override;
  void write_json(JsonWriter& json) const override {
    json.begin_object().field("title", page().title(std::numeric_limits<std::size_t>::max()));
    json.field("delta", page().delta()).field("severity", to_string(page().severity)).end_object();
  }

 private:
  const Page& page() const {
    if (!page_) page_ = std::make_shared<const Page>(make_page(*data_, now_));
    return *page_;
  }
  std::shared_ptr<const NotificationData> data_;
  TimePoint now_;
  std::function<Value(AlertChange)> alerts_that_;
  mutable std::shared_ptr<const Page> page_;
};

std::optional<Value> PageObject::field(std::string_view name) const {
  if (name == "Delta") return Value::string(page().delta());
  if (name == "Subject") return Value::string(page().about());
  if (name == "Footer") return Value::string(page().footer);
  if (name == "Severity") return Value::string(std::string(to_string(page().severity)));
  if (name == "Trend") return Value::string(page().trend);
  if (name == "HTML") return Value::string(page_html(page()), tmpl::StringType::html);
  if (name == "New") return alerts_that_(AlertChange::kNew);
  if (name == "Resolved") return alerts_that_(AlertChange::kResolved);
  if (name == "Unchanged") return alerts_that_(AlertChange::kUnchanged);
  if (name == "TimesNotified") return Value::integer(data_->times_notified);
  if (name == "FirstFired")
    return Value::time(is_set(data_->first_fired_at) ? tmpl::Time(data_->first_fired_at) : tmpl::Time());
  if (name == "SilenceURL") return Value::string(silence_url(*data_));
  if (name == "GroupURL") return Value::string(group_url(*data_));
  if (name == "ExplainURL") return Value::string(explain_url(*data_));
  return std::nullopt;
}

// No arguments, a number of characters, or a number and "bytes".
Result<TextLimit> limit_of(const Value::List& arguments) {
  TextLimit limit;
  if (arguments.empty()) return limit;
  if (arguments[0].kind() != tmpl::Kind::integer || arguments[0].as_integer() < 1)
    return fail("the limit of a text must be a number greater than 0");
  limit.most = static_cast<std::size_t>(arguments[0].as_integer());
  if (arguments.size() == 1) return limit;
  if (arguments.size() > 2 || arguments[1].kind() != tmpl::Kind::string ||
      arguments[1].as_string() != "bytes")
    return fail("after the limit of a text only \"bytes\" can follow");
  limit.unit = TextLimit::Unit::kBytes;
  return limit;
}

std::shared_ptr<const tmpl::Function> PageObject::method(std::string_view name) const {
  const auto as_text = [this](PageMarkup markup, tmpl::StringType type) {
    return tmpl::make_function(
        [page = (page(), page_), markup, type](const Value::List& arguments) -> Result<Value> {
          const Result<TextLimit> limit = limit_of(arguments);
          if (!limit) return fail(limit.error().message);
          return Value::string(page_text(*page, markup, *limit), type);
        });
  };
  if (name == "Text") return as_text(PageMarkup::kPlain, tmpl::StringType::plain);
  if (name == "Markdown") return as_text(PageMarkup::kMarkdown, tmpl::StringType::plain);
  if (name == "List") return as_text(PageMarkup::kMarkdownList, tmpl::StringType::plain);
  if (name == "Slack") return as_text(PageMarkup::kSlack, tmpl::StringType::plain);
  if (name == "TelegramHTML") return as_text(PageMarkup::kTelegramHtml, tmpl::StringType::html);
  if (name != "Title") return nullptr;
  return tmpl::make_function([page = (page(), page_)](const Value::List& arguments) -> Result<Value> {
    const Result<TextLimit> limit = limit_of(arguments);
    if (!limit) return fail(limit.error().message);
    return Value::string(page->title(limit->most));
  });
}

}  // namespace

tmpl::Value page_object(std::shared_ptr<const NotificationData> data, TimePoint now,
                        std::function<tmpl::Value(AlertChange)> alerts_that) {
  return Value::object(std::make_shared<const PageObject>(std::move(data), now, std::move(alerts_that)));
}

}  // namespace tocsin

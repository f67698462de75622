#include "app/api_flags.h"

#include <fmt/format.h>

#include <initializer_list>

#include "app/duration_argument.h"
#include "core/labels.h"
#include "core/template/go_time_format.h"

namespace tocsin {
namespace {

// The first that is said at all; "" where none is.
std::string first_of(std::initializer_list<std::string> texts) {
  for (const std::string& text : texts) {
    if (!text.empty()) return text;
  }
  return "";
}

std::string value_in(const AmtoolConfig& config, const std::string& flag) {
  const auto found = config.find(flag);
  return found == config.end() ? "" : found->second;
}

}  // namespace

Result<OutputForm> parse_output_form(const std::string& text) {
  if (text == "simple") return OutputForm::kSimple;
  if (text == "extended") return OutputForm::kExtended;
  if (text == "json") return OutputForm::kJson;
  return fail(fmt::format("unknown output {} (write simple, extended or json)", go_quote(text)));
}

Result<ApiSettings> settle(const ApiFlags& flags, const AmtoolConfig& config,
                           const Environment& environment) {
  ApiSettings settings;
  settings.client.url = first_of({flags.url, environment("TOCSIN_URL"), environment("ALERTMANAGER_URL"),
                                  value_in(config, "alertmanager.url"), settings.client.url});
  settings.client.http_config_file = first_of({flags.http_config_file, value_in(config, "http.config.file")});
  settings.date_format = first_of({flags.date_format, value_in(config, "date.format"), settings.date_format});
  settings.author = value_in(config, "author");
  // The second is what amtool called it long ago.
  const std::string comment =
      first_of({value_in(config, "require-comment"), value_in(config, "comment_required")});
  settings.require_comment = comment != "false";
  if (const std::string text = first_of({flags.timeout, value_in(config, "timeout")}); !text.empty()) {
    const auto timeout = parse_duration_argument(text);
    if (!timeout) return fail("timeout: " + timeout.error().message);
    settings.client.timeout = *timeout;
  }
  const auto output = parse_output_form(first_of({flags.output, value_in(config, "output"), "simple"}));
  if (!output) return tl::unexpected(output.error());
  settings.output = *output;
  return settings;
}

std::string format_date(TimePoint time, const ApiSettings& settings) {
  return tmpl::format_go_time(is_set(time) ? tmpl::Time(time) : tmpl::Time(), settings.date_format);
}

}  // namespace tocsin

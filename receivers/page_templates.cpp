#include "receivers/page_templates.h"

namespace tocsin {
namespace {

// The numbers are the limits of the services, less what stands around the text there.
constexpr std::string_view kTemplates = R"({{ define "slack.tocsin.username" }}Tocsin{{ end }}
{{ define "slack.tocsin.title" }}{{ .Tocsin.Title 1024 }}{{ end }}
{{ define "slack.tocsin.titlelink" }}{{ .Tocsin.GroupURL }}{{ end }}
{{ define "slack.tocsin.fallback" }}{{ .Tocsin.Title 400 }}{{ end }}
{{ define "slack.tocsin.text" }}{{ .Tocsin.Slack 8000 }}{{ end }}
{{ define "slack.tocsin.footer" }}{{ .Tocsin.Footer }}{{ end }}

{{ define "email.tocsin.subject" }}{{ .Tocsin.Title 200 }}{{ end }}
{{ define "email.tocsin.html" }}{{ .Tocsin.HTML }}{{ end }}
{{ define "email.tocsin.text" }}
  {{- .Tocsin.Title }}{{ "\n\n" }}{{ .Tocsin.Text }}{{ "\n\n-- \n" }}{{ .Tocsin.Footer }}{{ "\n" }}
{{- end }}

{{ define "pagerduty.tocsin.description" }}{{ .Tocsin.Title 1024 }}{{ end }}
{{ define "pagerduty.tocsin.client" }}Tocsin{{ end }}
{{ define "pagerduty.tocsin.clientURL" }}{{ .Tocsin.GroupURL }}{{ end }}

{{ define "opsgenie.tocsin.message" }}{{ .Tocsin.Title 130 }}{{ end }}
{{ define "opsgenie.tocsin.description" }}{{ .Tocsin.Text 15000 }}{{ end }}
{{ define "opsgenie.tocsin.source" }}{{ .Tocsin.GroupURL }}{{ end }}

{{ define "victorops.tocsin.entity_display_name" }}{{ .Tocsin.Title 256 }}{{ end }}
{{ define "victorops.tocsin.state_message" }}{{ .Tocsin.Text 20480 }}{{ end }}
{{ define "victorops.tocsin.monitoring_tool" }}Tocsin{{ end }}

{{ define "pushover.tocsin.title" }}{{ .Tocsin.Title 250 }}{{ end }}
{{ define "pushover.tocsin.message" }}{{ .Tocsin.Text 800 }}{{ end }}
{{ define "pushover.tocsin.url" }}{{ .Tocsin.GroupURL }}{{ end }}

{{ define "sns.tocsin.message" }}{{ .Tocsin.Title 256 }}{{ "\n" }}{{ .Tocsin.Text 40000 }}{{ end }}

{{ define "webex.tocsin.message" }}**{{ .Tocsin.Title 200 }}**{{ "\n\n" }}{{ .Tocsin.List 6600 "bytes" }}{{ end }}

{{ define "wechat.tocsin.message" }}{{ .Tocsin.Title 100 }}{{ "\n" }}{{ .Tocsin.Text 1600 "bytes" }}{{ end }}

{{ define "telegram.tocsin.message" }}<b>{{ .Tocsin.Title 160 }}</b>{{ "\n" }}{{ .Tocsin.TelegramHTML 3200 }}{{ end }}
{{ define "telegram.tocsin.plain" }}{{ .Tocsin.Title 256 }}{{ "\n" }}{{ .Tocsin.Text 3800 }}{{ end }}

{{ define "discord.tocsin.title" }}{{ .Tocsin.Title 256 }}{{ end }}
{{ define "discord.tocsin.message" }}{{ .Tocsin.Markdown 4096 }}{{ end }}

{{ define "msteams.tocsin.summary" }}{{ .Tocsin.Title 256 }}{{ end }}
{{ define "msteams.tocsin.title" }}{{ .Tocsin.Title 256 }}{{ end }}
{{ define "msteams.tocsin.text" }}{{ .Tocsin.List 8000 }}{{ end }}
{{ define "msteamsv2.tocsin.title" }}{{ .Tocsin.Title 256 }}{{ end }}
{{ define "msteamsv2.tocsin.text" }}{{ .Tocsin.List 8000 }}{{ end }}

{{ define "jira.tocsin.summary" }}{{ .Tocsin.Title 255 }}{{ end }}
{{ define "jira.tocsin.description" }}{{ .Tocsin.Text 30000 }}{{ end }}

{{ define "rocketchat.tocsin.title" }}{{ .Tocsin.Title 256 }}{{ end }}
{{ define "rocketchat.tocsin.titlelink" }}{{ .Tocsin.GroupURL }}{{ end }}
{{ define "rocketchat.tocsin.text" }}{{ .Tocsin.Markdown 4500 }}{{ end }}

{{ define "mattermost.tocsin.username" }}Tocsin{{ end }}
{{ define "mattermost.tocsin.title" }}{{ .Tocsin.Title 256 }}{{ end }}
{{ define "mattermost.tocsin.titlelink" }}{{ .Tocsin.GroupURL }}{{ end }}
{{ define "mattermost.tocsin.fallback" }}{{ .Tocsin.Title 256 }}{{ end }}
{{ define "mattermost.tocsin.text" }}{{ .Tocsin.Markdown 12000 }}{{ end }}
)";

}  // namespace

std::string_view page_templates() {
  return kTemplates;
}

std::string in_tocsin_style(std::string_view default_text) {
  constexpr std::string_view kTheirs = ".default.";
  std::string out(default_text);
  const std::size_t at = out.find(kTheirs);
  if (at == std::string::npos) return out;
  out.replace(at, kTheirs.size(), ".tocsin.");
  const std::size_t begin = out.rfind('"', at);
  const std::size_t end = out.find('"', at);
  if (begin == std::string::npos || end == std::string::npos) return std::string(default_text);
  const std::string define = "{{ define " + out.substr(begin, end - begin + 1) + " }}";
  return kTemplates.find(define) == std::string_view::npos ? std::string(default_text) : out;
}

}  // namespace tocsin

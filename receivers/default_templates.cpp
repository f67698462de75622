#include "receivers/default_templates.h"

#include "receivers/page_templates.h"
#include "receivers/push_templates.h"

namespace tocsin {
namespace {

// Parts that the messages below are made of. "__sections" and "__compact_sections" differ in blank lines
// only; both are visible in chat windows and e-mails, hence as they always were.
constexpr std::string_view kParts = R"({{ define "__alertmanager" }}Alertmanager{{ end }}
{{ define "__alertmanagerURL" }}{{ .ExternalURL }}/#/alerts?receiver={{ .Receiver | urlquery }}{{ end }}
{{ define "__description" }}{{ end }}

{{ define "__subject" -}}
  [{{ toUpper .Status }}{{ if eq .Status "firing" }}:{{ len .Alerts.Firing }}{{ end }}]
  {{- " " }}{{ .GroupLabels.Values.Join " " }}{{ " " }}
  {{- if gt (len .CommonLabels) (len .GroupLabels) -}}
    ({{ (.CommonLabels.Remove .GroupLabels.Names).Values.Join " " }})
  {{- end }}
{{- end }}

{{ define "__text_alert_list" }}
  {{- range . }}
    {{- "Labels:\n" }}{{ range .Labels.SortedPairs }}{{ printf " - %s = %s\n" .Name .Value }}{{ end }}
    {{- "Annotations:\n" }}{{ range .Annotations.SortedPairs }}{{ printf " - %s = %s\n" .Name .Value }}{{ end }}
    {{- "Source: " }}{{ .GeneratorURL }}{{ "\n" }}
  {{- end }}
{{- end }}

{{ define "__text_alert_list_markdown" }}
  {{- range . }}
    {{- "\nLabels:\n" }}{{ range .Labels.SortedPairs }}{{ printf "  - %s = %s\n" .Name .Value }}{{ end }}
    {{- "\nAnnotations:\n" }}{{ range .Annotations.SortedPairs }}{{ printf "  - %s = %s\n" .Name .Value }}{{ end }}
    {{- "\nSource: " }}{{ .GeneratorURL }}{{ "\n" }}
  {{- end }}{{ "\n" }}
{{- end }}

{{ define "__common_annotations" }}{{ .CommonAnnotations.Values.Join " " }}{{ "\n" }}{{ end }}

{{ define "__sections" }}
  {{- with .Alerts.Firing }}{{ "\nAlerts Firing:\n" }}{{ template "__text_alert_list" . }}{{ "\n" }}{{ end }}{{ "\n" }}
  {{- with .Alerts.Resolved }}{{ "\nAlerts Resolved:\n" }}{{ template "__text_alert_list" . }}{{ "\n" }}{{ end }}{{ "\n" }}
{{- end }}

{{ define "__compact_sections" }}
  {{- with .Alerts.Firing }}{{ "Alerts Firing:\n" }}{{ template "__text_alert_list" . }}{{ end }}{{ "\n" }}
  {{- with .Alerts.Resolved }}{{ "Alerts Resolved:\n" }}{{ template "__text_alert_list" . }}{{ end }}
{{- end }}

{{ define "__markdown_sections" }}{{ "\n" }}
  {{- with .Alerts.Firing }}{{ "\n# Alerts Firing:\n" }}{{ template "__text_alert_list_markdown" . }}{{ "\n" }}{{ end }}{{ "\n" }}
  {{- with .Alerts.Resolved }}{{ "\n# Alerts Resolved:\n" }}{{ template "__text_alert_list_markdown" . }}{{ "\n" }}{{ end }}{{ "\n" }}
{{- end }}
)";

// Slack's text is the one default that says more than Alertmanager's, which is empty: per alert the summary,
// what tells it from the others of its group, and the link. Slack gives & < > a meaning, so they are written
// as entities.
constexpr std::string_view kSlack = R"({{ define "slack.default.title" }}{{ template "__subject" . }}{{ end }}
{{ define "slack.default.username" }}{{ template "__alertmanager" . }}{{ end }}
{{ define "slack.default.fallback" }}{{ template "slack.default.title" . }} | {{ template "slack.default.titlelink" . }}{{ end }}
{{ define "slack.default.callbackid" }}{{ end }}
{{ define "slack.default.pretext" }}{{ end }}
{{ define "slack.default.titlelink" }}{{ template "__alertmanagerURL" . }}{{ end }}
{{ define "slack.default.iconemoji" }}{{ end }}
{{ define "slack.default.iconurl" }}{{ end }}
{{ define "slack.default.footer" }}{{ end }}
{{ define "slack.default.color" }}{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}{{ end }}

{{ define "__slack_escaped" }}
  {{- reReplaceAll ">" "&gt;" (reReplaceAll "<" "&lt;" (reReplaceAll "&" "&amp;" .)) }}
{{- end }}

{{ define "slack.default.text" }}
  {{- $common := .CommonLabels.Names }}
  {{- range $number, $alert := .Alerts }}
    {{- if lt $number 10 }}
      {{- if $number }}{{ "\n" }}{{ end }}
      {{- if eq $alert.Status "resolved" }}resolved: {{ end }}
      {{- $saying := or $alert.Annotations.summary $alert.Annotations.description $alert.Labels.alertname }}
      {{- template "__slack_escaped" $saying }}
      {{- $own := $alert.Labels.Remove $common }}
      {{- if len $own }}{{ " (" }}{{ template "__slack_escaped" $own.String }}){{ end }}
      {{- with $alert.GeneratorURL }}{{ " <" }}{{ template "__slack_escaped" (reReplaceAll "[|]" "%7C" .) }}|source>{{ end }}
    {{- end }}
  {{- end }}
  {{- if gt (len .Alerts) 10 }}{{ "\n" }}… {{ len (slice .Alerts 10) }} more{{ end }}
{{- end }}
)";

constexpr std::string_view kServices =
    R"({{ define "pagerduty.default.description" }}{{ template "__subject" . }}{{ end }}
{{ define "pagerduty.default.client" }}{{ template "__alertmanager" . }}{{ end }}
{{ define "pagerduty.default.clientURL" }}{{ template "__alertmanagerURL" . }}{{ end }}
{{ define "pagerduty.default.instances" }}{{ template "__text_alert_list" . }}{{ end }}

{{ define "opsgenie.default.message" }}{{ template "__subject" . }}{{ end }}
{{ define "opsgenie.default.description" }}{{ template "__common_annotations" . }}{{ template "__compact_sections" . }}{{ end }}
{{ define "opsgenie.default.source" }}{{ template "__alertmanagerURL" . }}{{ end }}

{{ define "wechat.default.message" }}
  {{- template "__subject" . }}{{ "\n" }}{{ template "__common_annotations" . }}{{ template "__compact_sections" . }}
  {{- "\nAlertmanagerUrl:\n" }}{{ template "__alertmanagerURL" . }}
{{- end }}
{{ define "wechat.default.to_user" }}{{ end }}
{{ define "wechat.default.to_party" }}{{ end }}
{{ define "wechat.default.to_tag" }}{{ end }}
{{ define "wechat.default.agent_id" }}{{ end }}

{{ define "victorops.default.state_message" }}{{ template "__common_annotations" . }}{{ template "__compact_sections" . }}{{ end }}
{{ define "victorops.default.entity_display_name" }}{{ template "__subject" . }}{{ end }}
{{ define "victorops.default.monitoring_tool" }}{{ template "__alertmanager" . }}{{ end }}

{{ define "pushover.default.title" }}{{ template "__subject" . }}{{ end }}
{{ define "pushover.default.message" }}{{ template "__common_annotations" . }}{{ template "__sections" . }}{{ end }}
{{ define "pushover.default.url" }}{{ template "__alertmanagerURL" . }}{{ end }}

{{ define "sns.default.subject" }}{{ template "__subject" . }}{{ end }}
{{ define "sns.default.message" }}{{ template "__common_annotations" . }}{{ template "__sections" . }}{{ end }}

{{ define "webex.default.message" }}{{ template "__common_annotations" . }}{{ template "__sections" . }}{{ end }}
{{ define "telegram.default.message" }}{{ "\n" }}{{ template "__sections" . }}{{ end }}

{{ define "discord.default.content" }}{{ end }}
{{ define "discord.default.title" }}{{ template "__subject" . }}{{ end }}
{{ define "discord.default.message" }}{{ "\n" }}{{ template "__sections" . }}{{ end }}

{{ define "msteams.default.summary" }}{{ template "__subject" . }}{{ end }}
{{ define "msteams.default.title" }}{{ template "__subject" . }}{{ end }}
{{ define "msteams.default.text" }}{{ template "__markdown_sections" . }}{{ end }}
{{ define "msteamsv2.default.title" }}{{ template "__subject" . }}{{ end }}
{{ define "msteamsv2.default.text" }}{{ template "__markdown_sections" . }}{{ end }}

{{ define "jira.default.summary" }}{{ template "__subject" . }}{{ end }}
{{ define "jira.default.description" }}{{ template "__markdown_sections" . }}{{ end }}
{{ define "jira.default.priority" }}
  {{- /* The most severe of what fires; of what is resolved only where nothing that fires has a severity known here. */ -}}
  {{- $rank := 0 }}
  {{- $names := list "" "Low" "Medium" "High" }}
  {{- $ranks := dict "info" 1 "warning" 2 "critical" 3 }}
  {{- range .Alerts.Firing }}{{ with index $ranks .Labels.severity }}{{ if gt . $rank }}{{ $rank = . }}{{ end }}{{ end }}{{ end }}
  {{- if not $rank }}
    {{- range .Alerts.Resolved }}{{ with index $ranks .Labels.severity }}{{ if gt . $rank }}{{ $rank = . }}{{ end }}{{ end }}{{ end }}
  {{- end }}
  {{- index $names $rank }}
{{- end }}

{{ define "rocketchat.default.title" }}{{ template "__subject" . }}{{ end }}
{{ define "rocketchat.default.alias" }}{{ template "__alertmanager" . }}{{ end }}
{{ define "rocketchat.default.titlelink" }}{{ template "__alertmanagerURL" . }}{{ end }}
{{ define "rocketchat.default.emoji" }}{{ end }}
{{ define "rocketchat.default.iconurl" }}{{ end }}
{{ define "rocketchat.default.text" }}{{ end }}

{{ define "mattermost.default.color" }}{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}{{ end }}
{{ define "mattermost.default.username" }}{{ template "__alertmanager" . }}{{ end }}
{{ define "mattermost.default.title" }}{{ template "__subject" . }}{{ end }}
{{ define "mattermost.default.titlelink" }}{{ template "__alertmanagerURL" . }}{{ end }}
{{ define "mattermost.default.fallback" }}{{ template "mattermost.default.title" . }} | {{ template "mattermost.default.titlelink" . }}{{ end }}
{{ define "mattermost.default.text" }}{{ template "__markdown_sections" . }}{{ end }}
)";

// Mail programs drop style sheets, so each element carries its own style. Tables, because old Outlook knows
// nothing else.
constexpr std::string_view kEmail =
    R"({{ define "email.default.subject" }}{{ template "__subject" . }}{{ end }}

{{ define "email.default.text" }}
  {{- template "__subject" . }}{{ "\n\n" }}
  {{- with .CommonAnnotations.summary }}{{ . }}{{ "\n\n" }}{{ end }}
  {{- template "__compact_sections" . }}{{ "\n" }}
  {{- template "__alertmanagerURL" . }}{{ "\n" }}
{{- end }}

{{ define "__email_alert" -}}
<tr><td style="padding:12px 24px;border-top:1px solid #e3e6ea;font-size:14px;line-height:20px;color:#20242a;">
<strong>Labels</strong><br>
{{ range .Labels.SortedPairs }}{{ .Name }} = {{ .Value }}<br>
{{ end }}
{{- if len .Annotations -}}
<strong>Annotations</strong><br>
{{ range .Annotations.SortedPairs }}{{ .Name }} = {{ .Value }}<br>
{{ end }}
{{- end -}}
{{ with .GeneratorURL }}<a href="{{ . }}" style="color:#1f6fb5;">Source</a>
{{ end -}}
</td></tr>
{{ end }}

{{ define "email.default.html" -}}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ template "__subject" . }}</title>
</head>
<body style="margin:0;padding:0;background-color:#f2f4f6;font-family:Helvetica,Arial,sans-serif;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background-color:#f2f4f6;">
<tr><td align="center" style="padding:16px 8px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:640px;background-color:#ffffff;border:1px solid #e3e6ea;">
<tr>{{ if .Alerts.Firing }}<td bgcolor="#c9302c" style="padding:18px 24px;background-color:#c9302c;color:#ffffff;font-size:16px;">
{{- else }}<td bgcolor="#3c8d40" style="padding:18px 24px;background-color:#3c8d40;color:#ffffff;font-size:16px;">{{ end }}
{{ len .Alerts }} alert{{ if gt (len .Alerts) 1 }}s{{ end }} for{{ range .GroupLabels.SortedPairs }} {{ .Name }}={{ .Value }}{{ end }}
</td></tr>
<tr><td style="padding:18px 24px;">
<a href="{{ template "__alertmanagerURL" . }}" style="display:inline-block;padding:10px 18px;background-color:#1f6fb5;color:#ffffff;text-decoration:none;font-size:14px;">View in {{ template "__alertmanager" . }}</a>
</td></tr>
{{ with .Alerts.Firing }}<tr><td style="padding:12px 24px;font-size:16px;color:#c9302c;"><strong>[{{ len . }}] Firing</strong></td></tr>
{{ range . }}{{ template "__email_alert" . }}{{ end }}{{ end }}
{{- with .Alerts.Resolved }}<tr><td style="padding:12px 24px;font-size:16px;color:#3c8d40;"><strong>[{{ len . }}] Resolved</strong></td></tr>
{{ range . }}{{ template "__email_alert" . }}{{ end }}{{ end -}}
<tr><td style="padding:14px 24px;border-top:1px solid #e3e6ea;font-size:12px;color:#7a828c;">Sent by <a href="{{ .ExternalURL }}" style="color:#7a828c;">Tocsin</a></td></tr>
</table>
</td></tr>
</table>
</body>
</html>
{{ end }}
)";

}  // namespace

std::vector<std::pair<std::string_view, std::string_view>> default_templates() {
  return {{"built-in parts.tmpl", kParts},
          {"built-in slack.tmpl", kSlack},
          {"built-in services.tmpl", kServices},
          {"built-in email.tmpl", kEmail},
          {"built-in push.tmpl", push_templates()},
          {"built-in pages.tmpl", page_templates()}};
}

}  // namespace tocsin

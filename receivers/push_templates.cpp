#include "receivers/push_templates.h"

namespace tocsin {

// Per alert the summary and what tells it from the others of its group.
std::string_view push_templates() {
  return R"({{ define "__push_lines" }}
  {{- $common := .CommonLabels.Names }}
  {{- range $number, $alert := .Alerts }}
    {{- if $number }}{{ "\n" }}{{ end }}
    {{- if eq $alert.Status "resolved" }}resolved: {{ end }}
    {{- or $alert.Annotations.summary $alert.Annotations.description $alert.Labels.alertname }}
    {{- $own := $alert.Labels.Remove $common }}
    {{- if len $own }}{{ " (" }}{{ $own }}){{ end }}
  {{- end }}
{{- end }}

{{ define "googlechat.default.text" }}*{{ template "__subject" . }}*{{ "\n" }}{{ template "__push_lines" . }}{{ "\n" }}<{{ template "__alertmanagerURL" . }}|all alerts>{{ end }}

{{ define "matrix.default.message" }}{{ template "__subject" . }}{{ "\n" }}{{ template "__push_lines" . }}{{ end }}
{{ define "matrix.default.html" -}}
<strong>{{ template "__subject" . }}</strong><ul>
{{- $common := .CommonLabels.Names }}
{{- range .Alerts }}<li>{{ if eq .Status "resolved" }}resolved: {{ end }}{{ or .Annotations.summary .Annotations.description .Labels.alertname }}
  {{- $own := .Labels.Remove $common }}{{ if len $own }} (<code>{{ $own }}</code>){{ end }}</li>
{{- end }}</ul><a href="{{ .ExternalURL }}/#/alerts?receiver={{ .Receiver }}">all alerts</a>
{{- end }}

{{ define "ntfy.default.title" }}{{ template "__subject" . }}{{ end }}
{{ define "ntfy.default.message" }}{{ template "__push_lines" . }}{{ end }}
{{ define "ntfy.default.click" }}{{ template "__alertmanagerURL" . }}{{ end }}

{{ define "gotify.default.title" }}{{ template "__subject" . }}{{ end }}
{{ define "gotify.default.message" }}{{ template "__push_lines" . }}{{ end }}
{{ define "gotify.default.click" }}{{ template "__alertmanagerURL" . }}{{ end }}
)";
}

}  // namespace tocsin

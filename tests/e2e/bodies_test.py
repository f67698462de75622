"""Side by side with Debian's Alertmanager: what each service is sent where the user's templates decide the text.

Both servers have the same configuration, the same template file and the same alerts, and each its own fakes of the
services (service_fakes.py), which also judge what arrives. What Debian's Alertmanager (0.25) sends otherwise than 0.34, which is
what Tocsin follows, is named in DIFFERENCES and nowhere else.
"""

import json
import threading
import time
import unittest
import urllib.parse
from collections import defaultdict
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from daemon import receiver, rfc3339, route
from service_fakes import MARK_TEMPLATE, Fakes
from side_by_side import SideBySide
from waiting import wait_until

SERVICES = ("discord", "opsgenie", "pagerduty", "pushover", "slack", "sns", "telegram", "victorops", "webhook")

# What users' template files are made of: loops, pairs, pipes, variables, text functions, dates, nested templates. But for
# one thing: a set of labels printed as it is, {{ .CommonLabels }}, is map[a:b] in 0.25 and a=b in 0.34 and here.
TEMPLATES = r"""
{{ define "site.mark" }}MARK {{ .GroupLabels.group }} {{ .Status }} {{ len .Alerts.Firing }}{{ end }}
{{ define "site.list" }}{{ range $i, $alert := . }}{{ if $i }}, {{ end -}}
{{ $alert.Labels.instance | toUpper }}={{ .Annotations.value }}{{ end }}{{ end }}
{{ define "site.title" }}[{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ .Alerts.Firing | len }}{{ end }}]
{{- " " }}{{ .CommonLabels.alertname }} ({{ join " " .GroupLabels.SortedPairs.Values }}){{ end }}
{{ define "site.text" -}}
{{ template "site.mark" . }}
{{ with .CommonAnnotations.summary }}*{{ . }}*{{ end }}
{{ range .Alerts.Firing }}
 - {{ range .Labels.SortedPairs }}{{ .Name }}={{ .Value | printf "%q" }} {{ end }}since {{ .StartsAt.UTC.Format "Mon Jan 2 15:04:05 2006" }}
   {{ reReplaceAll "(\\w+)-(\\d+)" "$2/$1" .Labels.instance }} {{ match "^db" .Labels.instance }} {{ .Fingerprint }} {{ .GeneratorURL }}
{{- else }}
nothing fires
{{- end }}
{{ if gt (len .Alerts.Resolved) 0 }}over: {{ template "site.list" .Alerts.Resolved }}{{ end }}
{{ .ExternalURL }}/#/alerts?receiver={{ .Receiver | urlquery }} {{ ((index .Alerts 0).Labels.Remove (stringSlice "alertname")).Values }}
{{ .CommonLabels.Names }} {{ .CommonAnnotations.Values }} {{ .GroupLabels.Values }} {{ title "two words" }} <b>&"'</b> é 🔥 {{ "<i>" | safeHtml }}
{{- end }}
"""


def subtree(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key, {}) if isinstance(value, dict) else {}
    return value


class RecordingFakes(Fakes):
    """Keeps what arrived, by service, as (method, address, selected headers, body)."""

    def __init__(self, seed: int, folder: Path) -> None:
        super().__init__(seed, folder)
        self.arrived: dict[str, list[tuple[str, str, str, bytes]]] = defaultdict(list)

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        path = urllib.parse.urlsplit(request.path).path
        service = "pushover" if path.startswith("/1/") else path.split("/")[1]
        with self.lock:
            self.arrived[service].append((request.command, request.path, request.headers.get("Content-Type", ""), body))
        super().handle(request, body)


# --- What 0.25 sends otherwise than 0.34, each as a change to what Tocsin sent. ---------------------------------------


def without_newer_keys(service: str, body: Any) -> Any:
    """Keys that came after 0.25: what they say is not said there."""
    if service == "webhook":
        for key in ("notification_reason", "routeLabels"):
            body.pop(key, None)
    return body


def details_as_text(service: str, body: Any) -> Any:
    """PagerDuty's details: a template may make a number, a list or nothing (null) of them since 0.28, and was a text."""
    details = subtree(body, "payload", "custom_details") if service == "pagerduty" else {}
    for key, value in details.items():
        if not isinstance(value, str):
            details[key] = "" if value is None else json.dumps(value)
    return body


def without_default_details(service: str, body: Any) -> Any:
    """What the built-in `resolved` detail says: the alerts as JSON since 0.28, and as lines of text before."""
    if service == "pagerduty":
        subtree(body, "payload", "custom_details").pop("resolved")
    return body


DIFFERENCES = (without_newer_keys, details_as_text, without_default_details)


def request_of_0_25(service: str, said: list[Any]) -> list[Any]:
    """Around the body: 0.25 knows no device of Pushover's; the AWS SDK of 0.25 named the character set of a form."""
    method, path, query, content_type, body = said
    if service == "pushover":
        query = [pair for pair in query if pair != ("device", "")]
    if service == "sns":
        content_type += "; charset=utf-8"
    return [method, path, query, content_type, body]


class TheBodies(SideBySide):
    def config(self, name: str) -> dict[str, Any]:
        """One integration of each kind, with templates of the user's wherever one may stand."""
        fakes = self.fakes[name]
        text, title = '{{ template "site.text" . }}', '{{ template "site.title" . }}'
        more: dict[str, dict[str, Any]] = {
            "slack": {
                "text": text, "title": title, "pretext": "{{ .CommonLabels.team }}", "username": "{{ .Receiver }}",
                "color": '{{ if eq .Status "firing" }}#ff0000{{ else }}good{{ end }}', "footer": "{{ .ExternalURL }}",
                "title_link": "{{ (index .Alerts 0).GeneratorURL }}", "fallback": title, "callback_id": "{{ .GroupLabels.Values }}",
                "icon_emoji": ":fire:", "link_names": True, "short_fields": True, "mrkdwn_in": ["text"],
                "fields": [{"title": "{{ .Status }}", "value": text}, {"title": "b", "value": "{{ .Receiver }}", "short": False}],
                "actions": [{"type": "button", "text": "{{ .Status }} {{ title \"go\" }}", "url": "{{ .ExternalURL }}", "style": "danger"},
                            {"type": "button", "text": "n", "name": "{{ .Status }}", "value": "{{ .Receiver }}",
                             "confirm": {"text": "{{ .Status }}?", "title": "t", "ok_text": "o", "dismiss_text": "d"}}],
                "image_url": "http://example.com/{{ .Status }}.png", "thumb_url": "http://example.com/thumb.png",
            },
            "pagerduty": {
                "description": '{{ template "site.mark" . }} {{ template "site.title" . }}', "client": "{{ .Receiver }}",
                "client_url": "{{ .ExternalURL }}/x?a=b&c=d", "severity": "{{ .CommonLabels.severity }}", "class": "{{ .Status }}",
                "component": "{{ .CommonLabels.team }}", "group": "{{ .GroupLabels.group }}",
                "details": {"text": text, "count": "{{ len .Alerts }}", "firing": '{{ template "site.list" .Alerts.Firing }}'},
                "images": [{"src": "http://example.com/a.png", "alt": "{{ .Status }}", "href": "{{ .ExternalURL }}"}],
                "links": [{"href": "{{ (index .Alerts 0).GeneratorURL }}", "text": title}],
            },
            "opsgenie": {
                "message": '{{ template "site.mark" . }}', "description": text, "source": "{{ .ExternalURL }}", "entity": "{{ .CommonLabels.team }}",
                "details": {"text": title, "team": "over {{ .CommonLabels.team }}"}, "note": title, "priority": "P2",
                "actions": "{{ .Status }}, restart", "tags": "{{ .CommonLabels.severity }},two",
                "responders": [{"name": "{{ .CommonLabels.team }}", "type": "team"}, {"username": "{{ .Receiver }}@example.com", "type": "user"}],
            },
            "victorops": {
                "state_message": text, "entity_display_name": title, "monitoring_tool": "{{ .Receiver }}",
                "message_type": '{{ if eq .CommonLabels.severity "critical" }}WARNING{{ else }}nonsense{{ end }}',
                "custom_fields": {"team": "{{ .CommonLabels.team }}", "why": title},
            },
            "pushover": {
                "message": text, "title": title, "url": "{{ .ExternalURL }}", "sound": "{{ .Status }}", "retry": "2m", "expire": "30m",
                "priority": '{{ if eq .Status "firing" }}1{{ else }}-1{{ end }}',
            },
            "telegram": {"message": '{{ template "site.text" . }} <b>{{ .CommonLabels.instance }}</b>', "disable_notifications": True},
            "discord": {"message": text, "title": title},
            "sns": {"message": text, "subject": title, "attributes": {"team": "{{ .CommonLabels.team }}", "a b": "{{ .Status }}"}},
            "webhook": {"max_alerts": 2},
        }  # fmt: skip
        blocks = {service: {**fakes.receivers()[service], **more[service], "send_resolved": True} for service in SERVICES}
        return {
            "templates": [str(self.folder / "site.tmpl")],
            "route": route("null", group_by=["group"], group_wait="1s", group_interval="2s", routes=[
                {"receiver": f"{service} & co", "continue": True} for service in SERVICES]),
            "receivers": [{"name": "null"}, *(
                receiver(f"{service} & co", **{f"{service}_configs": [block]}) for service, block in blocks.items())],
        }  # fmt: skip

    def test_are_alertmanagers_where_the_users_templates_decide(self) -> None:
        """Firing, an update, some resolved, all resolved: each service is sent the same by both."""
        (self.folder / "site.tmpl").write_text(TEMPLATES)
        names = "alertmanager", "tocsin"
        self.fakes = {}
        for name in names:
            (self.folder / f"{name}-fakes").mkdir()
            self.fakes[name] = self.play(RecordingFakes(1, self.folder / f"{name}-fakes"))
        both = self.servers(self.config, "--web.external-url=http://alerts.example.com/am", "--web.route-prefix=/")

        now = time.time()
        alerts = [self.alert(number, now) for number in range(4)]
        for told, batch in enumerate(self.story(alerts, now), 1):
            threads = [threading.Thread(target=self.post, args=(server, batch)) for server in both]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for name in names:
                for service in SERVICES:
                    wait_until(f"{name} tells {service}", lambda: len(self.fakes[name].arrived[service]) >= told)
        for name in names:
            self.assertEqual(self.fakes[name].refused, [], name)
        for service in SERVICES:
            theirs, ours = (self.said(name, service) for name in names)
            if self.is_tocsin():
                ours = [self.as_of_0_25(service, one) for one in ours]
                theirs = [[*one[:4], without_default_details(service, one[4])] for one in theirs]
            self.assert_same(service, theirs, ours)

    @staticmethod
    def alert(number: int, now: float) -> dict[str, Any]:
        labels = {"alertname": "Disk <full> & more", "group": "g", "instance": f"db-{number}", "team": "ünï", "severity": "critical"}
        return {
            "labels": labels,
            "annotations": {"summary": "Disk \"full\" at 5 % & <more>\nsecond line", "value": f"{number}.5"},
            "generatorURL": "http://prometheus.example.com/graph?g0.expr=a+%3E+b&g0.tab=1",
            "startsAt": rfc3339(now),
            "endsAt": rfc3339(now + 3600),
        }

    @staticmethod
    def story(alerts: list[dict[str, Any]], now: float) -> list[list[dict[str, Any]]]:
        """What is posted, one flush after the other."""
        over = [{**alert, "endsAt": rfc3339(now + 0.001)} for alert in alerts]
        return [alerts[:1], alerts[1:], over[:1], over[1:]]

    def post(self, server: Any, batch: list[dict[str, Any]]) -> None:
        self.assertEqual(server.post_alerts(*batch).status, 200)

    def said(self, name: str, service: str) -> list[Any]:
        """What was sent, with the address of the fakes taken out."""
        found = []
        for method, address, content_type, raw in self.fakes[name].arrived[service]:
            text = raw.decode().replace(self.fakes[name].url, "http://fakes")
            body: Any = text
            if text.startswith("{"):
                body = json.loads(text)
            elif text:
                body = sorted(urllib.parse.parse_qsl(text, keep_blank_values=True))
            path, _, query = address.partition("?")
            found.append([method, path, sorted(urllib.parse.parse_qsl(query, keep_blank_values=True)), content_type, body])
        return found

    @staticmethod
    def as_of_0_25(service: str, said: list[Any]) -> list[Any]:
        said = request_of_0_25(service, said)
        for change in DIFFERENCES:
            said = [*said[:4], change(service, said[4])]
        return said


if __name__ == "__main__":
    unittest.main()

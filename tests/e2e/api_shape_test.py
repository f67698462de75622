"""Every endpoint of Alertmanager's API v2, asked well and badly: both servers answer with the same code and shape."""

import http.client
import json
import time
import unittest
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from daemon import receiver, rfc3339, route
from side_by_side import THEIRS, Server, SideBySide, matcher
from waiting import wait_until

ALWAYS = [{"times": [{"start_time": "00:00", "end_time": "24:00"}]}]
CONFIG = {
    "route": route(
        "team.x",
        group_wait="10ms",
        group_interval="1h",
        routes=[
            {"receiver": "team.y", "matchers": ["team=y"]},
            {"receiver": "muted", "matchers": ["team=m"], "mute_time_intervals": ["always"]},
        ],
    ),
    "receivers": [receiver("team.x"), receiver("team.y"), receiver("muted"), receiver("unused")],
    "time_intervals": [{"name": "always", "time_intervals": ALWAYS}],
    "inhibit_rules": [{"source_matchers": ["role=source"], "target_matchers": ["role=target"], "equal": ["node"]}],
}
FAR = "2042-01-01T00:00:00Z"
UNKNOWN = "11111111-2222-4333-8444-555555555555"
ORIGIN = {"Origin": "http://dashboard.example.com"}
JSON = {"Content-Type": "application/json"}
CORS_HEADERS = ["Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"]


@dataclass
class Request:
    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    listed: bool = False  # the answer's alerts or silences themselves are compared, not only their shape

    def __str__(self) -> str:
        body = "" if self.body is None else f" {json.dumps(self.body) if not isinstance(self.body, str) else self.body}"
        headers = "".join(f" {name}: {value}" for name, value in self.headers.items() if self.headers != JSON)
        return f"{self.method} {self.path}{body[:120]}{headers}"


@dataclass
class Reply:
    status: int
    content_type: str
    shape: Any
    content: Any
    cors: dict[str, str | None]
    text: str


def shape(value: Any) -> Any:
    """Keys and types. The shape of a list is that of its elements, each kind once."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in sorted(value.items())}
    if isinstance(value, list):
        kinds = {json.dumps(shape(one), sort_keys=True) for one in value}
        return [json.loads(kind) for kind in sorted(kinds)]
    return type(value).__name__


def listed(value: Any) -> Any:
    """What a list of alerts, groups or silences has in it, and in which order."""
    if isinstance(value, dict) and "alerts" in value:
        return {"labels": value["labels"], "receiver": value["receiver"]["name"], "alerts": listed(value["alerts"])}
    if isinstance(value, dict) and "labels" in value:
        status = value["status"]
        counts = [len(status["silencedBy"]), len(status["inhibitedBy"])]
        receivers = [one["name"] for one in value["receivers"]]
        return [value["labels"].get("alertname"), status["state"], *counts, value["fingerprint"], *receivers]
    if isinstance(value, dict) and "comment" in value:
        return [value["comment"], value["status"]["state"], value["matchers"]]
    return [listed(one) for one in value] if isinstance(value, list) else value


# --- Differences that shall be. Each function tells whether it is about this request, and takes the difference away. ---


def newer_keys(_: Request, theirs: Reply, ours: Reply) -> None:
    """Later releases of Alertmanager than Debian's have more keys in their answers (spec §12.2, §16)."""
    added = {
        "mutedBy": ["str"],  # of an alert's status, 0.28
        "routeLabels": {},  # of a group, 0.34
        "annotations": {},  # of a silence, 0.32
        "labels": {},  # of a receiver, 0.33
    }

    def without(theirs_part: Any, ours_part: Any) -> Any:
        if isinstance(ours_part, dict) and isinstance(theirs_part, dict):
            kept = {key: one for key, one in ours_part.items() if key in theirs_part or key not in added}
            return {key: without(theirs_part.get(key), one) for key, one in kept.items()}
        if isinstance(ours_part, list) and isinstance(theirs_part, list):
            pattern = theirs_part[0] if theirs_part else None
            pairs = zip(theirs_part, ours_part) if len(theirs_part) == len(ours_part) else ((pattern, p) for p in ours_part)
            kinds = {json.dumps(without(one, other), sort_keys=True) for one, other in pairs}
            return [json.loads(kind) for kind in sorted(kinds)]
        return ours_part

    ours.shape = without(theirs.shape, ours.shape)


def cluster_of_one(request: Request, theirs: Reply, ours: Reply) -> None:
    """Without clustering Debian's Alertmanager names no peer and no name; tools want at least the instance itself."""
    if all(isinstance(one.shape, dict) and "cluster" in one.shape for one in (theirs, ours)):
        ours.shape["cluster"] = theirs.shape["cluster"]


def unknown_silence_is_404(request: Request, theirs: Reply, ours: Reply) -> None:
    """DELETE of an unknown silence: 404 since 0.26, 500 in Debian's (spec §16)."""
    if request.method == "DELETE" and UNKNOWN in request.path and ours.status == 404:
        theirs.status, theirs.shape, ours.shape = 404, None, None


def names_beyond_classic(request: Request, theirs: Reply, ours: Reply) -> None:
    """Since 0.27 a filter may name any UTF-8 label (spec §2); Debian's knows the classic names only."""
    if request.path.endswith(("filter=1a%3Db", "filter=%C3%A4%3Db")) and ours.status == 200 and theirs.status == 400:
        theirs.status, theirs.shape, theirs.content = ours.status, ours.shape, []


def crashes_are_not_copied(request: Request, theirs: Reply, ours: Reply) -> None:
    """A null among the alerts crashes Alertmanager's handler, which hangs up; here it is a mistake like others."""
    if theirs.status == 0 and ours.status in (400, 422):
        theirs.status, theirs.shape, theirs.content_type = ours.status, ours.shape, ours.content_type


def reasons_for_404(request: Request, theirs: Reply, ours: Reply) -> None:
    """A 404 and a 405 of ours have a reason in their body where theirs is empty."""
    if theirs.status == ours.status and ours.status in (404, 405) and not theirs.text.strip():
        theirs.shape, theirs.content_type = ours.shape, ours.content_type


def mistakes_of_form_are_strings(request: Request, theirs: Reply, ours: Reply) -> None:
    """The body of a 400 is a string by the API's description, and amtool can show nothing else.

    Alertmanager keeps to that in what it checks itself, but not where its JSON reader gives up.
    """
    if (theirs.status, ours.status, ours.shape) == (400, 400, "str") and theirs.shape == {"code": "int", "message": "str"}:
        theirs.shape = ours.shape


def null_is_no_list(request: Request, theirs: Reply, ours: Reply) -> None:
    """Alertmanager takes `null` for no alerts; who posts that has a mistake to hear of."""
    if request.body == "null" and (theirs.status, ours.status) == (200, 400):
        theirs.status, theirs.shape, theirs.content_type = ours.status, ours.shape, ours.content_type


def a_bad_link_costs_no_page(request: Request, theirs: Reply, ours: Reply) -> None:
    """A generatorURL that is none makes Alertmanager refuse the whole batch; here the alerts are taken."""
    if '"no url"' in json.dumps(request.body) and (theirs.status, ours.status) == (422, 200):
        theirs.status, theirs.shape, theirs.content_type = ours.status, ours.shape, ours.content_type


def nonsense_is_no_flag(request: Request, theirs: Reply, ours: Reply) -> None:
    """Alertmanager reads every word that is not yes as no, and so hides alerts for a slip; here that is a 422."""
    if request.path.endswith("=maybe") and (theirs.status, ours.status) == (200, 422):
        theirs.status, theirs.shape, theirs.content = ours.status, ours.shape, ours.content


def head_is_served(request: Request, theirs: Reply, ours: Reply) -> None:
    """HEAD is answered wherever GET is, as HTTP wants it; Alertmanager's API says 405."""
    if request.method == "HEAD" and (theirs.status, ours.status) == (405, 200):
        theirs.status = ours.status


def options_are_answered(request: Request, theirs: Reply, ours: Reply) -> None:
    """Preflights and other OPTIONS get 204, 200 or 405: a browser only looks at the headers, which must allow as much."""
    asked = request.headers.get("Access-Control-Request-Method")
    if request.method == "OPTIONS" and ours.status in (200, 204, theirs.status):
        theirs.status, theirs.shape, theirs.content_type = ours.status, ours.shape, ours.content_type
        if asked and asked in (ours.cors["Access-Control-Allow-Methods"] or ""):
            theirs.cors = {**ours.cors, "Access-Control-Allow-Origin": theirs.cors["Access-Control-Allow-Origin"]}


def newer_headers(request: Request, theirs: Reply, ours: Reply) -> None:
    """Since 0.26 every answer names the allowed methods and headers, not only a preflight's."""
    if request.method == "GET" and request.headers == ORIGIN:
        theirs.cors = {**ours.cors, "Access-Control-Allow-Origin": theirs.cors["Access-Control-Allow-Origin"]}


def accept_is_no_reason_to_refuse(request: Request, theirs: Reply, ours: Reply) -> None:
    """Who does not accept JSON gets it all the same, as HTTP allows; Alertmanager says 406."""
    if "Accept" in request.headers and (theirs.status, ours.status) == (406, 200):
        theirs.status, theirs.shape = ours.status, ours.shape


def reload_says_ok(request: Request, theirs: Reply, ours: Reply) -> None:
    """A reload that went well says so."""
    if request.path == "/-/reload" and ours.text.strip() == "OK" and not theirs.text:
        theirs.content_type = ours.content_type


def muted_is_a_parameter(request: Request, theirs: Reply, ours: Reply) -> None:
    """`muted` of /alerts/groups has been there since 0.28; Debian's Alertmanager shows what is muted by time always."""
    if "/groups?" in request.path and "muted=false" in request.path:
        theirs.shape, theirs.content = ours.shape, ours.content
    elif "muted=" in request.path and ours.status in (400, 422):
        theirs.status, theirs.shape, theirs.content = ours.status, ours.shape, ours.content


def unprocessed_is_heeded(request: Request, theirs: Reply, ours: Reply) -> None:
    """Alertmanager takes no notice of `unprocessed`; here it hides alerts that no flush has seen (spec §18)."""
    if "unprocessed=false" in request.path and ours.status == 200:
        theirs.shape, theirs.content = ours.shape, ours.content


ALLOWED = [
    newer_keys,
    cluster_of_one,
    unknown_silence_is_404,
    names_beyond_classic,
    crashes_are_not_copied,
    mistakes_of_form_are_strings,
    null_is_no_list,
    a_bad_link_costs_no_page,
    nonsense_is_no_flag,
    head_is_served,
    options_are_answered,
    newer_headers,
    accept_is_no_reason_to_refuse,
    reload_says_ok,
    reasons_for_404,
    muted_is_a_parameter,
    unprocessed_is_heeded,
]


class ApiShape(SideBySide):
    def setUp(self) -> None:
        self.both = self.servers(CONFIG)
        alerts = [
            {"labels": {"alertname": "Plain", "node": "a"}, "annotations": {"summary": "s"}, "generatorURL": "http://p/g"},
            {"labels": {"alertname": "Other", "team": "y", "node": "b"}},
            {"labels": {"alertname": "Source", "role": "source", "node": "c"}},
            {"labels": {"alertname": "Target", "role": "target", "node": "c"}},
            {"labels": {"alertname": "Silenced", "node": "d"}},
            {"labels": {"alertname": "Muted", "team": "m", "node": "e"}},
        ]
        for alert in alerts:
            alert.update(startsAt="2026-01-01T00:00:00Z", endsAt=FAR)
        now = time.time()
        self.ids = {}
        for server in self.both:
            self.assertEqual(server.post_alerts(*alerts).status, 200)
            span = {"startsAt": rfc3339(now), "endsAt": rfc3339(now + 7200)}
            self.ids[server.name] = server.silence("active", matcher("alertname", "Silenced"), **span)
            later = {"startsAt": "2041-01-01T00:00:00Z", "endsAt": FAR}
            server.silence("pending", matcher("team", "z|q", regex=True), matcher("node", "", equal=False), **later)
            gone = server.silence("expired", matcher("alertname", "Gone"), **span)
            self.assertEqual(server.delete(f"/api/v2/silence/{gone}").status, 200)
        for server in self.both:
            wait_until(f"{server.name} has flushed", lambda: len(server.get("/api/v2/alerts/groups").json) == 6)

    # --- asking

    def reply(self, server: Server, request: Request) -> Reply:
        connection = http.client.HTTPConnection(server.address, timeout=20)
        try:
            body = request.body if isinstance(request.body, str) or request.body is None else json.dumps(request.body)
            path = request.path.replace("{active}", self.ids[server.name])
            connection.request(request.method, path, body, request.headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        except http.client.RemoteDisconnected:
            return Reply(0, "", None, None, {}, "(hung up)")
        finally:
            connection.close()
        content_type = (answer.getheader("Content-Type") or "").partition(";")[0]
        value = None
        if content_type == "application/json" and text.strip():
            value = json.loads(text)
        cors = {name: answer.getheader(name) for name in CORS_HEADERS} if "Origin" in request.headers else {}
        content = listed(value) if request.listed and answer.status == 200 else None
        return Reply(answer.status, content_type if text else "", shape(value), content, cors, text)

    def compare(self, *requests: Request) -> None:
        for request in requests:
            theirs, ours = (self.reply(server, request) for server in self.both)
            said = f"{request}\n{THEIRS}: {theirs.status} {theirs.text[:600]}\nours: {ours.status} {ours.text[:600]}\n"
            for allow in ALLOWED:
                allow(request, theirs, ours)
            with self.subTest(str(request)):
                for aspect in ("status", "content_type", "shape", "content", "cors"):
                    self.assertEqual(getattr(theirs, aspect), getattr(ours, aspect), f"{aspect} of {said}")

    # --- the endpoints

    def test_lists_of_alerts(self) -> None:
        """GET /alerts and /alerts/groups: every filter and flag, right and wrong."""
        filters = ['node="a"', "node=a", 'alertname=~"P.*|O.*"', 'team!=""', 'team=""', 'team=~"y|"', "team!~.+", 'x="1"']
        wrong = ["node", "=", 'a=~"("', "{node=a}", "", 'node="a', "node=a,team=y", "1a=b", "ä=b"]
        queries = [f"filter={quote(one)}" for one in filters + wrong]
        queries += ["filter=node=a&filter=team=y", "filter=node!=a&filter=team=y"]
        flags = ["active", "silenced", "inhibited", "unprocessed", "muted"]
        queries += [f"{flag}={value}" for flag in flags for value in ("true", "false", "1", "YES", "no", "maybe", "")]
        queries += ["active=false&silenced=false", "active=false&inhibited=false&silenced=false"]
        queries += ["receiver=team.x", "receiver=team", "receiver=team..", "receiver=(", "receiver=", "receiver=nobody"]
        queries += ["receiver=unused", "nonsense=1", "active=true&active=false"]
        for path in ("/api/v2/alerts", "/api/v2/alerts/groups"):
            self.compare(Request("GET", path, listed=True))
            self.compare(*[Request("GET", f"{path}?{query}", listed=True) for query in queries])

    def test_posts_of_alerts(self) -> None:
        """POST /alerts: good ones, mistakes in one alert, mistakes in the form, other content types."""
        good = {"labels": {"alertname": "New"}, "endsAt": FAR}
        bodies: list[Any] = [
            [good],
            [],
            [{**good, "unknown": 1}],
            [{"labels": {}}],
            [{"labels": {"": "x"}}],
            [{"labels": {"alertname": ""}}],
            [{"labels": {"alertname": 7}}],
            [{"annotations": {"a": "b"}}],
            [{**good, "startsAt": FAR, "endsAt": "2041-01-01T00:00:00Z"}],
            [{**good, "startsAt": "yesterday"}],
            [{**good, "generatorURL": "no url"}],
            [{**good, "generatorURL": 7}],
            [{**good, "annotations": None}],
            good,
            "",
            "null",
            "[null]",
            "[{]",
            "nonsense",
            "7",
        ]
        self.compare(*[Request("POST", "/api/v2/alerts", body, JSON) for body in bodies])
        for content_type in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-8", "x"):
            self.compare(Request("POST", "/api/v2/alerts", json.dumps([good]), {"Content-Type": content_type}))
        self.compare(Request("GET", "/api/v2/alerts?filter=alertname=New", listed=True))

    def test_silences(self) -> None:
        """GET, POST and DELETE of silences: filters, known and unknown ids, ids that are none, every mistake."""
        base = {
            "matchers": [matcher("a", "b")],
            "startsAt": "2041-01-01T00:00:00Z",
            "endsAt": FAR,
            "createdBy": "me",
            "comment": "posted",
        }

        def with_matcher(**more: Any) -> dict[str, Any]:
            return {**base, "matchers": [{**matcher("a", "b"), **more}]}

        self.compare(
            Request("GET", "/api/v2/silences", listed=True),
            Request("GET", "/api/v2/silences?filter=alertname=Silenced", listed=True),
            Request("GET", "/api/v2/silences?filter=" + quote('team=~"z|q"'), listed=True),
            Request("GET", "/api/v2/silences?filter=team=z", listed=True),
            Request("GET", "/api/v2/silences?filter=" + quote('a=~"("')),
            Request("GET", "/api/v2/silences?filter="),
            Request("GET", "/api/v2/silence/{active}"),
            Request("GET", f"/api/v2/silence/{UNKNOWN}"),
            Request("GET", "/api/v2/silence/no-uuid"),
            Request("GET", "/api/v2/silence/"),
            Request("GET", "/api/v2/silence"),
            Request("DELETE", "/api/v2/silence/no-uuid"),
            Request("DELETE", f"/api/v2/silence/{UNKNOWN}"),
            Request("POST", "/api/v2/silence/{active}", base, JSON),
            Request("DELETE", "/api/v2/silences"),
            Request("PUT", "/api/v2/silences", base, JSON),
        )
        bodies: list[Any] = [
            base,
            {**base, "id": UNKNOWN},
            {**base, "id": "no-uuid"},
            {**base, "id": ""},
            {**base, "unknown": 1},
            {**base, "comment": ""},
            {**base, "createdBy": ""},
            {**base, "endsAt": "2040-01-01T00:00:00Z"},
            {**base, "endsAt": base["startsAt"]},
            {**base, "startsAt": "2020-01-01T00:00:00Z", "endsAt": "2020-01-02T00:00:00Z"},
            {**base, "startsAt": "2020-01-01T00:00:00Z"},
            {**base, "startsAt": "soon"},
            {**base, "matchers": []},
            {**base, "matchers": None},
            {**base, "matchers": [matcher("a", "b"), matcher("c", "d", regex=True, equal=False)]},
            with_matcher(name=""),
            with_matcher(name="1a"),
            with_matcher(value=""),
            with_matcher(value="", isEqual=False),
            with_matcher(value="(", isRegex=True),
            with_matcher(value=".*", isRegex=True),
            with_matcher(value=7),
            with_matcher(isRegex="yes"),
            {**base, "matchers": [{"name": "a", "value": "b", "isRegex": False}]},
            {**base, "matchers": [{"name": "a", "value": "b"}]},
            {**base, "matchers": [{"name": "a", "isRegex": False}]},
            *({key: value for key, value in base.items() if key != missing} for missing in base),
            "",
            "null",
            "[]",
            "{",
            "nonsense",
        ]
        self.compare(*[Request("POST", "/api/v2/silences", body, JSON) for body in bodies])
        self.compare(
            Request("POST", "/api/v2/silences", json.dumps(base), {"Content-Type": "text/plain"}),
            Request("DELETE", "/api/v2/silence/{active}"),
            Request("GET", "/api/v2/silence/{active}"),
            Request("DELETE", "/api/v2/silence/{active}"),
            Request("GET", "/api/v2/alerts?filter=alertname=Silenced", listed=True),
        )

    def test_the_others(self) -> None:
        """Status, receivers, health, CORS, HEAD, methods and paths that are not there."""
        asks = {**ORIGIN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "Content-Type"}
        paths = ["/api/v2/alerts", "/api/v2/alerts/groups", "/api/v2/silences", "/api/v2/status", "/api/v2/receivers"]
        self.compare(
            Request("GET", "/api/v2/status"),
            Request("GET", "/api/v2/receivers"),
            *[Request(method, path) for method in ("GET", "HEAD") for path in ("/-/healthy", "/-/ready")],
            *[Request("GET", path, headers=ORIGIN) for path in paths],
            *[Request("OPTIONS", path, headers=asks) for path in [*paths, f"/api/v2/silence/{UNKNOWN}"]],
            *[Request("OPTIONS", path) for path in paths],
            *[Request(method, path) for method in ("HEAD", "DELETE", "PUT", "PATCH") for path in paths],
            *[Request("POST", path, "{}", JSON) for path in ("/api/v2/status", "/api/v2/receivers", "/api/v2/alerts/groups")],
            *[Request("GET", path) for path in ("/api/v2/", "/api/v2/nothing", "/api/v2/alerts/", "/nothing")],
            Request("GET", "/api/v2/alerts", headers={"Accept": "text/plain"}),
            Request("GET", "/-/reload"),
            Request("POST", "/-/healthy"),
            Request("POST", "/-/reload"),
        )
        for server in self.both:
            server.write_config({"route": {"receiver": "nobody"}})
        self.compare(Request("POST", "/-/reload"))


if __name__ == "__main__":
    unittest.main()

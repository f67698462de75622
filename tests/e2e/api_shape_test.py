"""Every endpoint of Alertmanager's API v2, asked well and badly: both servers answer with the same code and shape."""

import http.client
import json
import time
import unittest
from typing import Any
from urllib.parse import quote

from api_differences import ALLOWED, JSON, ORIGIN, UNKNOWN, Reply, Request, listed, shape
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
CORS_HEADERS = ["Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"]


class ApiShape(SideBySide):
    def setUp(self) -> None:
        self.both = self.servers(CONFIG)
        alerts = [
            {"labels": {"alertname": "Plain", "node": "a"}, "annotations": {"a": "b"}, "generatorURL": "http://p/g"},
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
        filters = ['node="a"', "node=a", 'alertname=~"P.*|O.*"', 'team!=""', 'team=""', 'team=~"y|"', "team!~.+", "x=1"]
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
            *[Request("POST", path, "{}", JSON) for path in (paths[1], *paths[3:])],
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

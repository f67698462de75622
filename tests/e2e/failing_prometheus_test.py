"""A Prometheus that answers errors, garbage, too much, or nothing: alerts hold, and people are told about it."""

import unittest
from typing import Any

from case import EndToEnd
from daemon import group, receiver, route, rule, webhook
from stand_ins import FakePrometheus
from waiting import wait_until

# Name of the server; how it fails; what its rule's lastError says of that; the alert that tells people.
FAILURES: list[tuple[str, Any, str, str]] = [
    ("refusing", FakePrometheus.refuse_the_query, "found duplicate series", "RuleEvaluationFailing"),
    ("failing", FakePrometheus.fail, "503", "PrometheusUnreachable"),
    ("babbling", FakePrometheus.send_garbage, r"(?i)json|answer", "PrometheusUnreachable"),
    ("breaking-off", FakePrometheus.send_half_a_result, r"(?i)clos|incomplete|complete|ended", "PrometheusUnreachable"),
    ("silent", FakePrometheus.hang_up, r"(?i)clos|empty|no answer|ended", "PrometheusUnreachable"),
    ("hanging", FakePrometheus.hang, r"(?i)time|in time", "PrometheusUnreachable"),
    ("endless", FakePrometheus.send_too_much, r"(?i)large|too (big|much)|bytes|time", "PrometheusUnreachable"),
]


class AFailingPrometheus(EndToEnd):
    def setUp(self) -> None:
        self.webhooks = self.webhook()
        self.tocsin = self.daemon()

    def told(self, alert: str, status: str, server: str) -> list[dict[str, Any]]:
        """What was said of an alert of this name that has to do with this server."""
        return [
            one
            for call in self.webhooks.told("/a", alert, status)
            for one in call.body["alerts"]
            if one["status"] == status
            and one["labels"]["alertname"] == alert
            and server in (one["labels"].get("prometheus"), one["labels"].get("server"))
        ]

    def test_holds_its_alerts_and_is_reported_and_recovers(self) -> None:
        """However a Prometheus fails, its rules say so, alerts hold, an alert tells it, and recovery resolves that."""
        servers = {name: self.fake_prometheus() for name, *_ in FAILURES}
        servers["well"] = self.fake_prometheus()
        blocks = []
        for name, prometheus in servers.items():
            prometheus.raise_series("up == 0", instance="a")
            down = rule("Down", "up == 0", labels={"server": name})
            self.tocsin.write_rules(group(down, name=name), file=f"{name}.yml")
            blocks.append(self.tocsin.server(prometheus.url, name, f"{name}.yml", timeout="1s"))
        self.tocsin.write_config(
            {
                "global": {"evaluation_interval": "500ms"},
                "prometheus": blocks,
                "route": route("hook", group_by=["..."]),
                "receivers": [receiver("hook", **webhook(self.webhooks.url + "/a"))],
            }
        )
        self.tocsin.start()
        for name in servers:
            wait_until(f"{name}: Down is told", lambda: self.told("Down", "firing", name))

        for name, how, _, _ in FAILURES:
            prometheus = servers[name]
            prometheus.misbehave(getattr(prometheus, how.__name__))
        for name, _, error, alert in FAILURES:
            with self.subTest(name):
                self.judge_failure(name, error, alert)
        self.let_evaluations_pass(servers["well"], 4)
        self.assertEqual(self.health("well"), ("ok", ""), "a server that is well is not delayed by the others")

        for prometheus in servers.values():
            prometheus.misbehave(None)
        for name, _, _, alert in FAILURES:
            with self.subTest(name):
                wait_until(f"{name}: {alert} is told resolved", lambda: self.told(alert, "resolved", name))
                wait_until(f"{name}: its rule is well", lambda: self.health(name) == ("ok", ""))
        for name in servers:
            with self.subTest(name):
                self.assertEqual(self.told("Down", "resolved", name), [], "held all the time")
                self.assertEqual(len(self.told("Down", "firing", name)), 1)
        self.assertEqual(self.told("PrometheusUnreachable", "firing", "well"), [])

    def judge_failure(self, name: str, error: str, alert: str) -> None:
        [said, *_] = wait_until(f"{name}: {alert} is told", lambda: self.told(alert, "firing", name))
        health, last_error = self.health(name)
        self.assertEqual(health, "err")
        self.assert_matches(last_error, error)
        self.assert_matches(said["annotations"]["description"], error)
        [held] = [one for one in self.tocsin.rule_alerts("Down") if one["labels"]["server"] == name]
        self.assertEqual(held["state"], "firing")

    def health(self, server: str) -> tuple[str, str]:
        [part] = [part for part in self.tocsin.get("/api/v1/rules").json["data"]["groups"] if part["name"] == server]
        [only] = part["rules"]
        return only["health"], only.get("lastError", "")


if __name__ == "__main__":
    unittest.main()

"""Reloading while alerts arrive: nothing twice, nothing lost, and a mistake changes nothing."""

import collections
import signal
import threading
import time
import unittest
from typing import Any

from case import EndToEnd
from daemon import Daemon, group, receiver, route, rule, rfc3339, webhook
from waiting import wait_until

RELOADS = 24
POSTS_A_SECOND = 25


class Poster(threading.Thread):
    """Posts a new alert at a steady rate, and keeps what was accepted."""

    def __init__(self, tocsin: Daemon) -> None:
        super().__init__(daemon=True)
        self.tocsin = tocsin
        self.enough = threading.Event()
        self.posted: list[str] = []
        self.refused: list[str] = []

    def run(self) -> None:
        number = 0
        while not self.enough.wait(1 / POSTS_A_SECOND):
            name = f"posted-{number}"
            number += 1
            try:
                ends = rfc3339(time.time() + 3600)
                answer = self.tocsin.post_alerts({"labels": {"alertname": "Posted", "name": name}, "endsAt": ends})
                (self.posted if answer.status == 200 else self.refused).append(name)
            except OSError as problem:
                self.refused.append(f"{name}: {problem}")


class Reload(EndToEnd):
    def setUp(self) -> None:
        self.prometheus_api, self.webhooks = self.fake_prometheus(), self.webhook()
        self.tocsin = self.daemon()

    def config(self, **more: Any) -> dict[str, Any]:
        return {
            "global": {"evaluation_interval": "250ms"},
            "prometheus": [self.tocsin.server(self.prometheus_api.url)],
            "route": route("hook", group_by=["..."]),
            "receivers": [receiver("hook", **webhook(self.webhooks.url + "/a"))],
            **more,
        }

    def variant(self, number: int) -> dict[str, Any] | str:
        """A configuration that differs from the last; every third has a mistake."""
        if number % 3 == 2:
            return "route:\n  receiver: hook\n  group_wiat: 1s\nreceivers:\n- name: hook\n"
        spare = receiver("spare", **webhook(f"{self.webhooks.url}/spare{number}"))
        config = self.config(route=route("hook", group_by=["..."], group_wait=f"{200 + number}ms"))
        config["receivers"] = [spare, *config["receivers"]] if number % 2 else [*config["receivers"], spare]
        config["global"]["external_labels"] = {}
        return config

    def completed_reloads(self) -> int:
        return self.tocsin.program.text().count("Completed loading of configuration file")

    def failed_reloads(self) -> int:
        return self.tocsin.program.text().count("Loading the configuration failed")

    def test_under_load_says_nothing_twice_and_loses_nothing(self) -> None:
        """Reloaded again and again, sometimes with mistakes, while alerts arrive steadily: each is told once."""
        self.tocsin.write_rules(group(rule("Held", "held", "500ms")))
        self.tocsin.write_config(self.config())
        self.prometheus_api.raise_series("held", instance="a")
        self.tocsin.start()
        before = self.tocsin.wait_for_state("Held", "firing")
        poster = Poster(self.tocsin)
        poster.start()
        self.addCleanup(poster.enough.set)
        for number in range(RELOADS):
            self.reload_once(number)
        wait_until("there was some load", lambda: len(poster.posted) > 20 or poster.refused)
        poster.enough.set()
        poster.join(30)
        self.assertEqual(poster.refused, [])

        expected = collections.Counter(poster.posted)
        wait_until("every posted alert is told", lambda: self.told("Posted", "name").keys() >= expected.keys())
        self.let_evaluations_pass(self.prometheus_api, 8)
        self.assertEqual(self.told("Posted", "name"), expected, "each exactly once")
        self.assertEqual(self.told("Held", "instance"), {"a": 1}, "the rule's alert was told once, before it all")
        self.assertEqual(self.tocsin.rule_alert("Held", "firing")["activeAt"], before["activeAt"])
        self.assertEqual(self.tocsin.metric("alertmanager_notifications_failed_total"), 0)

    def reload_once(self, number: int) -> None:
        variant = self.variant(number)
        wrong = isinstance(variant, str)
        self.tocsin.write_config(variant)
        count = self.failed_reloads if wrong else self.completed_reloads
        before = count()
        if number % 2:
            self.tocsin.program.send(signal.SIGHUP)
            wait_until("the signal has its effect", lambda: count() > before)
        else:
            answer = self.tocsin.reload()
            self.assertEqual(answer.status, 500 if wrong else 200, answer.text)
            if wrong:
                self.assert_matches(answer.text, r"tocsin\.yml:3:3: error: .*group_wiat")
        successful = self.tocsin.metric("alertmanager_config_last_reload_successful")
        self.assertEqual(successful, 0 if wrong else 1)

    def told(self, alert: str, label: str) -> collections.Counter[str]:
        """How often each was told to fire; nothing may be told resolved."""
        counts: collections.Counter[str] = collections.Counter()
        for call in self.webhooks.accepted("/a"):
            for one in call.body["alerts"]:
                self.assertEqual(one["status"], "firing", one)
                if one["labels"]["alertname"] == alert:
                    counts[one["labels"][label]] += 1
        return counts

    def test_with_a_mistake_changes_nothing_and_says_where_it_is(self) -> None:
        """A reload with mistakes in the rules names each by file, line and column, and changes nothing."""
        self.tocsin.write_rules(group(rule("Held", "held")))
        self.tocsin.write_config(self.config())
        self.prometheus_api.raise_series("held", instance="a")
        self.tocsin.start()
        wait_until("it is told", lambda: self.webhooks.told("/a", "Held", "firing"))
        status = self.tocsin.get("/api/v2/status").json["config"]

        (self.folder / "rules.yml").write_text(
            "groups:\n- name: g\n  rules:\n  - alert: Held\n    expr: held\n"
            "    for: 5 minutes\n    labels: {severity: '{{ .Nope'}\n"
        )
        answer = self.tocsin.reload()
        self.assertEqual(answer.status, 500)
        self.assert_matches(answer.text, r"rules\.yml:6:10: error: ", r"rules\.yml:7:\d+: error: ")
        self.let_evaluations_pass(self.prometheus_api, 4)
        self.assertEqual(self.tocsin.rule("Held")["health"], "ok")
        self.tocsin.wait_for_state("Held", "firing")
        self.assertEqual(self.tocsin.get("/api/v2/status").json["config"], status)
        self.assertEqual(len(self.webhooks.all("/a")), 1)

    def test_without_a_rule_resolves_its_alert_at_once_and_keeps_the_others(self) -> None:
        """A rule that a reload deletes resolves at once; the others keep their state, also where their text changed."""
        self.prometheus_api.raise_series("held", instance="a")
        self.prometheus_api.raise_series("deleted", instance="a")
        self.prometheus_api.raise_series("pending", instance="a")
        pending = rule("Pending", "pending", "1h")
        self.tocsin.write_rules(group(rule("Held", "held"), rule("Deleted", "deleted"), pending))
        self.tocsin.write_config(self.config())
        self.tocsin.start()
        for name in ("Held", "Deleted"):
            wait_until(f"{name} is told", lambda: self.webhooks.told("/a", name, "firing"))
        before = {name: self.tocsin.rule_alerts(name) for name in ("Held", "Pending")}

        held = rule("Held", "held", annotations={"summary": "changed"})
        self.tocsin.write_rules(group(held, pending))
        self.assertEqual(self.tocsin.reload().status, 200)
        queries = self.prometheus_api.count("held")
        [end] = wait_until("the deleted rule's end is told", lambda: self.webhooks.told("/a", "Deleted", "resolved"))
        self.assertLess(self.prometheus_api.count("held") - queries, 12, "within a few evaluations: one group_interval")
        self.assertEqual(end.body["status"], "resolved")
        for name, alerts in before.items():
            after = self.tocsin.rule_alerts(name)
            self.assertEqual([one["activeAt"] for one in after], [one["activeAt"] for one in alerts], name)
            self.assertEqual([one["state"] for one in after], [one["state"] for one in alerts], name)
        self.assertEqual(self.webhooks.told("/a", "Held", "resolved"), [])


if __name__ == "__main__":
    unittest.main()

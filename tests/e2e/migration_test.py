"""Alertmanager is stopped, Tocsin is started in its place: same flags, same configuration, same data folder."""

import time
import unittest
from typing import Any

from daemon import receiver, rfc3339, route
from side_by_side import OURS, Server, SideBySide, matcher
from waiting import wait_until

FAR = "2042-01-01T00:00:00Z"
FIRING = [
    {"labels": {"alertname": "Disk", "node": "a", "team": "web"}, "annotations": {"summary": "full"}},
    {"labels": {"alertname": "Disk", "node": "b", "team": "web"}},
    {"labels": {"alertname": "Lamp", "node": "ä \"c\"", "team": "web", "severity": "info"}},
    {"labels": {"alertname": "Oven", "node": "d", "team": "db"}},
    {"labels": {"alertname": "Plain"}},
]
SILENCED = {"labels": {"alertname": "Silenced", "node": "e"}}
NEW = {"labels": {"alertname": "Lamp", "node": "new", "team": "web", "severity": "info"}}


def config(url: str) -> dict[str, Any]:
    hooks = [{"url": f"{url}/one"}, {"url": f"{url}/two", "send_resolved": False}]
    return {
        "route": route(
            "all",
            group_wait="300ms",
            group_interval="1s",
            repeat_interval="4h",
            routes=[
                {"receiver": "web", "match_re": {"team": "w.b|x"}, "group_by": ["alertname", "severity"]},
                {"receiver": "db", "matchers": ['team=~"d.|y"', 'other!="z"'], "group_by": ["..."], "continue": True},
                {"receiver": "all", "match": {"team": "db"}},
            ],
        ),
        "receivers": [
            receiver("all", webhook_configs=[{"url": f"{url}/all"}]),
            receiver("web", webhook_configs=hooks),
            receiver("db", webhook_configs=[{"url": f"{url}/db"}]),
        ],
    }


class Migration(SideBySide):
    def setUp(self) -> None:
        self.webhooks = self.webhook()
        self.server, unused = self.prepared(config(self.webhooks.url))
        self.assertFalse(unused.program.is_running())
        now = time.time()
        for alert in [*FIRING, SILENCED, NEW]:
            alert.update(startsAt=rfc3339(now), endsAt=FAR, generatorURL="http://prometheus.example.com/graph")

    # --- Alertmanager's life

    def live_as_alertmanager(self) -> None:
        self.start()
        now = time.time()
        span = {"startsAt": rfc3339(now), "endsAt": rfc3339(now + 3600)}
        self.server.silence("active", matcher("alertname", "Silenced"), **span)
        negative = matcher("node", "x.*|", regex=True, equal=False)
        later = {"startsAt": "2041-01-01T00:00:00Z", "endsAt": FAR}
        self.server.silence("pending, ü \"quoted\"", matcher("team", "w.b", regex=True), negative, **later)
        expired = self.server.silence("expired", matcher("a", "b\\c\n"), matcher("d", "", equal=False), **span)
        self.assertEqual(self.server.delete(f"/api/v2/silence/{expired}").status, 200)
        self.assertEqual(self.server.post_alerts(*FIRING, SILENCED).status, 200)
        wait_until("everybody has been told", lambda: len(self.told()) == 9)
        self.silences = self.server.silences()
        self.alerts = self.server.alerts()
        self.before = self.told()
        self.groups = {(call.path, call.body["groupKey"]) for call in self.webhooks.calls}
        self.assertEqual(self.server.stop(), 0)

    def start(self) -> None:
        self.server.program.start()
        self.server.program.wait_until_up(f"{self.server.name} is ready", self.is_ready(self.server))

    def told(self) -> list[tuple[str, str, str]]:
        """Webhook, name and status of every alert that a call told of, in order."""
        return sorted(
            (call.path, f"{one['labels']['alertname']} {one['labels'].get('node')}", one["status"])
            for call in list(self.webhooks.calls)
            for one in call.body["alerts"]
        )

    def take_over(self) -> Server:
        self.server.become(OURS)
        self.own(self.server.program)
        self.start()
        return self.server

    # --- what the successor knows

    def test_tells_nobody_what_alertmanager_has_told(self) -> None:
        """What Alertmanager told is not told again; what is new is; who heard "firing" hears "resolved"."""
        self.live_as_alertmanager()
        calls = len(self.webhooks.calls)
        tocsin = self.take_over()
        self.assertEqual(tocsin.post_alerts(*FIRING, SILENCED).status, 200)
        self.wait_for_flushes(tocsin)
        self.assertEqual(self.calls_since(calls), [], "nothing is told twice")

        self.assertEqual(tocsin.post_alerts(NEW).status, 200)
        wait_until("the new one is told", lambda: ("/one", "Lamp new", "firing") in self.told())
        over = rfc3339(time.time() - 0.5)
        self.assertEqual(tocsin.post_alerts(*[{**alert, "endsAt": over} for alert in FIRING]).status, 200)
        for path, alert in {(path, alert) for path, alert, _ in self.before if path != "/two"}:
            wait_until(f"{path} hears the end of {alert}", lambda: (path, alert, "resolved") in self.told())
        self.assertFalse([one for one in self.told() if one[0] == "/two" and one[2] == "resolved"])
        self.assertFalse([one for one in self.told() if "Silenced" in one[1]], "it is silenced still")
        groups = {(call.path, call.body["groupKey"]) for call in self.webhooks.calls[calls:]}
        groups = {(path, key) for path, key in groups if "Probe" not in key}
        self.assertLessEqual(groups, self.groups, "the keys that incidents go by")
        self.assertEqual({path for path, _ in groups}, {path for path, _ in self.groups})

    def wait_for_flushes(self, server: Server) -> None:
        """A group that is younger than all others speaks, and again an interval later: then all have flushed twice."""
        now = time.time()
        probe = {"labels": {"alertname": "Probe"}, "startsAt": rfc3339(now), "endsAt": FAR}
        for change, status in ({}, "firing"), ({"endsAt": rfc3339(now + 0.1)}, "resolved"):
            self.assertEqual(server.post_alerts({**probe, **change}).status, 200)
            wait_until(f"the probe is {status}", lambda: self.webhooks.told("/all", "Probe", status))

    def calls_since(self, count: int) -> list[Any]:
        """What was said since then, but for the probe."""
        bodies = [call.body for call in list(self.webhooks.calls)[count:]]
        return [body for body in bodies if body["groupLabels"] != {"alertname": "Probe"}]

    def test_knows_the_silences(self) -> None:
        """All silences are there with their ids, matchers, times and states, and can be expired and edited."""
        self.live_as_alertmanager()
        tocsin = self.take_over()
        taken = tocsin.silences()
        self.assertEqual(set(taken), set(self.silences))
        for comment, silence in self.silences.items():
            for key in ("id", "matchers", "startsAt", "endsAt", "updatedAt", "createdBy", "status"):
                self.assertEqual(taken[comment][key], silence[key], f"{key} of {comment}")
        self.assertEqual(tocsin.post_alerts(*FIRING, SILENCED).status, 200)
        alerts = tocsin.alerts()
        self.assertEqual(set(alerts), set(self.alerts), "fingerprints")
        for fingerprint, alert in self.alerts.items():
            for key in ("labels", "annotations", "startsAt", "endsAt", "generatorURL", "receivers"):
                self.assertEqual(alerts[fingerprint].get(key), alert.get(key), f"{key} of {alert['labels']}")
            self.assertEqual(alerts[fingerprint]["status"]["silencedBy"], alert["status"]["silencedBy"])

        active = self.silences["active"]
        self.assertEqual(tocsin.delete(f"/api/v2/silence/{active['id']}").status, 200)
        self.assertEqual(tocsin.silences()["active"]["status"]["state"], "expired")
        wait_until("what was silenced is told", lambda: ("/all", "Silenced e", "firing") in self.told())

    def test_takes_over_only_once(self) -> None:
        """A silence that was expired after the take-over does not come back with the next start."""
        self.live_as_alertmanager()
        tocsin = self.take_over()
        self.assertEqual(tocsin.delete(f"/api/v2/silence/{self.silences['active']['id']}").status, 200)
        self.assertEqual(tocsin.stop(), 0)
        self.start()
        self.assertEqual(tocsin.silences()["active"]["status"]["state"], "expired")
        calls = len(self.webhooks.calls)
        self.assertEqual(tocsin.post_alerts(*FIRING).status, 200)
        self.wait_for_flushes(tocsin)
        self.assertEqual(self.calls_since(calls), [], "nothing is told twice")

    def test_starts_in_spite_of_damaged_snapshots(self) -> None:
        """A damaged `nflog` or `silences` is said, and stops nothing; what can be read of the other is taken."""
        if not self.is_tocsin():
            self.skipTest("Alertmanager refuses to start")
        self.live_as_alertmanager()
        good = {name: (self.server.data / name).read_bytes() for name in ("nflog", "silences")}
        self.assertTrue(all(good.values()))
        damages = {
            "cut": lambda text: text[: len(text) // 2 + 1],
            "noise": lambda text: bytes((7 * index) % 251 for index in range(300)),
            "huge length": lambda text: b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f" + text,
            "empty": lambda text: b"",
        }
        for name, other in (("nflog", "silences"), ("silences", "nflog")):
            for damage, harm in damages.items():
                with self.subTest(f"{name}: {damage}"):
                    self.judge_damage({name: harm(good[name]), other: good[other]}, name, damage)

    def judge_damage(self, files: dict[str, bytes], damaged: str, damage: str) -> None:
        folder = self.server.folder / f"{damaged}-{damage.replace(' ', '-')}"
        (folder / "data").mkdir(parents=True)
        for name, content in files.items():
            (folder / "data" / name).write_bytes(content)
        server = Server(OURS, folder)
        self.own(server.program)
        server.write_config(config(self.webhooks.url))
        server.program.start()
        server.program.wait_until_up(f"{server.name} is ready", self.is_ready(server))
        if damage != "empty":
            self.assert_matches(server.program.text(), rf'(?i)level="?(warn|error).*\b{damaged}\b')
        if damaged != "silences":
            self.assertEqual(set(server.silences()), set(self.silences), "the silences are whole")
        before = len(self.webhooks.calls)
        self.assertEqual(server.post_alerts({**NEW, "labels": {"alertname": damage, "damaged": damaged}}).status, 200)
        wait_until("it pages", lambda: self.calls_since(before))
        self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()

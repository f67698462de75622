"""A real Prometheus that notifies Tocsin and Alertmanager alike, for a while in which much happens.

The clock of the story is Prometheus: it evaluates once a second, and what it sends arrives at both servers in the same
moment. All groups flush half a second off that beat (group_wait is 1.5 s, intervals are whole seconds), so that no
change and no silence races a flush, and both servers see the same at each of them.
"""

import json
import time
import unittest
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from http.server import BaseHTTPRequestHandler
from typing import Any

from case import RealPrometheus
from daemon import receiver, rfc3339
from side_by_side import OURS, THEIRS, SideBySide, matcher
from stand_ins import Call, StandIn, Webhook
from waiting import wait_until

ALWAYS = [{"times": [{"start_time": "00:00", "end_time": "24:00"}]}]
NEVER = [{"years": ["1999"]}]
RECEIVERS = ["root", "db", "teams", "night", "day", "holiday", "repeat", "even", "all", "nested", "nested-critical"]
INHIBITS, INHIBITED = "Down a", "Slow a"
# Name and node of every alert, its team and its severity.
ALERTS = {
    "Slow a": ("db", "warning"),
    "Slow b": ("db", "warning"),
    "Down a": ("db", "critical"),
    "Disk c": ("web", "warning"),
    "Disk d": ("web", "warning"),
    "Quiet e": ("quiet", "info"),
    "Quiet f": ("quiet", "info"),
    "Night g": ("night", "info"),
    "Day h": ("day", "info"),
    "Holiday i": ("holiday", "info"),
    "Repeat j": ("repeat", "info"),
    "Even k": ("even", "info"),
    "All l": ("all", "info"),
    "All m": ("all", "info"),
    "Nested n": ("nested", "critical"),
    "Nested o": ("nested", "info"),
    "Plain p": ("none", "info"),
}
# What happens, and after how many evaluations. At least two flushes lie between changes of one group.
STORY = [
    (1, "fire", "Slow b, Disk c, Quiet e, Night g, Day h, Holiday i, Repeat j, Even k, All l, Nested n, Plain p"),
    (6, "fire", "Disk d, Quiet f, All m, Nested o"),
    (11, "resolve", "Disk c, Quiet e, Plain p, All l, Nested n"),
    (12, "resolve", "Day h"),
    (13, "fire", "Day h"),
    (16, "resolve", "Disk d"),
    (16, "fire", "Plain p, Quiet e, Slow a"),
    (20, "silence", "Disk c"),
    (20, "fire", "Down a"),  # Slow a is inhibited from here on
    (21, "fire", "Disk c, Disk d"),
    (24, "resolve", "Slow a"),  # while it is inhibited
    (26, "expire", "Disk c"),
    (26, "silence for 5 s", "Plain p"),  # ends by itself, and Plain p still fires
    (28, "resolve", "Down a"),
    (31, "silence", "Disk"),
    (32, "fire", "Slow a"),
    (35, "resolve", "Disk c"),  # while it is silenced
    (36, "fire", "Down a"),
    (40, "expire", "Disk"),  # Disk d still fires
    (40, "resolve", "Down a"),  # Slow a still fires
    (40, "resolve", "Plain p, All m, Quiet e, Quiet f, Repeat j, Even k, Day h"),
    (45, "resolve", "Slow a, Disk d"),
    (49, "fire", "Down a"),
    (50, "fire", "Slow a"),  # inhibited before it was ever told
    (54, "resolve", "Down a"),
    (59, "resolve", "Slow a, Slow b, Nested o, Night g, Holiday i"),
    (64, "end", ""),
]


def config(url: str) -> dict[str, Any]:
    def team(name: str, receiver: str = "", **more: Any) -> dict[str, Any]:
        return {"receiver": receiver or name, "matchers": [f"team={name}"], **more}

    return {
        "route": {
            "receiver": "root",
            "group_by": ["alertname"],
            "group_wait": "1s500ms",
            "group_interval": "2s",
            "repeat_interval": "1h",
            "routes": [
                team("db", group_by=["alertname", "node"], **{"continue": True}),
                {"receiver": "teams", "match_re": {"team": "db|web"}},
                team("quiet"),
                team("night", mute_time_intervals=["always"]),
                team("day", mute_time_intervals=["never"], active_time_intervals=["always"]),
                team("holiday", active_time_intervals=["never"]),
                team("repeat", repeat_interval="5s500ms"),
                team("even", repeat_interval="4s"),
                team("all", group_by=["..."]),
                team("nested", routes=[{"receiver": "nested-critical", "match": {"severity": "critical"}}]),
            ],
        },
        "receivers": [
            *[receiver(name, webhook_configs=[{"url": f"{url}/{name}"}]) for name in RECEIVERS],
            receiver("quiet", webhook_configs=[{"url": f"{url}/quiet", "send_resolved": False}]),
        ],
        "inhibit_rules": [
            {"source_matchers": ["severity=critical"], "target_matchers": ["severity=warning"], "equal": ["node"]}
        ],
        "time_intervals": [
            {"name": "always", "time_intervals": ALWAYS},
            {"name": "never", "time_intervals": NEVER},
        ],
    }


def rules() -> dict[str, Any]:
    names = sorted({alert.split()[0] for alert in ALERTS})
    alerts = [{"alert": name, "expr": f'max by (node, team, severity) (fault{{alert="{name}"}}) > 0'} for name in names]
    return {"groups": [{"name": "story", "rules": [*alerts, {"alert": "Watchdog", "expr": "vector(1)"}]}]}


class Faults(StandIn):
    """An exporter whose series say what is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.on: set[str] = set()

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        with self.lock:
            on = set(self.on)
        lines = ["# TYPE fault gauge"]
        for alert, (team, severity) in ALERTS.items():
            name, node = alert.split()
            labels = f'alert="{name}",node="{node}",team="{team}",severity="{severity}"'
            lines.append(f"fault{{{labels}}} {int(alert in on)}")
        self.answer(request, 200, "\n".join(lines) + "\n", "text/plain; version=0.0.4")


class Beat(StandIn):
    """A third Alertmanager of Prometheus, which only counts evaluations: each sends the watchdog once."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        with self.lock:
            self.count += sum(1 for alert in json.loads(body) if alert["labels"]["alertname"] == "Watchdog")
        self.answer(request, 200, "{}")


@dataclass(frozen=True)
class Notification:
    """What one call of a webhook says. Two are equal if they say the same of the same alerts."""

    alerts: frozenset[tuple[str, str]]  # alert, and whether it fires
    status: str
    time: float = field(compare=False)
    starts: tuple[tuple[str, str], ...] = field(compare=False)

    @staticmethod
    def of(call: Call) -> "Notification":
        alerts = [(name_of(alert["labels"]), alert) for alert in call.body["alerts"]]
        said = frozenset((name, alert["status"]) for name, alert in alerts)
        starts = tuple(sorted((name, alert["startsAt"]) for name, alert in alerts))
        return Notification(said, call.body["status"], call.time, starts)

    def with_status(self, status: str) -> set[str]:
        return {alert for alert, one in self.alerts if one == status}

    def __str__(self) -> str:
        said = ", ".join(f"{alert} {status}" for alert, status in sorted(self.alerts))
        return f"{self.status}: {said}"


def name_of(labels: dict[str, str]) -> str:
    return f"{labels['alertname']} {labels.get('node', '')}".strip()



Trace = dict[tuple[str, str], list[Notification]]  # by path of the webhook and group key


class Mutes:
    """When which alert was silenced or inhibited, as the story has it."""

    LAG = 5.0  # seconds from a change of the story until every flush has seen it: a scrape, an evaluation, a flush

    def __init__(self) -> None:
        self.spans: list[tuple[str, float, float]] = []
        self.open: dict[str, float] = {}

    def begin(self, what: str) -> None:
        self.open[what] = time.time()

    def end(self, what: str) -> None:
        self.spans.append((what, self.open.pop(what), time.time()))

    def of(self, alert: str) -> list[tuple[float, float]]:
        return [(start, end) for what, start, end in self.spans if what in (alert, alert.split()[0])]

    def muted(self, alert: str, at: float) -> bool:
        return any(start < at < end + self.LAG for start, end in self.of(alert))

    def freed(self, alert: str, at: float) -> bool:
        return any(end < at < end + self.LAG for _, end in self.of(alert))


# --- Differences that the specification calls for. Each is asked whether it explains what only one of them said. ------


def resolved_although_muted(said: Notification, before: list[Notification], mutes: Mutes) -> bool:
    """§17 no. 1, and §18 "fully muted flush drops resolved alerts": who was told "firing" hears "resolved" for all that."""
    heard = {alert for one in before for alert in one.with_status("firing")}
    return any(alert in heard and mutes.muted(alert, said.time) for alert in said.with_status("resolved"))


def announced_after_mute(said: Notification, before: list[Notification], mutes: Mutes) -> bool:
    """§17 no. 9: at the end of a silence or of an inhibition, what still fires is announced."""
    return any(mutes.freed(alert, said.time) for alert in said.with_status("firing"))


def returned_alert_announced(said: Notification, before: list[Notification], mutes: Mutes) -> bool:
    """§18 "partial mute leaves nflog entry too big": an alert that ended and comes back is news, not a subset."""
    last = {alert: start for one in before for alert, start in one.starts}
    starts = dict(said.starts)
    return any(alert in last and starts[alert] > last[alert] for alert in said.with_status("firing"))


def resolved_late(said: Notification, before: list[Notification], mutes: Mutes) -> bool:
    """§17 no. 1, the other side: Alertmanager drops a resolve that comes while the alert is muted.

    It says it after the mute at best, and only because Prometheus goes on sending resolved alerts for 15 minutes.
    """
    return any(mutes.freed(alert, said.time) for alert in said.with_status("resolved"))


def without_old_resolves(calls: list[Notification]) -> list[Notification]:
    """§3.5, third row: once told, a resolved alert is "absent later".

    As Prometheus goes on sending it, it comes into Alertmanager's group again, and into the next page about the others.
    """
    heard: set[str] = set()
    kept = []
    for one in calls:
        old = {(alert, "resolved") for alert in one.with_status("resolved") & heard}
        kept.append(replace(one, alerts=one.alerts - old))
        heard = (heard | one.with_status("resolved")) - one.with_status("firing")
    return [one for one in kept if one.alerts]


ALLOWED_OF_OURS = [resolved_although_muted, announced_after_mute, returned_alert_announced]
ALLOWED_OF_THEIRS = [resolved_late]
REPEATING = ("/repeat", "/even")


class TakeOver(SideBySide):
    def test_says_the_same_but_for_what_is_better(self) -> None:
        """The same groups, alerts and order of notifications from both; each difference is one that the spec calls for."""
        self.begin()
        for beat, what, about in STORY:
            self.wait_for_beat(beat)
            self.happen(what, about)
        theirs, ours = (self.trace(server.name) for server in self.both)
        text = self.tell(theirs, ours)
        (self.folder / "traces.txt").write_text(text)
        try:
            self.judge(theirs, ours)
        except AssertionError as problem:
            raise AssertionError(f"{problem}\n{text}") from None

    # --- the story

    def begin(self) -> None:
        self.webhooks: dict[str, Webhook] = {THEIRS: self.webhook(), OURS: self.webhook()}
        self.both = self.servers(lambda name: config(self.webhooks[name].url))
        self.faults, self.beat = self.play(Faults()), self.play(Beat())
        (self.folder / "rules.yml").write_text(json.dumps(rules()))
        second = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
        targets = [*[server.address for server in self.both], self.beat.address]
        managers = {"api_version": "v2", "static_configs": [{"targets": targets}]}
        more = {"global": second, "rule_files": ["rules.yml"], "alerting": {"alertmanagers": [managers]}}
        prometheus = RealPrometheus(self.folder, self.unpacked("prometheus"), self.faults, more)
        prometheus.program.command.remove("--rules.alert.resend-delay=1s")
        prometheus.program.command.append("--rules.alert.resend-delay=500ms")  # less than an interval: with each of them
        self.own(prometheus.program)
        prometheus.start()
        self.mutes, self.ids, self.said = Mutes(), {}, []
        self.start = time.time()
        wait_until("the first evaluation", lambda: self.beat.count >= 1)
        self.first_beat = self.beat.count

    def wait_for_beat(self, beat: int) -> None:
        wait_until(f"evaluation {beat}", lambda: self.beat.count >= self.first_beat + beat, patience=40)

    def happen(self, what: str, about: str) -> None:
        self.said.append((time.time(), f"{what} {about}"))
        names = [name for name in about.split(", ") if name]
        if what in ("fire", "resolve"):
            with self.faults.lock:
                self.faults.on = self.faults.on | set(names) if what == "fire" else self.faults.on - set(names)
            if INHIBITS in names:
                (self.mutes.begin if what == "fire" else self.mutes.end)(INHIBITED)
        elif what == "expire":
            self.end_silence(about)
        elif what.startswith("silence"):
            self.silence(about, lasting=5 if what.endswith("5 s") else 3600)

    def silence(self, about: str, lasting: float) -> None:
        """By the API for what ends by itself, else by amtool: with a matcher of each kind."""
        name, _, node = about.partition(" ")
        start = time.time()
        self.mutes.begin(about)
        for server in self.both:
            if lasting < 3600:
                matchers = [matcher("alertname", name), matcher("node", node)]
                span = {"startsAt": rfc3339(start), "endsAt": rfc3339(start + lasting)}
                server.silence(about, *matchers, **span)
            else:
                matchers = [f"alertname={name}", f"node=~{node or '.+'}", "severity!=critical", "team!~x|y"]
                done = server.amtool("silence", "add", "--comment", about, "--author=test", *matchers)
                self.assertEqual(done.returncode, 0, f"{server.name}: {done.stderr}")
                self.ids[server.name, about] = done.stdout.strip()
        if lasting < 3600:
            start = self.mutes.open.pop(about)
            self.mutes.spans.append((about, start, start + lasting))

    def end_silence(self, about: str) -> None:
        for server in self.both:
            done = server.amtool("silence", "expire", self.ids[server.name, about])
            self.assertEqual(done.returncode, 0, f"{server.name}: {done.stderr}")
        self.mutes.end(about)

    # --- traces

    def trace(self, name: str) -> Trace:
        trace: Trace = {}
        for call in list(self.webhooks[name].calls):
            trace.setdefault((call.path, call.body["groupKey"]), []).append(Notification.of(call))
        return trace

    def tell(self, theirs: Trace, ours: Trace) -> str:
        lines = ["what happened:", *[f"  {at - self.start:6.2f} {what}" for at, what in self.said]]
        for group in sorted(set(theirs) | set(ours)):
            lines.append(" ".join(group))
            for name, trace in ((THEIRS, theirs), (OURS, ours)):
                lines += [f"  {name:12} {one.time - self.start:6.2f} {one}" for one in trace.get(group, [])]
        return "\n".join(lines)

    def judge(self, theirs: Trace, ours: Trace) -> None:
        self.assertEqual(sorted(theirs), sorted(ours), "the same groups notify")
        self.assertEqual([], [group for group in theirs if group[0] in ("/night", "/holiday")], "muted all the time")
        unexplained: list[str] = []
        used: set[str] = set()
        for group in sorted(theirs):
            if group[0] in REPEATING:
                self.judge_repeats(group, theirs[group], ours[group])
            else:
                self.judge_group(group, theirs[group], ours[group], unexplained, used)
        self.assertEqual([], unexplained, "differences that nothing calls for")
        if self.is_tocsin():
            expected = {reason.__name__ for reason in ALLOWED_OF_OURS + ALLOWED_OF_THEIRS}
            self.assertEqual(used, expected, "what is better is seen to be")

    def judge_group(
        self,
        group: tuple[str, str],
        theirs: list[Notification],
        ours: list[Notification],
        unexplained: list[str],
        used: set[str],
    ) -> None:
        theirs, ours = without_old_resolves(theirs), without_old_resolves(ours)
        for kind, i, j, k, m in SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes():
            if kind == "equal":
                continue
            for name, calls, part, allowed in (
                (THEIRS, theirs, range(i, j), ALLOWED_OF_THEIRS),
                (OURS, ours, range(k, m), ALLOWED_OF_OURS),
            ):
                for index in part:
                    reasons = {one.__name__ for one in allowed if one(calls[index], calls[:index], self.mutes)}
                    used |= reasons
                    if not reasons:
                        unexplained.append(f"{' '.join(group)}: only {name} says {calls[index]}")

    def judge_repeats(self, group: tuple[str, str], theirs: list[Notification], ours: list[Notification]) -> None:
        """The same kinds in the same order; how often the same is said again, is judged apart.

        /repeat has an interval between two and three flushes: that is every third one for both. /even has exactly two:
        Alertmanager misses the second flush whenever its sending took longer than the flush was late, and then repeats
        with the third (§18 "repeat k × interval effectively (k+1)"); we never miss it.
        """
        self.assertEqual(self.collapsed(theirs), self.collapsed(ours), group)
        flushes = (theirs[-1].time - theirs[0].time) / 2
        every_second, every_third = flushes / 2, flushes / 3
        for name, calls in ((THEIRS, theirs), (OURS, ours)):
            least = every_second if group[0] == "/even" and name == OURS and self.is_tocsin() else every_third
            most = every_second if group[0] == "/even" else every_third
            repeats = len(calls) - len(self.collapsed(calls))
            said = f"{name} repeats {group} {repeats} times in {flushes:.1f} flushes"
            self.assertTrue(least - 1.5 <= repeats <= most + 1.5, said)

    @staticmethod
    def collapsed(calls: list[Notification]) -> list[Notification]:
        return [one for index, one in enumerate(calls) if index == 0 or one != calls[index - 1]]


if __name__ == "__main__":
    unittest.main()

"""What happens in the story that a real Prometheus tells two routers: alerts, rules, routes, and the events in order.

The clock of the story is Prometheus: it evaluates once a second, and what it sends arrives at both routers in the same
moment. All groups flush half a second off that beat (group_wait is 1.5 s, intervals are whole seconds), so that no
change and no silence races a flush, and both routers see the same at each of them.
"""

import json
from http.server import BaseHTTPRequestHandler
from typing import Any

from daemon import receiver
from stand_ins import StandIn

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

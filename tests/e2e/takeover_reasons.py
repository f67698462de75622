"""What webhooks were told, and the reasons for which Tocsin may tell them something else than Alertmanager does."""

import time
from dataclasses import dataclass, field, replace

from stand_ins import Call


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

    LAG = 6.0  # seconds from a change of the story until every flush has seen it: a scrape, an evaluation, a flush

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
    """§17 no. 1, §18 "fully muted flush drops resolved alerts": who heard "firing" hears "resolved" all the same."""
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

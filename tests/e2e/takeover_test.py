"""A real Prometheus that notifies Tocsin and Alertmanager alike, for a while in which much happens (takeover_story.py).

They have to say the same, in the same order, but for what the specification wants to be better (takeover_reasons.py).
"""

import json
import time
import unittest
from functools import cache

from case import RealPrometheus
from daemon import rfc3339
from side_by_side import OURS, THEIRS, SideBySide, matcher
from stand_ins import Webhook
from takeover_reasons import ALLOWED_OF_OURS, ALLOWED_OF_THEIRS, Mutes, Notification, Trace, without_old_resolves
from takeover_story import INHIBITED, INHIBITS, STORY, Beat, Faults, config, rules
from waiting import wait_until

REPEATING = ("/repeat", "/even")


def unmatched(theirs: list[Notification], ours: list[Notification]) -> tuple[list[int], list[int]]:
    """What only one of them said: the rest says the same in the same order, each as close in time as can be."""
    alone = 1.5  # seconds: what is further apart than twice that is not the same saying

    @cache
    def best(i: int, k: int) -> tuple[float, tuple[int, ...], tuple[int, ...]]:
        if i == len(theirs) and k == len(ours):
            return 0.0, (), ()
        ways = []
        if i < len(theirs):
            cost, left, right = best(i + 1, k)
            ways.append((cost + alone, (i, *left), right))
        if k < len(ours):
            cost, left, right = best(i, k + 1)
            ways.append((cost + alone, left, (k, *right)))
        if i < len(theirs) and k < len(ours) and theirs[i] == ours[k]:
            cost, left, right = best(i + 1, k + 1)
            ways.append((cost + abs(theirs[i].time - ours[k].time), left, right))
        return min(ways)

    _, left, right = best(0, 0)
    return list(left), list(right)


class TakeOver(SideBySide):
    def test_says_the_same_but_for_what_is_better(self) -> None:
        """The same groups, alerts and order of notifications from both; each difference is one that is called for."""
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
        prometheus.program.command.append("--rules.alert.resend-delay=500ms")  # so that each evaluation sends
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
        only_theirs, only_ours = unmatched(theirs, ours)
        for name, calls, part, allowed in (
            (THEIRS, theirs, only_theirs, ALLOWED_OF_THEIRS),
            (OURS, ours, only_ours, ALLOWED_OF_OURS),
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

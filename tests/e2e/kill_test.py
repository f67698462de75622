"""kill -9 at any moment: nothing is lost, and at most one page is said twice for each kill."""

import os
import random
import threading
import time
import unittest
from collections import defaultdict

from case import EndToEnd
from daemon import Daemon, ask, group, receiver, rfc3339, route, rule, unix_time, webhook
from stand_ins import Call, FakePrometheus, Webhook
from waiting import wait_until

KILLS = 15
ALERTS = ("a", "b", "c", "d", "e", "f")


class Killer(threading.Thread):
    """Kills and restarts a daemon at random moments, and keeps when it did.

    Then it waits for the end of the test: the daemon would end with the thread that started it (see end_with_parent).
    """

    def __init__(self, tocsin: Daemon, seed: int) -> None:
        super().__init__(daemon=True)
        self.tocsin = tocsin
        self.random = random.Random(seed)
        self.kills: list[float] = []
        self.enough = threading.Event()
        self.done = threading.Event()
        self.problem: BaseException | None = None

    def run(self) -> None:
        try:
            while len(self.kills) < KILLS and not self.enough.wait(self.random.uniform(0.1, 1.1)):
                self.kills.append(time.time())
                self.tocsin.kill()
                self.tocsin.start()
        except BaseException as problem:  # reported by the test, on its own thread
            self.problem = problem
        self.done.set()
        self.enough.wait()


class KillNine(EndToEnd):
    def start(self, *rules: dict, **route_keys: object) -> tuple[Daemon, FakePrometheus, Webhook]:
        prometheus, webhooks = self.fake_prometheus(), self.webhook()
        tocsin = self.daemon()
        tocsin.write_rules(group(*rules))
        tocsin.write_config(
            {
                "global": {"evaluation_interval": "250ms"},
                "prometheus": [tocsin.server(prometheus.url)],
                "route": route("hook", **route_keys),
                "receivers": [receiver("hook", **webhook(webhooks.url + "/a"))],
            }
        )
        tocsin.start()
        return tocsin, prometheus, webhooks

    def test_loses_no_silence_that_was_acknowledged(self) -> None:
        """Killed as soon as the answer is there, again and again, Tocsin knows every silence that it said it has made."""
        tocsin, _, _ = self.start()
        acknowledged: dict[str, str] = {}  # id to state
        now = time.time()
        for number in range(8):
            made = []
            for name in ("kept", "ended"):
                silence = {
                    "matchers": [{"name": "alertname", "value": f"{name}{number}", "isRegex": False}],
                    "startsAt": rfc3339(now),
                    "endsAt": rfc3339(now + 3600),
                    "createdBy": "test",
                    "comment": name,
                }
                made.append(tocsin.post("/api/v2/silences", silence).json["silenceID"])
            acknowledged[made[0]] = "active"
            answer = ask(tocsin.address, "DELETE", f"/api/v2/silence/{made[1]}")
            self.assertEqual(answer.status, 200, answer.text)
            acknowledged[made[1]] = "expired"
            tocsin.kill()
            tocsin.start()
            silences = tocsin.get("/api/v2/silences").json
            self.assertEqual({one["id"]: one["status"]["state"] for one in silences}, acknowledged)

    def test_at_random_moments_loses_no_page_and_repeats_at_most_one(self) -> None:
        """Killed at random moments of the lives of several alerts, Tocsin tells every start and every end, and for each
        kill repeats at most one of them."""
        seed = int(os.environ.get("TOCSIN_SEED") or random.SystemRandom().randrange(10**6))
        print(f"(seed {seed}) ", end="", flush=True)
        choice = random.Random(seed)
        each_alone = {"group_by": ["alertname", "instance"], "group_wait": "200ms", "group_interval": "500ms"}
        tocsin, prometheus, webhooks = self.start(rule("Down", "down", "500ms"), **each_alone)
        killer = Killer(tocsin, seed)
        killer.start()
        self.addCleanup(killer.join, 30)
        self.addCleanup(killer.enough.set)

        def all_told(state: str, names: set[str], times: int) -> bool:
            self.assertIsNone(killer.problem)
            lives = self.lives(webhooks)
            return all(len([key for key in lives[name] if key[0] == state]) >= times for name in names)

        lives = 0
        while len(killer.kills) < KILLS:
            lives += 1
            self.assertIsNone(killer.problem, f"seed {seed}")
            raised = set(choice.sample(ALERTS, choice.randint(2, len(ALERTS))))
            counts = {name: len([key for key in self.lives(webhooks)[name] if key[0] == "firing"]) for name in ALERTS}
            for name in sorted(raised):
                prometheus.raise_series("down", instance=name)
            for state in ("firing", "resolved"):
                wait_until(
                    f"{sorted(raised)} are told {state} in life {lives} (seed {seed})",
                    lambda: all(all_told(state, {name}, counts[name] + 1) for name in raised),
                    40,
                )
                if state == "firing":
                    for name in sorted(raised):
                        prometheus.drop_series("down", instance=name)
        self.assertTrue(killer.done.wait(30))
        self.assertIsNone(killer.problem, f"seed {seed}")
        self.assertEqual(len(killer.kills), KILLS)

        self.let_evaluations_pass(prometheus, 8)  # whatever would still be repeated has been by then
        self.assertEqual(tocsin.rule_alerts("Down"), [])
        for name, told in self.lives(webhooks).items():
            self.judge(name, told, killer.kills, seed)

    @staticmethod
    def lives(webhooks: Webhook) -> dict[str, dict[tuple[str, str], list[Call]]]:
        """Per instance: (state, start) and the calls that told it, in the order of their first."""
        told: dict[str, dict[tuple[str, str], list[Call]]] = defaultdict(dict)
        for call in webhooks.accepted("/a"):
            for alert in call.body["alerts"]:
                told[alert["labels"]["instance"]].setdefault((alert["status"], alert["startsAt"]), []).append(call)
        return told

    def judge(self, name: str, told: dict[tuple[str, str], list[Call]], kills: list[float], seed: int) -> None:
        for (state, start), calls in told.items():
            first, last = calls[0].time, calls[-1].time
            excuses = [kill for kill in kills if first - 0.5 <= kill <= last]
            self.assertLessEqual(
                len(calls), 1 + len(excuses), f"seed {seed}: {name} {state} of {start} was told {len(calls)} times"
            )
            other = "resolved" if state == "firing" else "firing"
            self.assertIn((other, start), told, f"seed {seed}: {name} was told {state}, never {other}")
        order = list(told)
        in_turn = ["firing", "resolved"] * (len(order) // 2)
        self.assertEqual([state for state, _ in order], in_turn, f"seed {seed}: {name}")

    def test_between_pending_and_firing_does_not_restart_the_for(self) -> None:
        """Killed while an alert is pending, Tocsin goes on counting its `for`; while it fires, it keeps its start."""
        tocsin, prometheus, webhooks = self.start(rule("Slow", "slow", "3s"))
        prometheus.raise_series("slow", instance="a")
        pending = tocsin.wait_for_state("Slow", "pending")
        self.let_evaluations_pass(prometheus, 4)
        tocsin.kill()
        tocsin.start()
        shown = wait_until("it is known again", lambda: tocsin.rule_alerts("Slow"))
        self.assertEqual(shown[0]["activeAt"], pending["activeAt"])

        [page] = wait_until("the page arrives", lambda: webhooks.told("/a", "Slow", "firing"))
        starts_at = page.body["alerts"][0]["startsAt"]
        self.assertGreaterEqual(unix_time(starts_at) - unix_time(pending["activeAt"]), 3.0, "not before its time")
        self.assertLess(unix_time(starts_at) - unix_time(pending["activeAt"]), 5.0, "the `for` did not start over")

        # The page may arrive before its answer is recorded; killed in between, it would rightly be said again.
        wait_until("the answer is recorded", lambda: "msg=Notified" in tocsin.program.text())
        tocsin.kill()
        tocsin.start()
        firing = tocsin.wait_for_state("Slow", "firing")
        self.assertEqual(firing["activeAt"], pending["activeAt"])
        self.let_evaluations_pass(prometheus, 8)
        prometheus.drop_series("slow", instance="a")
        [last] = wait_until("its end arrives", lambda: webhooks.told("/a", "Slow", "resolved"))
        self.assertEqual(last.body["alerts"][0]["startsAt"], starts_at)
        self.assertEqual(len(webhooks.all("/a")), 2, "nothing was said twice: it was killed long after it had spoken")

    def test_while_prometheus_is_away_keeps_what_fires(self) -> None:
        """Started again while Prometheus does not answer, Tocsin keeps what fired: it resolves only on evidence."""
        tocsin, prometheus, webhooks = self.start(rule("Down", "down"))
        prometheus.raise_series("down", instance="a")
        wait_until("the page arrives", lambda: webhooks.told("/a", "Down", "firing"))
        wait_until("the answer is recorded", lambda: "msg=Notified" in tocsin.program.text())
        tocsin.kill()
        prometheus.misbehave(FakePrometheus.fail)
        tocsin.start()
        self.let_evaluations_pass(prometheus, 8)
        tocsin.wait_for_state("Down", "firing")
        prometheus.misbehave(None)
        self.let_evaluations_pass(prometheus, 4)
        self.assertEqual(len(webhooks.told("/a", "Down", "firing")), 1)
        self.assertEqual(webhooks.told("/a", "Down", "resolved"), [])

    def test_during_a_delivery_repeats_that_one_page_and_loses_nothing(self) -> None:
        """Killed while a webhook has heard but not answered, Tocsin says it once more, and only that."""
        tocsin, prometheus, webhooks = self.start(rule("Down", "down"))
        webhooks.script("/a", "hang")
        prometheus.raise_series("down", instance="a")
        [first] = wait_until("the delivery is under way", lambda: webhooks.all("/a"))
        tocsin.kill()
        webhooks.script("/a")
        tocsin.start()
        wait_until("it is said again", lambda: len(webhooks.all("/a")) == 2)
        self.let_evaluations_pass(prometheus, 8)
        self.assertEqual([call.raw for call in webhooks.all("/a")], [first.raw, first.raw], "the same, twice in all")

    def test_right_after_accepting_an_alert_does_not_lose_it(self) -> None:
        """An alert whose POST was answered with 200 is told although Tocsin is killed in the very next moment."""
        tocsin, _, webhooks = self.start(group_by=["name"])
        names = [f"alert-{number}" for number in range(5)]
        for name in names:
            alert = {"labels": {"alertname": "Posted", "name": name}, "endsAt": rfc3339(time.time() + 3600)}
            self.assertEqual(tocsin.post_alerts(alert).status, 200)
            tocsin.kill()
            tocsin.start()

        def told() -> list[str]:
            return [call.body["alerts"][0]["labels"]["name"] for call in webhooks.accepted("/a")]

        wait_until("all are told", lambda: set(told()) == set(names))
        self.assertLessEqual(len(told()), 2 * len(names))


if __name__ == "__main__":
    unittest.main()

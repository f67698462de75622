"""The `for` of a rule: what it holds back, and what it never lets through."""

import unittest

from case import EndToEnd
from daemon import group, receiver, route, rule, unix_time, webhook
from waiting import wait_until


class TheForDuration(EndToEnd):
    def test_holds_before_firing_and_a_flap_never_pages(self) -> None:
        """`for` holds an alert back until its time is over; a condition that is true for less than it never pages."""
        prometheus, webhooks = self.fake_prometheus(), self.webhook()
        tocsin = self.daemon()
        rules = [rule("Holds", "holds", "2s"), rule("Flaps", "flaps", "1500ms"), rule("AtOnce", "at_once")]
        tocsin.write_rules(group(*rules))
        tocsin.write_config(
            {
                "global": {"evaluation_interval": "250ms"},
                "prometheus": [tocsin.server(prometheus.url)],
                "route": route("hook"),
                "receivers": [receiver("hook", **webhook(webhooks.url + "/a"))],
            }
        )
        for expression in ("holds", "flaps", "at_once"):
            prometheus.set(expression)
        tocsin.start()
        self.let_evaluations_pass(prometheus, 1, "holds")

        prometheus.raise_series("holds", instance="a")
        prometheus.raise_series("at_once", instance="a")
        pending = tocsin.wait_for_state("Holds", "pending")
        wait_until("the alert without `for` is told", lambda: webhooks.told("/a", "AtOnce", "firing"))
        self.assertEqual(webhooks.told("/a", "Holds", "firing"), [])

        # Flaps while the other holds: on for about half of its `for`, off, and on again.
        for _ in range(2):
            prometheus.raise_series("flaps", instance="a")
            tocsin.wait_for_state("Flaps", "pending")
            self.let_evaluations_pass(prometheus, 2, "flaps")
            prometheus.drop_series("flaps", instance="a")
            wait_until("the flap is forgotten", lambda: not tocsin.rule_alerts("Flaps"))

        [page] = wait_until("the page arrives", lambda: webhooks.told("/a", "Holds", "firing"))
        firing = tocsin.rule_alert("Holds", "firing")
        self.assertEqual(firing["activeAt"], pending["activeAt"])
        starts_at = unix_time(page.body["alerts"][0]["startsAt"])
        self.assertGreaterEqual(starts_at - unix_time(pending["activeAt"]), 2.0, "not before its time")
        self.assertLess(starts_at - unix_time(pending["activeAt"]), 2.0 + 4 * 0.25, "and not long after it")
        self.let_evaluations_pass(prometheus, 8, "flaps")
        self.assertEqual([call for call in webhooks.all("/a") if b"Flaps" in call.raw], [])


if __name__ == "__main__":
    unittest.main()

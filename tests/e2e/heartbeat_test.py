"""The dead man's switch: its sign of life stays away while rules cannot be evaluated, or pages do not arrive."""

import unittest

from case import EndToEnd
from daemon import group, receiver, route, rule, webhook
from stand_ins import FakePrometheus
from waiting import wait_until


class TheHeartbeat(EndToEnd):
    def setUp(self) -> None:
        self.prometheus = self.fake_prometheus()
        self.webhooks = self.webhook()
        self.tocsin = self.daemon()
        self.tocsin.write_rules(group(rule("Down", "up == 0")))
        self.tocsin.write_config(
            {
                "global": {"evaluation_interval": "500ms"},
                "prometheus": [self.tocsin.server(self.prometheus.url, timeout="1s")],
                "heartbeat": {
                    "interval": "1s",
                    "tolerated_evaluations": 2,
                    "tolerated_delivery_time": "1s",
                    "targets": [{"url": self.webhooks.url + "/alive", "report_failures": True}],
                },
                "route": route("hook"),
                "receivers": [receiver("hook", **webhook(self.webhooks.url + "/page"))],
            }
        )
        self.tocsin.start()

    def beats(self, count: int = 1) -> None:
        target = len(self.webhooks.all("/alive")) + count
        wait_until(f"{count} signs of life", lambda: len(self.webhooks.all("/alive")) >= target)

    def stops(self, why: str) -> None:
        """Told to be withheld, with the reason; from then on no sign of life comes."""
        failures = len(self.webhooks.all("/alive/fail"))
        wait_until("it is withheld", lambda: len(self.webhooks.all("/alive/fail")) > failures)
        self.assert_matches(self.webhooks.all("/alive/fail")[-1].raw.decode(), why)
        before = len(self.webhooks.all("/alive"))
        failures = len(self.webhooks.all("/alive/fail"))
        wait_until("two more are withheld", lambda: len(self.webhooks.all("/alive/fail")) >= failures + 2)
        self.assertEqual(len(self.webhooks.all("/alive")), before)
        self.assertEqual(self.tocsin.metric("tocsin_heartbeat_withheld"), 1)

    def test_stops_while_prometheus_is_away_and_resumes(self) -> None:
        self.beats(2)
        self.assertEqual(self.tocsin.metric("tocsin_heartbeat_withheld"), 0)
        self.prometheus.misbehave(FakePrometheus.fail)
        self.stops("group group of prometheus main fails")
        self.prometheus.misbehave(None)
        self.beats(2)
        self.assertEqual(self.tocsin.metric("tocsin_heartbeat_withheld"), 0)
        self.assertGreaterEqual(self.tocsin.metric("tocsin_heartbeat_requests_total"), 4)
        self.assert_matches(self.tocsin.program.text(), "HeartbeatWithheld.*because=", "HeartbeatResumed")

    def test_stops_while_pages_do_not_arrive_and_resumes(self) -> None:
        self.beats()
        self.webhooks.script("/page", *["500"] * 1000)
        self.prometheus.raise_series("up == 0", instance="a")
        self.stops(r"hook/webhook\[0\] does not get what it shall be told")
        self.webhooks.script("/page")
        self.beats(2)


if __name__ == "__main__":
    unittest.main()

"""`tocsin explain` against a running Tocsin: why one receiver was told and another was not, now and before."""

import json
import time
import unittest
from typing import Any

from case import EndToEnd
from daemon import receiver, rfc3339, route, run_tocsin, webhook
from waiting import wait_until

ALERT = {"labels": {"alertname": "Disk", "node": "a"}, "endsAt": "2042-01-01T00:00:00Z"}


class Explain(EndToEnd):
    def setUp(self) -> None:
        self.webhooks = self.webhook()
        self.webhooks.script("/fails", *["500"] * 100)
        routes = [{"receiver": name, "continue": True, "matchers": ["alertname=~.+"]} for name in ("well", "fails")]
        receivers = [receiver(name, **webhook(f"{self.webhooks.url}/{name}")) for name in ("well", "fails")]
        self.tocsin = self.daemon()
        self.tocsin.write_config({"route": route("well", routes=routes), "receivers": receivers})
        self.tocsin.start()

    def explain(self, *words: Any, code: int = 0) -> str:
        """Standard output, or what is wrong where something is."""
        done = run_tocsin("explain", "--url", self.tocsin.url, *words, folder=self.folder)
        self.assertEqual(done.returncode, code, f"{words}: {done.stdout}{done.stderr}")
        return done.stdout if code == 0 else done.stderr

    def test_says_who_was_told_and_why_somebody_was_not(self) -> None:
        """Live with verdicts and history, silenced, ended, and as of a time before all that."""
        before = time.time()
        self.assertEqual(self.explain("Disk", code=1), "no alert matches, neither live nor in the history\n")
        self.assertEqual(self.tocsin.post_alerts(ALERT).status, 200)
        wait_until("it fails a second time", lambda: len(self.webhooks.all("/fails")) > 1)
        wait_until("the other is told", lambda: "Notified" in self.explain("Disk"))
        self.assert_matches(
            self.explain('{alertname="Disk", node=~"a|b"}'),
            r'(?m)^\{alertname="Disk", node="a"\} fires since ',
            r"(?m)^    well/webhook\[0\]: told that it fires by the flush at .*; next repeat at ",
            r"(?m)^    fails/webhook\[0\]: not told: delivery fails since .*500.*next try at ",
            r"(?m)^    .*  Notified integration=well/webhook\[0\] ",
            r"(?m)^    .*  AlertReceived$",
        )
        told = {group["receiver"]: group["integrations"][0] for group in self.tocsin.get("/api/tocsin/v1/groups").json}
        self.assertEqual({name: about["toldFiring"] for name, about in told.items()}, {"well": 1, "fails": 0})

        silence = {
            "matchers": [{"name": "node", "value": "a", "isRegex": False}],
            "startsAt": rfc3339(time.time()),
            "endsAt": ALERT["endsAt"],
            "createdBy": "ann",
            "comment": "moving",
        }
        self.assertEqual(self.tocsin.post("/api/v2/silences", silence).status, 200)
        wait_until("a flush sees the silence", lambda: "AlertSuppressed" in self.explain("Disk"))
        silenced_at = time.time()
        self.assert_matches(self.explain("Disk"), r'not repeated while silenced by \S+ \(ann, "moving"\) until ')

        self.assertEqual(self.tocsin.post_alerts({**ALERT, "endsAt": rfc3339(time.time())}).status, 200)
        wait_until("the end is told", lambda: self.webhooks.told("/well", "Disk", "resolved"))
        self.assert_matches(self.explain("Disk", "--at", rfc3339(silenced_at)), r'silenced by \S+ \(ann, "moving"\)')
        past = json.loads(self.explain("Disk", "--at", rfc3339(silenced_at), "--output=json"))["past"]
        self.assertEqual([alert["state"] for alert in past], ["firing"])
        self.assertEqual(self.explain("Disk", "--at", rfc3339(before), code=1)[:16], "no alert matches")

    def test_says_what_is_wrong(self) -> None:
        self.assertIn("is tocsin running?", self.explain("Disk", "--url", "http://127.0.0.1:1", code=1))
        self.assertIn("--at", self.explain("Disk", "--at", "noon", code=2))
        self.assertIn("there is no matcher", self.explain("{", code=2))
        self.assertIn("lies ahead", self.explain("Disk", "--at", "2042-01-01T00:00:00Z", code=1))


if __name__ == "__main__":
    unittest.main()

"""Alerts posted from outside, with mistakes and without."""

import json
import time
import unittest

from case import EndToEnd
from daemon import receiver, rfc3339, route, webhook
from waiting import wait_until


class PostedAlerts(EndToEnd):
    def setUp(self) -> None:
        self.webhooks = self.webhook()
        self.tocsin = self.daemon()
        self.tocsin.write_config(
            {"route": route("hook"), "receivers": [receiver("hook", **webhook(self.webhooks.url + "/a"))]}
        )
        self.tocsin.start()

    def names(self) -> set[str]:
        return {alert["labels"].get("alertname", "") for alert in self.tocsin.get("/api/v2/alerts").json}

    def test_with_mistakes_are_named_and_the_others_of_the_batch_are_taken(self) -> None:
        """A batch with invalid alerts gets 400 with the reason for each; its valid alerts are taken all the same."""
        now = time.time()
        answer = self.tocsin.post_alerts(
            {"labels": {"alertname": "Good"}, "endsAt": rfc3339(now + 3600)},
            {"labels": {}},
            {"labels": {"alertname": "EndsBeforeItStarts"}, "startsAt": rfc3339(now), "endsAt": rfc3339(now - 60)},
            {"labels": {"alertname": "AlsoGood", "empty": ""}},
        )
        self.assertEqual(answer.status, 400)
        self.assertIsInstance(answer.json, str, "as Alertmanager's errors: a JSON string")
        self.assert_matches(answer.json, "at least one label", "EndsBeforeItStarts.*endsAt .* is before startsAt")
        for name in ("Good", "AlsoGood"):
            wait_until(f"{name} is told", lambda: self.webhooks.told("/a", name, "firing"))
        self.assertEqual(self.names(), {"Good", "AlsoGood"})
        self.assertEqual(self.tocsin.metric("alertmanager_alerts_invalid_total"), 2)
        [call] = self.webhooks.told("/a", "AlsoGood", "firing")
        self.assertEqual(call.body["alerts"][0]["labels"], {"alertname": "AlsoGood"}, "empty labels are none")

    def test_that_are_no_list_of_alerts_are_refused_with_the_reason(self) -> None:
        """A body that is no list of alerts is refused with a 4xx and a reason, and nothing happens."""
        bodies = [
            "",
            "this is no JSON",
            '[{"labels": {"alertname": "Half"}',
            '{"labels": {"alertname": "NotInAList"}}',
            '[{"labels": {"alertname": 7}}]',
            '[{"labels": {"alertname": "A"}, "startsAt": "yesterday"}]',
            "[" * 10_000,
        ]
        for body in bodies:
            with self.subTest(body[:40]):
                answer = self.tocsin.post("/api/v2/alerts", body)
                self.assertIn(answer.status, (400, 422), answer.text)
                self.assertGreater(len(json.dumps(answer.json)), 20, "a reason")
        self.assertEqual(self.names(), set())
        self.assertEqual(self.tocsin.post_alerts({"labels": {"alertname": "Good"}}).status, 200)
        wait_until("it goes on", lambda: self.webhooks.told("/a", "Good", "firing"))

    def test_end_when_their_end_is_posted_or_has_come(self) -> None:
        """A posted alert ends when its end is posted, or when its announced end has come without news."""
        now = time.time()
        self.tocsin.post_alerts(
            {"labels": {"alertname": "Ended"}, "startsAt": rfc3339(now), "endsAt": rfc3339(now + 3600)},
            {"labels": {"alertname": "Expires"}, "startsAt": rfc3339(now), "endsAt": rfc3339(now + 3)},
        )
        for name in ("Ended", "Expires"):
            wait_until(f"{name} is told", lambda: self.webhooks.told("/a", name, "firing"))
        over = {"startsAt": rfc3339(now), "endsAt": rfc3339(time.time())}
        self.tocsin.post_alerts({"labels": {"alertname": "Ended"}, **over})
        for name in ("Ended", "Expires"):
            [end] = wait_until(f"the end of {name} is told", lambda: self.webhooks.told("/a", name, "resolved"))
            self.assertEqual(end.body["alerts"][0]["startsAt"][:19], rfc3339(now)[:19])
            self.assertEqual(len(self.webhooks.told("/a", name, "firing")), 1)
        wait_until("both are gone", lambda: self.names() == set())


if __name__ == "__main__":
    unittest.main()
